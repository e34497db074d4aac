// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { CODE } from '../ops/operations.js';
import { cloneWorld } from '../state/clone.js';
import type { World } from '../state/world.js';
import { attempt, outcomes } from './attempt.js';
import type { Entry } from './history.js';
import { waitedFor } from './leaves.js';
import { madeFiles } from './made.js';
import { partsExplain } from './parts.js';

/**
 * What kernels do not do at one moment. A look at several fences takes them one after another, without a lock, so its
 * parts may be of different moments of its interval, and a state in which all are true may never have been:
 *
 * - EXPORT, MERGE and INFO ask leaf after leaf whether it has signalled: dma_resv_get_fences() and
 *   sync_file_ioctl_fence_info() of 5.10 to 7.3.
 * - poll(2) of a dma-buf looks at writers first, then at readers: dma_buf_poll().
 * - SYNC and VIRTGPU_WAIT wait for one fence after another, and may overlook those that were added meanwhile: dma_resv_wait_timeout().
 * - vgem looks for conflicts before it takes the lock (vgem_fence_attach_ioctl() of 6.1 to 7.3; the series for 5.10 looks
 *   with the lock held).
 *
 * These rules allow a result if each of its parts is true of some state that the op may have seen. They are used only
 * if no order explains a trace with each op at one moment.
 */
export function attemptInParts(
  states: readonly World[],
  entry: Entry,
  words: Int32Array,
  overlapping: number,
): readonly World[] {
  const [now] = states as [World, ...World[]];
  const tries = (world: World) => attempt(cloneWorld(world), entry, words, overlapping);
  const strict = tries(now);
  if (states.length === 1) return strict;
  const ret = words[entry.ret] as number;
  const ever = () => states.some((state) => tries(state).length > 0);
  switch (entry.code) {
    case CODE.sync:
    case CODE.idle:
      if (strict.length > 0) return strict;
      return ever() || (ret === 0 && waitedFor(states, entry, words)) ? [cloneWorld(now)] : [];
    case CODE.poll:
    case CODE.info:
    case CODE.observe:
    case CODE.woken: {
      if (strict.length > 0) return strict;
      const answers = states.flatMap((s) =>
        outcomes(cloneWorld(s), entry, words, overlapping).map((w) => w.answer),
      );
      if (!ever() && !partsExplain(answers, entry, words)) return [];
      // What the op leaves behind, whatever it said: a callback, an item that has fired
      const after = entry.code === CODE.woken ? [] : outcomes(cloneWorld(now), entry, words, overlapping);
      return after.length > 0 ? after : [cloneWorld(now)];
    }
    case CODE.export:
    case CODE.merge:
      return ret < 0 ? strict : madeFiles(states, strict, entry, words);
    case CODE.attach:
      return attach(states, strict, entry, words, overlapping, ever);
    default:
      return strict;
  }
}

function attach(
  states: readonly World[],
  strict: readonly World[],
  entry: Entry,
  words: Int32Array,
  overlapping: number,
  ever: () => boolean,
): readonly World[] {
  const [now] = states as [World, ...World[]];
  const locked = now.rules.resv === 'exclusive' && now.rules.has.import;
  if (strict.length > 0 || locked) return strict;
  const ret = words[entry.ret] as number;
  if (ret === -ERRNO.EBUSY) return ever() ? [cloneWorld(now)] : [];
  if (ret < 0 || !(ever() || waitedFor(states, entry, words))) return [];
  const blind = cloneWorld(now, { ...now.rules, attachSeesReads: false, attachSeesWrites: false });
  return attempt(blind, entry, words, overlapping).map((world) => cloneWorld(world, now.rules));
}
