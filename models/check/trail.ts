// SPDX-License-Identifier: MIT
import { NONE } from '../ops/operation.js';
import { CODE } from '../ops/operations.js';
import type { World } from '../state/world.js';
import { fenceOf } from '../step/sync-file.js';
import type { Entry } from './history.js';
import type { Pending } from './pending.js';

/** The states a world has been in while ops that are pending went on. Newest first; states do not change. */
export interface Trail {
  readonly world: World;
  /** The op that ended this state, and how many ops had been called by then. */
  readonly cause: Entry;
  readonly calls: number;
  readonly before: Trail | undefined;
}

const SIGNALS = new Set<number>([CODE.inc, CODE.signal, CODE.close, CODE.exit]);
const LOOKS_UNLOCKED = new Set<number>([CODE.export, CODE.sync, CODE.attach, CODE.observe]);

/**
 * Whether `entry` may still see what was before `cause` though that has happened and has not returned.
 *
 * - IMPORT adds leaf after leaf, and EXPORT, SYNC and vgem's check do not lock (dma-buf.c and dma-resv.c of 6.1: "the
 *   unlocked iterator"): they may find some of them.
 * - Whoever signals marks the fence first and then runs its callbacks (dma_fence_signal_timestamp_locked()). Until they
 *   have run, an array whose signalling was enabled, a poll of a dma-buf that left a callback, and an epoll say busy.
 */
function seesLate(cause: Entry, entry: Entry, world: World, arg: (n: number) => number): boolean {
  if (cause.code === CODE.import) return LOOKS_UNLOCKED.has(entry.code);
  if (!SIGNALS.has(cause.code)) return false;
  if (entry.code === CODE.woken) return true;
  if (entry.code === CODE.observe) return world.rules.pollKeepsCallback;
  if (entry.code !== CODE.poll && !(entry.code === CODE.info && arg(1) === 0)) return false;
  const file = world.enter(entry.who >> 4) ? world.file(arg(0)) : undefined;
  if (file?.kind === 'buffer') return world.rules.pollKeepsCallback;
  return file?.kind === 'sync' && fenceOf(file).members.length > 0;
}

/** The states that `entry` may have seen, the newest first. */
export function statesOf(
  world: World,
  trail: Trail | undefined,
  entry: Entry,
  pending: Pending,
  words: Int32Array,
): World[] {
  const states = [world];
  const called = pending.callOf(entry);
  const arg = (n: number) => words[entry.first + n] ?? NONE;
  for (let at = trail; at !== undefined; at = at.before)
    if (
      called <= at.calls ||
      (called <= pending.returnOf(at.cause) && seesLate(at.cause, entry, at.world, arg))
    )
      states.push(at.world);
  return states;
}

/** Leaves out what no pending op, and none that is called later, can have seen. */
export function prune(trail: Trail | undefined, pending: Pending): Trail | undefined {
  if (trail === undefined) return undefined;
  const before = prune(trail.before, pending);
  const oldest = pending.oldestCall();
  const visible = oldest <= trail.calls || oldest <= pending.returnOf(trail.cause);
  if (!visible) return before;
  return before === trail.before ? trail : { ...trail, before };
}
