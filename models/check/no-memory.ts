// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import type { Operation } from '../ops/operation.js';
import { CODE, OPERATIONS } from '../ops/operations.js';
import { cloneWorld } from '../state/clone.js';
import type { World } from '../state/world.js';
import { watchedBefore } from '../step/epoll.js';
import type { Words } from '../step/words.js';

/** By the code of an op: what it may give where memory runs out, as return values. */
const errors: (readonly number[])[] = [];
for (const op of OPERATIONS as readonly Operation[])
  errors[op.code] =
    op.allocates === true ? ['ENOMEM' as const, ...(op.lacking ?? [])].map((name) => -ERRNO[name]) : [];

/** What an op may give in this world for want of memory; nothing where that is not allowed. */
export const lackingErrors = (world: World, code: number): readonly number[] =>
  world.nomem ? (errors[code] ?? []) : [];

/** Whether an op that gave `ret` was refused for want of memory, and may have been. */
export const lacksMemory = (world: World, code: number, ret: number): boolean =>
  world.nomem && ret < 0 && (errors[code]?.includes(ret) ?? false);

/**
 * What there may be after an op that was refused for want of memory: what was there before. But for epoll_ctl(2), which
 * asks the file first if the allocation that fails is that of ep_ptable_queue_proc() (fs/eventpoll.c, 5.10 to 7.3): the
 * file's poll goes on and leaves its callback. `world` is among them.
 */
export function refused(world: World, code: number, words: Words, at: number): readonly World[] {
  if (code !== CODE.watch) return [world];
  const asked = cloneWorld(world);
  return watchedBefore(asked, words, at) ? [world, asked] : [world];
}
