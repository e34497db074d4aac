// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { WHO } from '../ops/call.js';
import { CAUSE } from '../rules/checks.js';
import { array, type Fence, isLeaf } from '../state/fence.js';
import type { SyncFile } from '../state/file.js';
import { stampOf } from '../state/stamp.js';
import { fenceStatus, leafStatus } from '../state/status.js';
import type { World } from '../state/world.js';
import { makeSync } from './descriptors.js';
import { mergeFences } from './merge.js';
import { fail, readCause, type Step, target, unsigned, word, writeCause } from './words.js';

/** sync_file.c: the ioctls of a sync_file. */

/** The fence of a file. One that is no snapshot (a seeded bug) is looked up in the buffer each time. */
export function fenceOf(file: SyncFile): Fence {
  if (file.follows === null) return file.fence;
  const { leaves, copies } = file.follows.resv.gate(file.follows.reads);
  return leaves.length === 0 ? file.fence : array(leaves, copies);
}

/** sync_file_ioctl_merge() */
export const merge: Step = (world, words, at) => {
  const file = target(world, word(words, at + 1), 'sync');
  if (file === undefined) return;
  const other = world.file(word(words, at + 2));
  let causes = writeCause(word(words, at + 4)) | world.descriptorCause();
  if (word(words, at + 3) !== 0) causes |= CAUSE.flags;
  if (other?.kind !== 'sync') causes |= CAUSE.file;
  if (causes !== 0 || other?.kind !== 'sync') fail(world, 'merge', causes);
  else makeSync(world, word(words, at), mergeFences(world.rules, fenceOf(file), fenceOf(other)));
};

/** Who a leaf is in a list, as sync_fill_fence_info() names it. */
export function whoIs(world: World, leaf: Fence, status: number): number {
  if (status !== 0 && world.rules.forgetsNames) return WHO.detached;
  return leaf.context?.who ?? WHO.stub;
}

/** sync_file_ioctl_fence_info() */
export const info: Step = (world, words, at) => {
  const file = target(world, word(words, at), 'sync');
  if (file === undefined) return;
  const { answer, rules } = world;
  const room = unsigned(words, at + 1);
  const memory = word(words, at + 3);
  const fence = fenceOf(file);
  const members = fence.members.length;
  let count = members === 0 ? 1 : members;
  let most = count;
  if (fence.copies !== null) {
    most = 0;
    for (const copies of fence.copies) most += Math.abs(copies);
    for (const copies of fence.copies) if (copies < 0) count--;
    // What perhaps holds no leaf at all is the stub then
    count = Math.max(1, count);
  }
  let causes = writeCause(memory);
  if (word(words, at + 2) !== 0) causes |= CAUSE.flags;
  if (room > 0 && room < count) causes |= CAUSE.room;
  answer.roomMayLack = room > 0 && room >= count && room < most;
  if (causes !== 0) {
    fail(world, 'info', causes);
    return;
  }
  answer.outputs[1] = count;
  answer.mostFences = most;
  answer.timed = true;
  if (room === 0) statusAlone(world, fence, most);
  else statusOfAll(world, fence);
  if (room === 0 && !rules.infoCountsWithoutRoom) answer.outputs[1] = 0;
};

function statusAlone(world: World, fence: Fence, most: number): void {
  const { answer } = world;
  const status = fenceStatus(world.rules, fence);
  answer.outputs[0] = status;
  answer.otherStatus = status;
  // A single leaf that is in the list twice is an array: it may have missed the error, or not
  if (most > 1 && isLeaf(fence) && status < 0) answer.otherStatus = 1;
  else if (most > 1 && fence.members.length === 1 && status !== 0)
    answer.otherStatus = leafStatus(world.rules, fence.members[0] as Fence);
}

function statusOfAll(world: World, fence: Fence): void {
  const { answer, rules } = world;
  const list = answer.lists[0];
  let total = 1;
  const one = (leaf: Fence, status: number, most: number) => {
    const { context } = leaf;
    // sync_fill_fence_info() looks at the name first, and a fence may signal before it looks at the status: by itself, or
    // as another thread tells it to (slots are not counted where there are several)
    const own =
      context !== null &&
      (context.steps !== null || context.expiresBy !== Number.POSITIVE_INFINITY || !world.countsSlots);
    list.add(whoIs(world, leaf, status), status, most, own ? context.who : undefined);
    const stamp = stampOf(world, leaf);
    list.from[list.length - 1] = stamp.from;
    list.until[list.length - 1] = stamp.until;
    if (total > 0 || !rules.infoFirstNotDoneStays) total = status;
  };
  if (fence.members.length === 0) one(fence, fenceStatus(rules, fence), 1);
  for (let at = 0; at < fence.members.length; at++) {
    const leaf = fence.members[at] as Fence;
    one(leaf, leafStatus(rules, leaf), fence.copies?.[at] ?? 1);
  }
  answer.outputs[0] = total;
  answer.otherStatus = total;
  // Which error or pending leaf comes first depends on the order of slots, if that is not known
  answer.anyNotDone = fence.copies !== null && total <= 0;
}

/** sync_file_ioctl_set_deadline(): 6.4 and later. */
export const deadline: Step = (world, words, at) => {
  const file = target(world, word(words, at), 'sync');
  if (file === undefined) return;
  if (!world.rules.has.deadline) {
    world.answer.ret = -ERRNO.ENOTTY;
    return;
  }
  let causes = readCause(word(words, at + 2));
  if (word(words, at + 1) !== 0) causes |= CAUSE.flags;
  if (causes !== 0) fail(world, 'deadline', causes);
};
