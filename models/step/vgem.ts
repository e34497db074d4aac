// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { TIMER_LATENESS_US } from '../kernel/limits.js';
import { WHO } from '../ops/call.js';
import { CAUSE } from '../rules/checks.js';
import { leaf } from '../state/fence.js';
import { watch } from './expiry.js';
import { newObject, number, openCard } from './gem.js';
import { fail, type Step, unsigned, word } from './words.js';

/** vgem_fence.c, and dumb buffers of any driver: the same contract in 5.10, 6.1, 6.12 and 7.3. */

const WRITE = 1;

export const dumb: Step = (world, words, at) => {
  const file = openCard(world, word(words, at + 1));
  if (file === undefined) return;
  let handle = 1;
  while (file.handles[handle] !== undefined) handle++;
  handle = world.numberFrom(handle, (n) => file.handles[n] !== undefined);
  file.handles[handle] = newObject(world, file.device);
  world.assign(word(words, at), handle);
  world.answer.ret = handle;
};

/** vgem_fence_attach_ioctl() */
export const attach: Step = (world, words, at) => {
  const file = openCard(world, word(words, at + 1), 'vgem');
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
  const id = world.numberFrom(file.fences.length, (n) => file.fences[n] !== undefined);
  file.fences[id] = context;
  world.assign(word(words, at), id);
  world.answer.ret = id;
};

/** vgem_fence_signal_ioctl(). A fence can be signalled once: its id is gone afterwards, also if it was too late. */
export const signal: Step = (world, words, at) => {
  const file = openCard(world, word(words, at), 'vgem');
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
  if (context.position === 0) context.note(1, world.from, world.until);
  context.position = 1;
};
