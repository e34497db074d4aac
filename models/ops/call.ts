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
  /** When it signalled, in microseconds since the run began; undefined if nobody wrote it down. */
  readonly at?: number;
  /** In what is allowed: `at` is the last moment it may say, this the first. */
  readonly earliest?: number;
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
export const WHO = {
  vgem: 1024,
  stub: 1025,
  detached: 1026,
  array: 1027,
  other: 1028,
  'virtio-gpu': 1029,
  crtc: 1030,
} as const;
export const whoNames = Object.keys(WHO) as (keyof typeof WHO)[];
