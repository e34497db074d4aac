// SPDX-License-Identifier: MIT
import type { Operation } from './operation.js';

/** An op with its arguments. `args` begins with the variable that the op makes, if it makes one. */
export interface Call {
  readonly op: Operation;
  readonly args: readonly number[];
}

/** One line of a list of leaves: who, and dma_fence_get_status(). */
export interface Leaf {
  /** See `leafName`. */
  readonly who: number;
  readonly status: number;
}

/** What came back. */
export interface Result {
  /** Return value, or -errno; CRASHED if the kernel died in it. */
  readonly ret: number;
  readonly outputs: readonly number[];
  readonly lists: readonly (readonly Leaf[])[];
}

/** The kernel went down. */
export const CRASHED = -4096;

/** Who a leaf is, by what SYNC_IOC_FILE_INFO says of it: a timeline's variable, or one of these. */
export const WHO = { vgem: 256, stub: 257, detached: 258, array: 259, other: 260 } as const;
export const whoNames = Object.keys(WHO) as (keyof typeof WHO)[];
