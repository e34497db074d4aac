// SPDX-License-Identifier: MIT
import type { Context } from './context.js';
import type { Span } from './history.js';

/**
 * What a sync_file holds: a leaf (one fence of a context), an array of leaves (dma_fence_array), or the stub, which has
 * always been signalled. A leaf has no state of its own: its context knows how far it has come.
 */
export class Fence {
  /** Null for an array and the stub. */
  readonly context: Context | null;
  /** See Context: does not wrap. */
  readonly position: number;
  /** invariant (P5): leaves, never arrays */
  readonly members: readonly Fence[];
  /** Somebody asked the array to signal (polled it): from then on it notices errors of its members. */
  enabled = false;
  /** dma_fence_get_status() of an array once it has signalled, 0 before. */
  settled = 0;
  /** When a leaf signalled that was born signalled, or signals by itself: not before it was made. Null: ask its context. */
  span: Span | null = null;
  /**
   * How often a list may show each member: 1 but for kernels that keep duplicates; -n where it may show none as well. Null:
   * each once, and in this order; otherwise nobody knows which comes first.
   */
  readonly copies: readonly number[] | null;

  constructor(
    context: Context | null,
    position: number,
    members: readonly Fence[],
    copies: readonly number[] | null,
  ) {
    this.context = context;
    this.position = position;
    this.members = members;
    this.copies = copies;
  }
}

const NO_MEMBERS: readonly Fence[] = [];

export const leaf = (context: Context, position: number): Fence =>
  new Fence(context, position, NO_MEMBERS, null);
export const array = (members: readonly Fence[], copies: readonly number[] | null = null): Fence =>
  new Fence(null, 0, members, copies);

/** dma_fence_get_stub(): one for all, it never changes. */
export const STUB = new Fence(null, 0, NO_MEMBERS, null);
STUB.settled = 1;

/** Low 32 bits of a leaf's position: the seqno the kernel has. */
export const seqnoOf = (fence: Fence): number => (fence.position % 2 ** 32) | 0;

export const isLeaf = (fence: Fence): boolean => fence.context !== null;

/** A leaf is pending as long as its context has not come to it. */
export const leafPending = (fence: Fence): boolean => {
  const context = fence.context;
  return context !== null && fence.position > context.position && !context.closed;
};
