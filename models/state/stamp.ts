// SPDX-License-Identifier: MIT
import type { Fence } from './fence.js';
import { leafPending } from './fence.js';
import type { Span } from './history.js';
import type { World } from './world.js';

/**
 * Between which moments the time lies that a leaf says it signalled at; dma_fence_signal_locked() takes it, once. Weak
 * where nobody knows: a stub was signalled some time before, a fence that signals by itself between its making and now, and
 * of a timeline only the last steps are remembered. An out fence of a commit may have the time of a vblank, so it says
 * anything.
 */
export function stampOf(world: World, leaf: Fence): Span {
  const now = { from: world.from, until: world.until };
  const { stamps } = world.rules;
  if (stamps === 'ahead') return { from: now.until + AHEAD_US, until: now.until + AHEAD_US };
  if (stamps === 'looked at' || leafPending(leaf)) return now;
  const { context, span } = leaf;
  if (span !== null)
    return isOut(world, leaf) ? ANY : { from: span.from, until: Math.min(span.until, world.until) };
  if (context === null) return { from: 0, until: world.until };
  const known = context.history?.spanOf(leaf.position);
  if (known !== undefined) return known;
  // vgem_fence_timeout()
  if (context.expiresFrom !== Number.POSITIVE_INFINITY)
    return { from: context.expiresFrom, until: Math.min(context.expiresBy, world.until) };
  return { from: 0, until: world.until };
}

/** What a kernel that makes up times says: a second ahead. */
const AHEAD_US = 1_000_000;
const ANY: Span = { from: 0, until: Number.POSITIVE_INFINITY };

const isOut = (world: World, leaf: Fence): boolean =>
  world.devices.some((device) => device.crtc === leaf.context);
