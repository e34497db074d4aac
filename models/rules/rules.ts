// SPDX-License-Identifier: MIT
import type { CheckedCall, Checks } from './checks.js';

/**
 * Every decision of the model that could have been another one. The contract gives each a value; a profile overrides
 * what its kernel does differently; a seeded bug (mutants.ts) changes one, and a test must notice.
 */
export interface Rules {
  /** Order of checks and error codes of each call. */
  readonly checks: Readonly<Record<CheckedCall, Checks>>;
  /**
   * Which requests there are; one that is not gives ENOTTY. `epoll`: an epoll file has some of its own, and says EINVAL to
   * others. fs/eventpoll.c, ep_eventpoll_ioctl(), 6.9 and later.
   */
  readonly has: {
    readonly export: boolean;
    readonly import: boolean;
    readonly deadline: boolean;
    readonly epoll: boolean;
  };
  /** Which reservation object: usage classes (5.19 and later), or one exclusive fence and a list of shared ones. */
  readonly resv: 'classes' | 'exclusive';

  // Fences

  /** Whether seqno `a` is later than `b`, both u32. dma-fence.h, __dma_fence_is_later(): a signed difference, so it wraps. */
  readonly later: (a: number, b: number) => boolean;
  /** Status of fences that are pending when their timeline is closed. sw_sync.c, sw_sync_debugfs_release(): -ENOENT. */
  readonly closedStatus: number;
  /** An array has the error of a member only if somebody asked it to signal before the last one did. dma-fence-array.c. */
  readonly arrayErrorNeedsSignalling: boolean;
  /** Names of signalled fences are replaced. dma-fence.c, dma_fence_driver_name(), 6.17 and later. */
  readonly forgetsNames: boolean;

  /** The time a fence says: when it signalled. dma-fence.c, dma_fence_signal_locked(); or when it is looked at, or later. */
  readonly stamps: 'signalled' | 'looked at' | 'ahead';

  // sync_file

  /** MERGE takes containers apart at any depth and keeps one pending leaf of a context. dma-fence-unwrap.c (6.1). */
  readonly mergeDropsSignalled: boolean;
  readonly mergeKeepsLatestOnly: boolean;
  /** MERGE of what has all signalled: a stub of its own (6.1), or the first fence of the first file (5.10). */
  readonly mergeOfSignalled: 'stub' | 'first';
  /** MERGE compares seqnos of one context even if one of the two has signalled, where they may be far apart (5.10). */
  readonly mergeComparesSignalled: boolean;
  /** INFO's status over a list: the first that is not `done` stays. sync_file.c, sync_file_ioctl_fence_info(). */
  readonly infoFirstNotDoneStays: boolean;
  /** INFO with room 0 gives the count and no list. */
  readonly infoCountsWithoutRoom: boolean;

  // dma-buf

  /** Which flags EXPORT and IMPORT take: READ, WRITE or both. dma-buf.c, first checks of both. */
  readonly accessValid: (flags: number) => boolean;
  /** WRITE and READ|WRITE import as a write, READ as a read. dma-buf.c:392 of 6.1. */
  readonly importsAsWrite: (flags: number) => boolean;
  /** EXPORT with WRITE, with or without READ, takes reads as well. dma_resv_usage_rw(), dma-resv.h of 6.1. */
  readonly exportTakesReads: (flags: number) => boolean;
  /** P8: an exported file does not change with the buffer. */
  readonly exportIsSnapshot: boolean;
  /** EXPORT leaves signalled fences out. dma_resv_get_singleton() of 6.1. */
  readonly exportDropsSignalled: boolean;
  /** P4: the list of an exported file has each leaf once. 6.1 and later may show one more than once, see the profile. */
  readonly exportShowsOnce: boolean;
  /** P1: an import for write keeps the writes that are there. */
  readonly writeKeepsWrites: boolean;
  /** P1: an import for write keeps the reads that are there. */
  readonly writeKeepsReads: boolean;
  /** P1: an import for read keeps the writes that are there. */
  readonly readKeepsWrites: boolean;
  /** P1: of one context the later fence stays, whatever the order of imports. */
  readonly laterStays: boolean;
  /** An import skips leaves that have signalled, before it compares seqnos (the series). */
  readonly importSkipsSignalled: boolean;
  /**
   * A kernel that stores signalled leaves may also compare their seqno with that of a pending one, and take that out: P1,
   * a defect. It may as well not: the defect is allowed, not asked for. dma_resv_add_fence() of 6.1 to 7.3.
   */
  readonly signalledDisplaces: boolean;
  /** POLLIN waits for writes. */
  readonly pollInWaits: boolean;
  /** POLLOUT waits for reads. */
  readonly pollOutWaitsForReads: boolean;
  /** A poll finds a direction busy as long as an earlier poll's callback is attached to a pending fence (5.10, 6.1). */
  readonly pollKeepsCallback: boolean;
  /** A dma-buf that is polled lives until the callback ran. Without that: BUG_ON in dma_buf_release(), 5.10. */
  readonly pollHoldsFile: boolean;
  /** CPU access for write waits for reads too; END waits for nothing. dma-buf.c, __dma_buf_begin_cpu_access(). */
  readonly cpuWriteWaitsForReads: boolean;
  readonly cpuEndWaits: boolean;
  /** Longest name of a dma-buf. dma_buf_set_name(). */
  readonly nameLength: number;
  /** A dma-buf may be named while a driver has imported it; else EBUSY. dma_buf_set_name(). */
  readonly nameWhileAttached: boolean;
  /** Readers that take a list of shared fences as a sign that the exclusive one is done (5.10, see its profile). */
  readonly sharedHidesExclusive: boolean;

  // vgem

  /** ATTACH write conflicts with reads, any ATTACH with writes. vgem_fence.c, vgem_fence_attach_ioctl(). */
  readonly attachSeesReads: boolean;
  readonly attachSeesWrites: boolean;
  /** A fence signals by itself after that time, without an error. vgem_fence.c, vgem_fence_timeout(). */
  readonly expiryUs: number;
  /** SIGNAL gives the id back even if it is too late. vgem_fence.c, idr_replace() in vgem_fence_signal_ioctl(). */
  readonly signalTakesId: boolean;
  readonly expiredIsError: boolean;
  /** Closing the card signals its fences. vgem_fence_close(). */
  readonly cardCloseSignals: boolean;

  // Other cards

  /** PRIME_FD_TO_HANDLE of what the opener has a handle for gives that handle. drm_prime_lookup_buf_handle(). */
  readonly openFindsHandle: boolean;
  /** An imported buffer has the reservation object of its dma-buf. drm_gem_prime_import_dev(). */
  readonly importSharesResv: boolean;
  /** vkms exports its buffers and lets go of those it has imported; 5.10 does neither. */
  readonly vkmsShares: boolean;
  /** VIRTGPU_WAIT waits for reads too. virtio_gpu_wait_ioctl(). */
  readonly idleSeesReads: boolean;
  /** P1: virtio-gpu keeps the fences of others when it puts its own on a buffer. virtio_gpu_array_add_fence(). */
  readonly driverKeepsOthers: boolean;
  /** A commit waits for IN_FENCE_FD. drm_atomic_helper_wait_for_fences(). */
  readonly commitWaitsForGiven: boolean;
  /** P7: and then not for the fences of the buffer. drm_gem_plane_helper_prepare_fb(). */
  readonly givenOverrules: boolean;
  /** P7: a commit without it waits for writers of the buffer: vkms, and virtio-gpu from 7.3 on. */
  readonly vkmsWaitsForWriters: boolean;
  readonly virtioWaitsForWriters: boolean;
  /** A nonblocking commit is refused while the one before it is not on the screen. stall_checks(). */
  readonly commitsOneAtATime: boolean;

  // Descriptors

  /** A new descriptor is the lowest free one. fs/file.c, alloc_fd(). */
  readonly lowestDescriptor: boolean;
  /** A call that fails gives back the descriptor it took. */
  readonly failureKeepsDescriptors: boolean;
  /** A process has a table of descriptors of its own: what a fork has copied nobody else closes. kernel/fork.c, copy_files(). */
  readonly forkCopiesDescriptors: boolean;
  /** All descriptors of a process are closed when it ends. exit_files(). */
  readonly exitCloses: boolean;
  /** A level-triggered item of an epoll that is ready is reported. fs/eventpoll.c, ep_send_events(). */
  readonly levelIsReported: boolean;
  /** epoll_wait(2) asks a file again before it reports it. */
  readonly epollAsksAgain: boolean;
  /** An item goes with the last descriptor of its file, not with the first. eventpoll_release(). */
  readonly watchIsOfFile: boolean;
  /** Closing one of several descriptors of a file releases nothing. */
  readonly closeIsLast: boolean;
}
