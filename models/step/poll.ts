// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { POLLIN, POLLOUT } from '../resv/resv.js';
import type { LeafList } from '../state/answer.js';
import type { Fence } from '../state/fence.js';
import type { BufferFile, SyncFile } from '../state/file.js';
import { enableSignalling, fenceStatus, leafStatus } from '../state/status.js';
import type { World } from '../state/world.js';
import { mayHaveGone } from './moving.js';
import { fenceOf, whoIs } from './sync-file.js';
import { notKnown, type Step, unsigned, word } from './words.js';

/** poll(2) and what an executor notes after an op. */

const POLLNVAL = 32;
/** A wait without an end. */
export const FOR_EVER = 0xffffffff;

/** sync_file_poll(): leaves a callback first, so an array hears of errors from now on, then looks. */
function pollSync(world: World, fence: Fence, events: number): number {
  enableSignalling(fence);
  return fenceStatus(world.rules, fence) === 0 ? 0 : events & POLLIN;
}

/** Which of `events` a file is ready for at this moment. */
export function readyNow(world: World, file: SyncFile | BufferFile, events: number): number {
  return file.kind === 'sync'
    ? pollSync(world, fenceOf(file), events)
    : file.resv.poll(events, file.callbacks);
}

/**
 * poll(2) gives the number of descriptors with an event; other events than IN and OUT never come. One that waits gives
 * what is true at some moment before it returns; while it is not ready a signal interrupts it (EINTR), and without an end
 * of its time nothing else does.
 */
export const poll: Step = (world, words, at) => {
  const file = world.file(word(words, at));
  const events = unsigned(words, at + 1);
  let ready = 0;
  if (file === undefined) ready = POLLNVAL;
  else if (file.kind === 'sync' || file.kind === 'buffer') ready = readyNow(world, file, events);
  const { answer } = world;
  if (file?.kind === 'buffer') answer.mayBeReady = soonReady(world, file, events & ~ready);
  answer.outputs[0] = ready;
  answer.ret = ready === 0 ? 0 : 1;
  const milliseconds = unsigned(words, at + 2);
  if (ready !== 0 || milliseconds === 0) return;
  if (milliseconds === FOR_EVER) answer.ret = -ERRNO.EINTR;
  else answer.otherRet = -ERRNO.EINTR;
};

/** Which of the busy directions only wait for fences that may signal by themselves before they are looked at. */
function soonReady(world: World, file: BufferFile, busy: number): number {
  if (world.moving.length === 0 || busy === 0) return 0;
  let soon = busy & (POLLIN | POLLOUT);
  for (const { leaf, write } of file.resv.entries()) if (!mayHaveGone(leaf)) soon &= write ? 0 : ~POLLOUT;
  return soon;
}

/** Polls both directions one at a time, exports both and lists what is pending in them. Closes the exports again. */
export const observe: Step = (world, words, at) => {
  const file = world.file(word(words, at));
  const { answer, rules } = world;
  if (file?.kind !== 'buffer') {
    answer.ret = file === undefined ? -ERRNO.EBADF : notKnown(world, file);
    return;
  }
  const { callbacks, resv } = file;
  answer.outputs[0] = resv.poll(POLLIN, callbacks) | resv.poll(POLLOUT, callbacks);
  answer.mayBeReady = soonReady(world, file, (POLLIN | POLLOUT) & ~answer.outputs[0]);
  if (!rules.has.export) answer.ret = -ERRNO.ENOTTY;
  else if (world.freeDescriptor() < 0) answer.ret = -ERRNO.EMFILE;
  else {
    list(world, file, false, answer.lists[0]);
    list(world, file, true, answer.lists[1]);
  }
};

function list(world: World, file: BufferFile, reads: boolean, into: LeafList): void {
  const flags = reads ? 2 : 1;
  const { leaves, copies } = file.resv.gate(world.rules.exportTakesReads(flags));
  for (let at = 0; at < leaves.length; at++) {
    const leaf = leaves[at] as Fence;
    if (leafStatus(world.rules, leaf) === 0)
      into.add(whoIs(world, leaf, 0), 0, copies[at] ?? 1, undefined, mayHaveGone(leaf));
  }
}
