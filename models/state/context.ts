// SPDX-License-Identifier: MIT

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

  constructor(id: number, who: number) {
    this.id = id;
    this.who = who;
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
