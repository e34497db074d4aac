// SPDX-License-Identifier: MIT

/** Error numbers of include/uapi/asm-generic/errno-base.h and errno.h, as far as the modelled calls return them. */
export const ERRNO = {
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EBADF: 9,
  ENOMEM: 12,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  EMFILE: 24,
  ENOTTY: 25,
  ENOSPC: 28,
  ENOSYS: 38,
  ETIMEDOUT: 110,
} as const;

export type Errno = keyof typeof ERRNO;

const names = new Map<number, Errno>(Object.entries(ERRNO).map(([name, value]) => [value, name as Errno]));

/** The name of an error number, or undefined for one that no modelled call returns. */
export const errnoName = (value: number): Errno | undefined => names.get(value);
