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

/** Where the struct of an ioctl lies: in ordinary memory, at an address without any, or on a read-only page. */
export const MEMORY = {
  kind: 'choice',
  names: ['mapped', 'unmapped', 'readonly'],
} as const satisfies ArgumentType;

export const one = (letters: string) => ({ kind: 'variable', letters }) as const satisfies ArgumentType;

/** Any descriptor. */
export const DESCRIPTOR = one('tsbc');
/**
 * What an ioctl may be tried on, also where it does not belong: ENOTTY. Not a card: drm_ioctl() looks at the number of
 * a request and not at its type, so it would do something else.
 */
export const IOCTL_TARGET = one('tsb');
