// SPDX-License-Identifier: MIT
import type { PollCallbacks, Resv } from '../resv/resv.js';
import type { Context } from './context.js';
import type { Fence } from './fence.js';

/** A struct file: what several descriptors may share. */
export type File = TimelineFile | SyncFile | BufferFile | CardFile;

interface Counted {
  /** Descriptors of this file. */
  refs: number;
}

/** debugfs sync/sw_sync, one timeline for each open. */
export interface TimelineFile extends Counted {
  readonly kind: 'timeline';
  readonly context: Context;
}

export interface SyncFile extends Counted {
  readonly kind: 'sync';
  readonly fence: Fence;
  /** P8 is about this: the buffer an export would follow if it were no snapshot. Null in a correct kernel. */
  readonly follows: { readonly resv: Resv; readonly reads: boolean } | null;
}

/** A dma-buf. `refs` 0 with `held` is possible: the GEM handle keeps an exported dma-buf too. */
export interface BufferFile extends Counted {
  readonly kind: 'buffer';
  readonly resv: Resv;
  readonly callbacks: PollCallbacks;
  /** The handle it was exported from is still open. drm_prime_add_buf_handle(). */
  held: boolean;
}

/** An open vgem card: GEM handles and fence ids belong to it. */
export interface CardFile extends Counted {
  readonly kind: 'card';
  /** By handle, from 1: the lowest free is given out (idr_alloc in drm_gem_handle_create_tail()). */
  readonly handles: (GemObject | undefined)[];
  /** By id, from 1: null once signalled; ids do not come back (idr_replace() keeps the slot). */
  readonly fences: (Context | null)[];
}

export interface GemObject {
  readonly resv: Resv;
  /** Once it was exported, as long as handle or dma-buf are there. */
  file: BufferFile | null;
}
