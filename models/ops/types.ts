// SPDX-License-Identifier: MIT
import type { ArgumentType } from './operation.js';

/** Types of arguments. The bits are those of the kernel's headers. */

export const NUMBER = { kind: 'number' } as const satisfies ArgumentType;

/** DMA_BUF_SYNC_READ and _WRITE of include/uapi/linux/dma-buf.h. */
export const ACCESS = {
  kind: 'flags',
  zero: 'nothing',
  bits: { read: 1, write: 2 },
} as const satisfies ArgumentType;

/** The same with DMA_BUF_SYNC_START (0) and _END. */
export const CPU_ACCESS = {
  kind: 'flags',
  zero: 'nothing',
  bits: { read: 1, write: 2, end: 4 },
} as const satisfies ArgumentType;

/** VGEM_FENCE_WRITE of include/uapi/drm/vgem_drm.h. */
export const ATTACH = { kind: 'flags', zero: 'read', bits: { write: 1 } } as const satisfies ArgumentType;

/** POLLIN, POLLOUT, POLLERR and POLLNVAL of poll(2). */
export const EVENTS = {
  kind: 'flags',
  zero: 'nothing',
  bits: { in: 1, out: 4, err: 8, nval: 32 },
} as const satisfies ArgumentType;

/** Events of epoll_ctl(2): EPOLLIN, EPOLLOUT, EPOLLONESHOT, EPOLLET. */
export const WATCHED = {
  kind: 'flags',
  zero: 'nothing',
  bits: { in: 1, out: 4, oneshot: 0x40000000, edge: 0x80000000 },
} as const satisfies ArgumentType;

/** EPOLL_CTL_ADD, _DEL and _MOD, in the order of their numbers from 1. */
export const WATCH = { kind: 'choice', names: ['add', 'remove', 'change'] } as const satisfies ArgumentType;

/** Drivers of a card that the model knows something of. */
export const DRIVER = {
  kind: 'choice',
  names: ['vgem', 'vkms', 'virtio-gpu'],
} as const satisfies ArgumentType;

/**
 * DRM_MODE_ATOMIC_TEST_ONLY, _NONBLOCK and _ALLOW_MODESET. `cursor` is no flag of the kernel: the buffer is shown on the
 * cursor plane, and not on the primary one.
 */
export const COMMIT = {
  kind: 'flags',
  zero: 'blocking',
  bits: { test: 0x100, nonblock: 0x200, modeset: 0x400, cursor: 0x10000 },
} as const satisfies ArgumentType;

/** Where the struct of an ioctl lies: in ordinary memory, at an address without any, or on a read-only page. */
export const MEMORY = {
  kind: 'choice',
  names: ['mapped', 'unmapped', 'readonly'],
} as const satisfies ArgumentType;

export const one = (letters: string) => ({ kind: 'variable', letters }) as const satisfies ArgumentType;

/** Any descriptor. */
export const DESCRIPTOR = one('tsbcoe');
/**
 * What an ioctl may be tried on, also where it does not belong: ENOTTY. Not a card: drm_ioctl() looks at the number of
 * a request and not at its type, so it would do something else.
 */
export const IOCTL_TARGET = one('tsboe');
