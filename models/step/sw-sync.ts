// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { VARIABLES_EACH } from '../ops/operation.js';
import { MAX_POSITION, positionOf } from '../state/context.js';
import { leaf } from '../state/fence.js';
import { makeSync } from './descriptors.js';
import { fail, readCause, type Step, target, unsigned, word, writeCause } from './words.js';

/** sw_sync.c of 5.10 to 7.3: a timeline in debugfs that moves when it is told to. */

/**
 * sw_sync_debugfs_open(): a new timeline at 0, called like the comm of who opens it: as the variable, or by the number
 * that is given, plus one.
 */
export const timeline: Step = (world, words, at) => {
  const variable = word(words, at);
  const named = unsigned(words, at + 1);
  if (world.freeDescriptor() < 0) {
    world.answer.ret = -ERRNO.EMFILE;
    return;
  }
  const context = world.newContext((named > 0 ? named - 1 : variable) % VARIABLES_EACH);
  world.answer.ret = world.install({ kind: 'timeline', refs: 0, context }, variable);
};

/** sw_sync_ioctl_create_fence(). A value that has passed gives a fence that has signalled. */
export const fence: Step = (world, words, at) => {
  const file = target(world, word(words, at + 1), 'timeline');
  if (file === undefined) return;
  const causes = writeCause(word(words, at + 3)) | world.descriptorCause();
  if (causes !== 0) fail(world, 'fence', causes);
  else {
    const made = leaf(file.context, positionOf(file.context, unsigned(words, at + 2)));
    // sync_pt_create(): dma_fence_is_signaled_locked() signals one whose value has passed
    if (made.position <= file.context.position) made.span = { from: world.from, until: world.until };
    makeSync(world, word(words, at), made);
  }
};

/** sw_sync_ioctl_inc(). In steps of INT_MAX, so that no fence is jumped over; here positions do not wrap. */
export const inc: Step = (world, words, at) => {
  const file = target(world, word(words, at), 'timeline');
  if (file === undefined) return;
  if (readCause(word(words, at + 2)) !== 0) {
    world.answer.ret = -ERRNO.EFAULT;
    return;
  }
  const by = unsigned(words, at + 1);
  file.context.position += by;
  // sync_timeline_signal(): all that is passed signals now, whether anybody looks or not (5.10 to 7.3)
  if (by > 0) file.context.note(file.context.position, world.from, world.until);
  if (file.context.position > MAX_POSITION) world.beyond = 'a timeline went further than the model can count';
};
