// SPDX-License-Identifier: MIT
import type { Fence } from '../state/fence.js';

/** The two callbacks that polls of a dma-buf share: which pending fence each is attached to. */
export interface PollCallbacks {
  first: Fence | null;
  second: Fence | null;
  /**
   * A poll may have left one that keeps the file open, on a kernel where it is not followed which fence that is: with the
   * series it is one of those that are pending. Never taken back.
   */
  keepsFile: boolean;
}

export const noCallbacks = (): PollCallbacks => ({ first: null, second: null, keepsFile: false });

export const POLLIN = 1;
export const POLLOUT = 4;

/** What a query gives: leaves, none twice of one context, and how often a list may show each. */
export interface Gate {
  readonly leaves: Fence[];
  readonly copies: number[];
  /** Whether the kernel's list has them in this order. */
  readonly ordered: boolean;
}

/**
 * A reservation object, as much of it as can be observed. A buffer is gated by the pending leaves in it: a reader by
 * writes, a writer by writes and reads.
 */
export interface Resv {
  /**
   * IMPORT of one leaf, which the file may show so many times: itself, or older ones of its context. Undefined: once, and
   * the leaves of the file come in the order in which they are imported. `displaces`: a signalled leaf takes the place of a
   * pending one where the rules allow it, see ClassesResv.
   */
  import(leaf: Fence, write: boolean, copies?: number, displaces?: boolean): void;
  /** A driver that has looked for conflicts adds its fence. */
  attach(leaf: Fence, write: boolean): void;
  /** A driver adds a write of its own without looking: virtio-gpu. */
  drive(leaf: Fence): void;
  /** Whether something is pending that a reader (or, with `reads`, a writer) waits for. */
  busy(writes: boolean, reads: boolean): boolean;
  /** dma_resv_test_signaled() as ATTACH sees it. */
  conflicts(writes: boolean, reads: boolean): boolean;
  /** EXPORT's view. */
  gate(reads: boolean): Gate;
  /** poll(2) without waiting: which of `events` are ready. */
  poll(events: number, callbacks: PollCallbacks): number;
  /** All that is in there, for people: pending leaves in either class. */
  entries(): readonly { readonly leaf: Fence; readonly write: boolean; readonly copies: number }[];
  /** What entries() does not show and what comes next depends on. */
  readonly hidden: number | string;
  clone(copyOf: (leaf: Fence) => Fence): Resv;
}
