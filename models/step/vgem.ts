// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { TIMER_LATENESS_US } from '../kernel/limits.js';
import { WHO } from '../ops/call.js';
import { CAUSE } from '../rules/checks.js';
import { leaf } from '../state/fence.js';
import type { CardFile } from '../state/file.js';
import type { World } from '../state/world.js';
import { releaseBuffer } from './descriptors.js';
import { watch } from './expiry.js';
import { fail, type Step, unsigned, word } from './words.js';

/** vgem_fence.c, drm_gem.c and drm_prime.c: the same contract in 5.10, 6.1, 6.12 and 7.3. */

const WRITE = 1;

export const card: Step = (world, words, at) => {
  if (world.freeDescriptor() < 0) world.answer.ret = -ERRNO.EMFILE;
  else world.answer.ret = world.install({ kind: 'card', refs: 0, handles: [], fences: [] }, word(words, at));
};

function openCard(world: World, variable: number): CardFile | undefined {
  const file = world.file(variable);
  if (file?.kind === 'card') return file;
  world.answer.ret = -ERRNO.EBADF;
  return undefined;
}

/** A handle or id as the ioctl gets it: a variable that was not made is 0, which is never given out. */
const number = (world: World, variable: number): number =>
  variable < 0 ? 0 : Math.max(0, world.variables[variable] ?? 0);

export const dumb: Step = (world, words, at) => {
  const file = openCard(world, word(words, at + 1));
  if (file === undefined) return;
  let handle = 1;
  while (file.handles[handle] !== undefined) handle++;
  file.handles[handle] = { resv: world.newResv(), file: null };
  world.variables[word(words, at)] = handle;
  world.answer.ret = handle;
};

/** drm_gem_prime_handle_to_fd(), drm_prime.c:428 of 5.10: a handle that is exported twice gives the same dma-buf. */
export const prime: Step = (world, words, at) => {
  const file = openCard(world, word(words, at + 1));
  if (file === undefined) return;
  const object = file.handles[number(world, word(words, at + 2))];
  const causes = (object === undefined ? CAUSE.handle : 0) | world.descriptorCause();
  if (object !== undefined) {
    // The dma-buf is made and kept by the handle even if there is no descriptor for it
    object.file ??= {
      kind: 'buffer',
      refs: 0,
      resv: object.resv,
      callbacks: { first: null, second: null },
      held: true,
    };
    if (causes === 0) world.answer.ret = world.install(object.file, word(words, at));
  }
  if (causes !== 0) fail(world, 'prime', causes);
};

/** drm_gem_handle_delete(): EINVAL for a handle that is not there. */
export const drop: Step = (world, words, at) => {
  const file = openCard(world, word(words, at));
  if (file === undefined) return;
  const variable = word(words, at + 1);
  const handle = number(world, variable);
  const object = file.handles[handle];
  if (object === undefined) {
    world.answer.ret = -ERRNO.EINVAL;
    return;
  }
  file.handles[handle] = undefined;
  if (object.file !== null) {
    object.file.held = false;
    releaseBuffer(world, object.file);
  }
};

/** vgem_fence_attach_ioctl() */
export const attach: Step = (world, words, at) => {
  const file = openCard(world, word(words, at + 1));
  if (file === undefined) return;
  const { rules } = world;
  const flags = unsigned(words, at + 3);
  const write = (flags & WRITE) !== 0;
  const object = file.handles[number(world, word(words, at + 2))];
  let causes = (flags & ~WRITE) !== 0 || word(words, at + 4) !== 0 ? CAUSE.flags : 0;
  if (object === undefined) causes |= CAUSE.handle;
  else if (object.resv.conflicts(rules.attachSeesWrites, write && rules.attachSeesReads))
    causes |= CAUSE.busy;
  if (causes !== 0 || object === undefined) {
    fail(world, 'attach', causes);
    return;
  }
  const context = world.newContext(WHO.vgem);
  context.expiresFrom = world.from + rules.expiryUs;
  context.expiresBy = world.until + rules.expiryUs + TIMER_LATENESS_US;
  watch(world, context);
  object.resv.attach(leaf(context, 1), write);
  if (file.fences.length === 0) file.fences.push(null);
  const id = file.fences.push(context) - 1;
  world.variables[word(words, at)] = id;
  world.answer.ret = id;
};

/** vgem_fence_signal_ioctl(). A fence can be signalled once: its id is gone afterwards, also if it was too late. */
export const signal: Step = (world, words, at) => {
  const file = openCard(world, word(words, at));
  if (file === undefined) return;
  const id = number(world, word(words, at + 1));
  const context = file.fences[id] ?? null;
  if (word(words, at + 2) !== 0) {
    world.answer.ret = -ERRNO.EINVAL;
    return;
  }
  if (context === null) {
    world.answer.ret = -ERRNO.ENOENT;
    return;
  }
  if (world.rules.signalTakesId) file.fences[id] = null;
  if (context.position > 0 && world.rules.expiredIsError) world.answer.ret = -ERRNO.ETIMEDOUT;
  context.position = 1;
};
