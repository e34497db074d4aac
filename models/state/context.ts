// SPDX-License-Identifier: MIT

import type { Fence } from './fence.js';
import { History } from './history.js';

/** A fence that its driver signals without being told to, at some moment that nobody sees. */
export interface OwnStep {
  readonly position: number;
  /** Not before all of these have signalled. */
  readonly after: readonly Fence[];
  /** It has signalled by then (us), if it can have; Infinity where there is no bound. */
  readonly by: number;
}

/**
 * A fence context: fences of one context signal in the order of their seqnos. A sw_sync timeline is one, and every
 * fence of vgem is one of its own with seqno 1.
 *
 * A kernel's seqno of sw_sync is a u32 that wraps. Here positions do not wrap: fence and timeline carry the absolute
 * number of steps since the timeline was opened, whose low 32 bits are the seqno. So a fence that has signalled stays
 * signalled, as in the kernel, where the SIGNALED bit remembers it.
 */
export class Context {
  /** dma_fence_context_alloc(): later contexts have greater numbers. Containers are sorted by it. */
  readonly id: number;
  /** Who its leaves are in a list: a timeline's variable number, or WHO.vgem. */
  readonly who: number;
  /** invariant: never decreases, an integer, and below MAX_POSITION */
  position = 0;
  /** The timeline was closed: what is pending then ends with an error. */
  closed = false;
  /** The first and last moment at which the fence may signal by itself (us); Infinity for sw_sync. */
  expiresFrom = Number.POSITIVE_INFINITY;
  expiresBy = Number.POSITIVE_INFINITY;

  /**
   * Of a context that moves by itself: what it has not been seen to pass, in order. `position` is then only how far it is
   * known to have come, and in an op that looks at it each further step is a possibility. See step/moving.ts. Null for
   * sw_sync and vgem.
   */
  steps: OwnStep[] | null = null;
  /** When it came how far; null as long as it has not moved. */
  history: History | null = null;

  constructor(id: number, who: number) {
    this.id = id;
    this.who = who;
  }

  /** It moves, or ends, during the op at hand: what it passes signals then. */
  note(position: number, from: number, until: number): void {
    this.history ??= new History();
    this.history.record(position, from, until);
  }
}

/** Above this, sums of u32 would not be exact in a double: two million times around a u32. */
export const MAX_POSITION = 2 ** 53 - 2 ** 33;

/**
 * The absolute position of a fence for `value`. sw_sync.c, timeline_fence_signaled(): a value in the half of the u32
 * range that lies behind the timeline has passed.
 */
export const positionOf = (context: Context, value: number): number =>
  context.position + ((value - (context.position % 2 ** 32)) | 0);
