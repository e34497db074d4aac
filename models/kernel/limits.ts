// SPDX-License-Identifier: MIT

/** VGEM_FENCE_TIMEOUT of vgem_fence.c (10*HZ in 5.10 to 7.3), in microseconds. */
export const VGEM_EXPIRY_US = 10_000_000;

/**
 * How much later than its due time a timer may run before the model says that it must have: ticks, softirqs and an
 * emulated CPU that is not scheduled. Between the two times the fence may or may not have signalled.
 */
export const TIMER_LATENESS_US = 2_000_000;

/** DMA_BUF_NAME_LEN of include/uapi/linux/dma-buf.h, with the NUL. */
export const DMA_BUF_NAME_LEN = 32;

/** Default soft limit of descriptors (INR_OPEN_CUR of include/uapi/linux/fs.h). */
export const OPEN_FILES = 1024;

/** How long the host of a virtio-gpu may take for a command before the model says that it must have done it. */
export const DRIVER_LATENESS_US = 10_000_000;

/** Timeout of virtio_gpu_wait_ioctl(), virtgpu_ioctl.c of 5.10 to 7.3 (15 * HZ), in microseconds, less a few ticks. */
export const WAIT_TIMEOUT_US = 14_900_000;
