// SPDX-License-Identifier: MIT
import type { PollCallbacks, Resv } from '../resv/resv.js';
import type { Context } from './context.js';
import type { Device } from './device.js';
import type { Fence } from './fence.js';

/** A struct file: what several descriptors may share. */
export type File = TimelineFile | SyncFile | BufferFile | CardFile | EpollFile | OtherFile;

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
  /** All that is still to be asked of it is whether it is pending: what has signalled in it makes no difference. */
  onlyPolled?: boolean;
}

/** A dma-buf. `refs` 0 with `held` is possible: the GEM handle keeps an exported dma-buf too. */
export interface BufferFile extends Counted {
  readonly kind: 'buffer';
  readonly resv: Resv;
  readonly callbacks: PollCallbacks;
  /** GEM objects with a handle that keep it: the one it was exported from, those it was imported as. */
  held: number;
  /** CPU access has begun at some time. */
  begun: boolean;
  /** What it was exported from; null for a buffer without a driver. */
  object: GemObject | null;
}

/** An open card: GEM handles, and fence ids of vgem, belong to it. */
export interface CardFile extends Counted {
  readonly kind: 'card';
  readonly device: Device;
  /** By handle, from 1: the lowest free is given out (idr_alloc in drm_gem_handle_create_tail()). */
  readonly handles: (GemObject | undefined)[];
  /** By id, from 1: null once signalled; ids do not come back (idr_replace() keeps the slot). */
  readonly fences: (Context | null)[];
}

/** A file that the model does not look at. */
export interface OtherFile extends Counted {
  readonly kind: 'other';
}

/** An epoll instance. Items go with the files they watch, so those whose file is gone are only found, not taken out. */
export interface EpollFile extends Counted {
  readonly kind: 'epoll';
  readonly watches: Watch[];
}

/** An item of an epoll. fs/eventpoll.c knows it by file and descriptor. */
export interface Watch {
  readonly file: SyncFile | BufferFile;
  readonly descriptor: number;
  /** What epoll_wait(2) gives back: the variable that was watched. */
  variable: number;
  /** Events and EPOLLONESHOT, EPOLLET; no events once a oneshot has fired. */
  events: number;
}

/** drm_gem_object: all that open a card have the same for the same dma-buf, each by a handle of its own. */
export interface GemObject {
  readonly device: Device;
  /** An imported one shares that of the dma-buf: drm_gem_prime_import_dev(). */
  readonly resv: Resv;
  /** Another driver's dma-buf, or nobody's. */
  readonly imported: boolean;
  /** obj->handle_count. */
  handles: number;
  /** Once it was exported, as long as handle or dma-buf are there. */
  file: BufferFile | null;
}
