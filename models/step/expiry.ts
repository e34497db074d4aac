// SPDX-License-Identifier: MIT
import type { Context } from '../state/context.js';
import type { World } from '../state/world.js';

/**
 * Timers of vgem's fences. A timer runs some time after it is due, so between `expiresFrom` and `expiresBy` a fence may
 * or may not have signalled, and both are hypotheses.
 */

/** Above this many the list is looked through for fences that have been signalled. */
const COMPACT = 256;

/** A new fence. Times only grow, so the list is sorted by them. */
export function watch(world: World, context: Context): void {
  const { expiring } = world;
  if (expiring.length >= world.compactAt) {
    let kept = 0;
    for (const waiting of expiring) if (waiting.position === 0) expiring[kept++] = waiting;
    expiring.length = kept;
    world.compactAt = Math.max(COMPACT, 2 * kept);
  }
  expiring.push(context);
}

/** Before an op: timers that must have run signal their fences. */
export function expire(world: World): void {
  const { expiring } = world;
  let gone = 0;
  while (gone < expiring.length) {
    const context = expiring[gone] as Context;
    if (context.position === 0 && context.expiresBy > world.from) break;
    context.position = 1;
    gone++;
  }
  if (gone > 0) expiring.splice(0, gone);
}

/** Places in the list of fences that may or may not have signalled when an op ends. */
export function mayExpire(world: World): number[] {
  const found: number[] = [];
  for (const [at, context] of world.expiring.entries()) {
    if (context.expiresFrom > world.until) break;
    if (context.position === 0 && context.expiresBy > world.from) found.push(at);
  }
  return found;
}
