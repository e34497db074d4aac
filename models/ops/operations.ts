// SPDX-License-Identifier: MIT

import type { Operation } from './operation.js';
import {
  ACCESS,
  ATTACH,
  CPU_ACCESS,
  DESCRIPTOR,
  EVENTS,
  IOCTL_TARGET,
  MEMORY,
  NUMBER,
  one,
} from './types.js';

const access = { name: 'access', type: ACCESS };
const memory = { name: 'memory', type: MEMORY, optional: 0 };

/**
 * The one declaration of what a program may ask. The parser, the printer, the record a guest sends, its C header and
 * the model's dispatch are all made from this table.
 */
export const OPERATIONS = [
  {
    name: 'timeline',
    code: 1,
    doc: 'open(2) of sync/sw_sync in debugfs, with the name of the variable as the comm of the caller',
    makes: 't',
    args: [],
    errors: ['EMFILE'],
    allocates: true,
  },
  {
    name: 'fence',
    code: 2,
    doc: 'SW_SYNC_IOC_CREATE_FENCE: a sync_file for a value of a timeline',
    makes: 's',
    args: [{ name: 'timeline', type: IOCTL_TARGET }, { name: 'value', type: NUMBER }, memory],
    errors: ['EBADF', 'ENOTTY', 'EMFILE', 'EFAULT'],
    allocates: true,
  },
  {
    name: 'inc',
    code: 3,
    doc: 'SW_SYNC_IOC_INC: moves a timeline on, which signals what it passes',
    args: [{ name: 'timeline', type: IOCTL_TARGET }, { name: 'by', type: NUMBER }, memory],
    errors: ['EBADF', 'ENOTTY', 'EFAULT'],
  },
  {
    name: 'card',
    code: 4,
    doc: 'open(2) of the vgem card',
    makes: 'c',
    args: [],
    errors: ['EMFILE'],
    allocates: true,
  },
  {
    name: 'dumb',
    code: 5,
    doc: 'DRM_IOCTL_MODE_CREATE_DUMB: a buffer of one page, by GEM handle',
    makes: 'g',
    args: [{ name: 'card', type: one('c') }],
    errors: ['EBADF'],
    allocates: true,
  },
  {
    name: 'prime',
    code: 6,
    doc: 'DRM_IOCTL_PRIME_HANDLE_TO_FD: a dma-buf descriptor for a handle; the same dma-buf each time',
    makes: 'b',
    args: [
      { name: 'card', type: one('c') },
      { name: 'handle', type: one('g') },
    ],
    errors: ['EBADF', 'ENOENT', 'EMFILE'],
    allocates: true,
  },
  {
    name: 'drop',
    code: 7,
    doc: 'DRM_IOCTL_GEM_CLOSE',
    args: [
      { name: 'card', type: one('c') },
      { name: 'handle', type: one('g') },
    ],
    errors: ['EBADF', 'EINVAL'],
  },
  {
    name: 'attach',
    code: 8,
    doc: 'DRM_IOCTL_VGEM_FENCE_ATTACH: a fence of vgem on a buffer, to be signalled within 10 s',
    makes: 'f',
    args: [
      { name: 'card', type: one('c') },
      { name: 'handle', type: one('g') },
      { name: 'access', type: ATTACH },
      { name: 'pad', type: NUMBER, optional: 0 },
    ],
    errors: ['EBADF', 'EINVAL', 'ENOENT', 'EBUSY'],
    allocates: true,
  },
  {
    name: 'signal',
    code: 9,
    doc: 'DRM_IOCTL_VGEM_FENCE_SIGNAL: signals a fence of vgem and gives back its id',
    args: [
      { name: 'card', type: one('c') },
      { name: 'fence', type: one('f') },
      { name: 'flags', type: NUMBER, optional: 0 },
    ],
    errors: ['EBADF', 'EINVAL', 'ENOENT', 'ETIMEDOUT'],
  },
  {
    name: 'export',
    code: 10,
    doc: 'DMA_BUF_IOCTL_EXPORT_SYNC_FILE: a sync_file for what an access of the buffer has to wait for now',
    makes: 's',
    args: [{ name: 'buffer', type: IOCTL_TARGET }, access, memory],
    errors: ['EBADF', 'ENOTTY', 'EFAULT', 'EINVAL', 'EMFILE'],
    allocates: true,
  },
  {
    name: 'import',
    code: 11,
    doc: 'DMA_BUF_IOCTL_IMPORT_SYNC_FILE: adds the fences of a sync_file to the buffer',
    args: [{ name: 'buffer', type: IOCTL_TARGET }, access, { name: 'file', type: DESCRIPTOR }, memory],
    errors: ['EBADF', 'ENOTTY', 'EFAULT', 'EINVAL'],
    allocates: true,
  },
  {
    name: 'merge',
    code: 12,
    doc: 'SYNC_IOC_MERGE: one sync_file for two',
    makes: 's',
    args: [
      { name: 'file', type: IOCTL_TARGET },
      { name: 'other', type: DESCRIPTOR },
      { name: 'flags', type: NUMBER, optional: 0 },
      memory,
    ],
    errors: ['EBADF', 'ENOTTY', 'EMFILE', 'EFAULT', 'EINVAL', 'ENOENT'],
    allocates: true,
  },
  {
    name: 'info',
    code: 13,
    doc: 'SYNC_IOC_FILE_INFO with room for that many fences; 0 asks for status and count only',
    args: [
      { name: 'file', type: IOCTL_TARGET },
      { name: 'room', type: NUMBER },
      { name: 'flags', type: NUMBER, optional: 0 },
      memory,
    ],
    errors: ['EBADF', 'ENOTTY', 'EFAULT', 'EINVAL'],
    allocates: true,
    outputs: [
      { name: 'status', type: { kind: 'status' } },
      { name: 'fences', type: NUMBER },
    ],
    lists: ['leaves'],
  },
  {
    name: 'poll',
    code: 14,
    doc: 'poll(2) of a sync_file or dma-buf without waiting',
    args: [
      { name: 'descriptor', type: one('sb') },
      { name: 'events', type: EVENTS },
    ],
    errors: [],
    outputs: [{ name: 'ready', type: EVENTS }],
  },
  {
    name: 'sync',
    code: 15,
    doc: 'DMA_BUF_IOCTL_SYNC; interrupted (EINTR) where it waits, as nobody else would signal',
    args: [{ name: 'buffer', type: IOCTL_TARGET }, { name: 'access', type: CPU_ACCESS }, memory],
    errors: ['EBADF', 'ENOTTY', 'EFAULT', 'EINVAL', 'EINTR'],
  },
  {
    name: 'name',
    code: 16,
    doc: 'DMA_BUF_SET_NAME with a name of that length, without the NUL',
    args: [{ name: 'buffer', type: IOCTL_TARGET }, { name: 'length', type: NUMBER }, memory],
    errors: ['EBADF', 'ENOTTY', 'EFAULT', 'EINVAL'],
    allocates: true,
  },
  {
    name: 'deadline',
    code: 17,
    doc: 'SYNC_IOC_SET_DEADLINE',
    args: [{ name: 'file', type: IOCTL_TARGET }, { name: 'pad', type: NUMBER, optional: 0 }, memory],
    errors: ['EBADF', 'ENOTTY', 'EFAULT', 'EINVAL'],
  },
  {
    name: 'unknown',
    code: 18,
    doc: "an ioctl of type 'b' or '>' that no kernel has",
    args: [{ name: 'descriptor', type: IOCTL_TARGET }],
    errors: ['EBADF', 'ENOTTY'],
  },
  {
    name: 'dup',
    code: 19,
    doc: 'dup(2)',
    makes: 'tsbc',
    args: [{ name: 'descriptor', type: DESCRIPTOR }],
    errors: ['EBADF', 'EMFILE'],
  },
  {
    name: 'close',
    code: 20,
    doc: 'close(2); the variable is none afterwards',
    args: [{ name: 'descriptor', type: DESCRIPTOR }],
    errors: ['EBADF'],
  },
  {
    name: 'limit',
    code: 21,
    doc: 'setrlimit(2) of RLIMIT_NOFILE: no new descriptor may have that number or a greater one',
    args: [{ name: 'descriptors', type: NUMBER }],
    errors: [],
  },
  {
    name: 'wait',
    code: 22,
    doc: 'nanosleep(2), in milliseconds',
    args: [{ name: 'milliseconds', type: NUMBER }],
    errors: [],
  },
  {
    name: 'observe',
    code: 23,
    doc: 'both polls of a buffer, both exports and the pending leaves in them; the exports are closed again',
    args: [{ name: 'buffer', type: one('b') }],
    errors: ['EBADF', 'ENOTTY', 'EMFILE'],
    allocates: true,
    outputs: [{ name: 'ready', type: EVENTS }],
    lists: ['reader', 'writer'],
  },
] as const satisfies readonly Operation[];

export type OperationName = (typeof OPERATIONS)[number]['name'];

/** Code of each op by its name, for those who look at one. */
export const CODE = Object.fromEntries(OPERATIONS.map((op) => [op.name, op.code])) as Record<
  OperationName,
  number
>;
