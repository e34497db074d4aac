// SPDX-License-Identifier: MIT
import { CONTRACT } from '../rules/contract.js';
import type { Rules } from '../rules/rules.js';
import { NO_VIRTIO_IMPLICIT_SYNC } from './drivers.js';
import type { Deviation, Profile } from './profile.js';

/** What 5.10 is like with and without the series. */
const DRIVERS_5_10: Pick<Rules, 'vkmsShares' | 'virtioWaitsForWriters' | 'nameWhileAttached'> = {
  nameWhileAttached: false,
  vkmsShares: false,
  virtioWaitsForWriters: false,
};

/** With and without the series: what is left of sync_file_merge() keeps this. */
const MERGE_OF_SIGNALLED: Deviation = {
  what: 'MERGE of files that have all signalled is the first fence of the first file, with its name',
  source: 'sync_file.c, sync_file_merge() of 5.10.262',
  kind: 'difference',
  fix: '519f490db07e',
};

const ABOUT_DRIVERS: readonly Deviation[] = [
  {
    what: 'a dma-buf that another driver has imported cannot be named: SET_NAME is EBUSY',
    source: 'dma-buf.c, dma_buf_set_name() of 5.10.262; 6.1 does not look',
    kind: 'difference',
  },
  {
    what: 'vkms does not export its buffers: PRIME_HANDLE_TO_FD is ENOSYS; a buffer that it has imported is never let go',
    source:
      'drm_prime.c:522, drm_prime_handle_to_fd_ioctl(), and vkms_gem.c, vkms_gem_free_object() of 5.10.262',
    kind: 'difference',
  },
  NO_VIRTIO_IMPLICIT_SYNC,
];

/** Debian's or a stable 5.10 with kernel-patch/linux-5.10. */
export const linux510series: Profile = {
  name: 'linux-5.10+series',
  title: 'Linux 5.10 with the series: one exclusive fence that writes are merged into, and a list of reads',
  rules: {
    ...CONTRACT,
    ...DRIVERS_5_10,
    mergeOfSignalled: 'first',
    resv: 'exclusive',
    has: { export: true, import: true, deadline: false, epoll: false },
  },
  deviations: [MERGE_OF_SIGNALLED, ...ABOUT_DRIVERS],
};

/** 5.10 as it is: neither request, and readers that do not look at every fence. */
export const linux510: Profile = {
  name: 'linux-5.10',
  title: 'Linux 5.10 without the series',
  rules: {
    ...CONTRACT,
    ...DRIVERS_5_10,
    mergeOfSignalled: 'first',
    mergeComparesSignalled: true,
    resv: 'exclusive',
    has: { export: false, import: false, deadline: false, epoll: false },
    laterStays: false,
    sharedHidesExclusive: true,
    pollKeepsCallback: true,
    pollHoldsFile: false,
    driverKeepsOthers: false,
  },
  deviations: [
    MERGE_OF_SIGNALLED,
    ...ABOUT_DRIVERS,
    {
      what: 'MERGE compares seqnos of one context before it looks who has signalled: a signalled fence more than 2^31 steps older takes the place of a pending one',
      source: 'sync_file.c:232 of 5.10.262',
      kind: 'defect',
      fix: '245a4a7b531c',
    },
    {
      what: 'every fenced command of virtio-gpu drops the fences of others from its buffer (P1)',
      source: 'virtgpu_gem.c:236, virtio_gpu_array_add_fence() of 5.10.262 calls dma_resv_add_excl_fence()',
      kind: 'defect',
    },
    {
      what: 'neither EXPORT nor IMPORT: ENOTTY',
      source: 'dma-buf.c, dma_buf_ioctl() of 5.10.262',
      kind: 'difference',
      fix: '20e10881a043, 594740497e99',
    },
    {
      what: 'a list of shared fences, even signalled ones, hides a pending exclusive fence from dma_resv_test_signaled_rcu()',
      source: 'dma-resv.c:668 of 5.10.262',
      kind: 'defect',
      fix: '9d38814d1e34',
    },
    {
      what: 'dma_resv_wait_timeout_rcu() returns after a pending exclusive fence without waiting for a single shared one',
      source: 'dma-resv.c:597 of 5.10.262',
      kind: 'defect',
    },
    {
      what: 'POLLOUT does not look at the exclusive fence if there is a list; POLLIN with POLLOUT is then ready at once',
      source: 'dma-buf.c:244 of 5.10.262',
      kind: 'defect',
      fix: '6b51b02a3a0a',
    },
    {
      what: 'a dma-buf that is closed while a poll of it waits for a pending fence brings the kernel down',
      source: 'dma-buf.c:75, BUG_ON in dma_buf_release() of 5.10.262',
      kind: 'defect',
      fix: 'ff2d23843f7f',
    },
    {
      what: 'an earlier shared fence takes the place of a later one of its context',
      source: 'dma-resv.c:282, dma_resv_add_shared_fence() of 5.10.262',
      kind: 'defect',
      fix: 'a3f7c10a269d',
    },
  ],
};
