// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';

/** Why a call may fail. A call can have several of these at once; which is reported is a matter of order. */
export const CAUSE = {
  /** The struct cannot be read. */
  unreadable: 1,
  /** Flags that are not defined, none where one is needed, or padding that is not zero. */
  flags: 2,
  /** The descriptor in the struct is not a sync_file: closed, negative and another type are the same. */
  file: 4,
  /** No descriptor is free below RLIMIT_NOFILE. */
  descriptors: 8,
  /** The struct, or what it points to, cannot be written. */
  unwritable: 16,
  /** No such GEM handle, or fence id of vgem. */
  handle: 32,
  /** A fence is pending that conflicts. */
  busy: 64,
  /** There is room for some fences, but not for all. */
  room: 128,
  /** The fence has signalled by itself. */
  expired: 256,
  /** It would wait, nobody ends the wait, and a signal does. */
  interrupted: 512,
} as const;
export type Cause = (typeof CAUSE)[keyof typeof CAUSE];

/** Causes in the order in which a call looks for them, with the error each gives. */
export type Checks = readonly (readonly [Cause, number])[];

const { unreadable, flags, file, descriptors, unwritable, handle, busy, room, interrupted } = CAUSE;
const { EFAULT, EINTR, EINVAL, EMFILE, ENOENT, EBUSY } = ERRNO;

/** The calls that check more than one thing. The same in 5.10 (with the series), 6.1, 6.12 and 7.3 unless a profile says so. */
export const CHECKS = {
  /** sw_sync_ioctl_create_fence(), sw_sync.c of 6.1: the descriptor is taken before anything is looked at. */
  fence: [
    [descriptors, EMFILE],
    [unreadable, EFAULT],
    [unwritable, EFAULT],
  ],
  /** dma_buf_export_sync_file(), dma-buf.c:336 of 6.1. */
  export: [
    [unreadable, EFAULT],
    [flags, EINVAL],
    [descriptors, EMFILE],
    [unwritable, EFAULT],
  ],
  /** dma_buf_import_sync_file(), dma-buf.c:392 of 6.1: a file that is none is EINVAL, not EBADF. Never writes. */
  import: [
    [unreadable, EFAULT],
    [flags, EINVAL],
    [file, EINVAL],
  ],
  /** sync_file_ioctl_merge(), sync_file.c of 5.10 to 7.3: the descriptor comes first, and a file that is none is ENOENT. */
  merge: [
    [descriptors, EMFILE],
    [unreadable, EFAULT],
    [flags, EINVAL],
    [file, ENOENT],
    [unwritable, EFAULT],
  ],
  /** sync_file_ioctl_fence_info(), sync_file.c of 5.10 to 7.3. */
  info: [
    [unreadable, EFAULT],
    [flags, EINVAL],
    [room, EINVAL],
    [unwritable, EFAULT],
  ],
  /** dma_buf_ioctl(), DMA_BUF_IOCTL_SYNC: only reads. */
  sync: [
    [unreadable, EFAULT],
    [flags, EINVAL],
  ],
  /** dma_buf_set_name(): strndup_user() gives EFAULT for no memory and EINVAL for a name that is too long. */
  name: [
    [unreadable, EFAULT],
    [flags, EINVAL],
  ],
  /** sync_file_ioctl_set_deadline(), sync_file.c of 6.12. */
  deadline: [
    [unreadable, EFAULT],
    [flags, EINVAL],
  ],
  /** vgem_fence_attach_ioctl(), vgem_fence.c of 5.10 to 7.3. */
  attach: [
    [flags, EINVAL],
    [handle, ENOENT],
    [busy, EBUSY],
  ],
  /** drm_gem_prime_handle_to_fd(), drm_prime.c:428 of 5.10. */
  prime: [
    [handle, ENOENT],
    [descriptors, EMFILE],
  ],
  /** virtio_gpu_execbuffer_ioctl(), virtgpu_ioctl.c of 5.10 and 6.1: it waits before it looks at anything else. */
  submit: [
    [flags, EINVAL],
    [file, EINVAL],
    [interrupted, EINTR],
    [descriptors, EMFILE],
    [handle, ENOENT],
  ],
  /**
   * drm_mode_atomic_ioctl() of 5.10 to 7.3: properties in the order that userspace gives them, the out fence first
   * (drm_atomic_set_property()), then descriptors (prepare_signaling()), then stall_checks(), then the wait of a blocking one.
   */
  commit: [
    [unwritable, EFAULT],
    [file, EINVAL],
    [descriptors, EMFILE],
    [busy, EBUSY],
    [interrupted, EINTR],
  ],
} as const satisfies Record<string, Checks>;

export type CheckedCall = keyof typeof CHECKS;

/** The error of the first cause in order, negative as a syscall returns it. */
export function firstError(checks: Checks, causes: number): number {
  for (const [cause, errno] of checks) if ((causes & cause) !== 0) return -errno;
  return 0;
}
