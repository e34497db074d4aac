// SPDX-License-Identifier: MIT

import { ERRNO } from '../kernel/errno.js';
import { CAUSE, CHECKS, type Checks } from '../rules/checks.js';
import { CONTRACT } from '../rules/contract.js';
import type { Rules } from '../rules/rules.js';
import { ABOUT_SUBMIT_6_12, NO_VIRTIO_IMPLICIT_SYNC, SUBMIT_6_12 } from './drivers.js';
import type { Deviation, Profile } from './profile.js';

const USAGE_CLASSES: readonly Deviation[] = [
  {
    what: 'a list may show a leaf more than once: an import takes the first slot that is signalled, although its fence is in a later one',
    source: 'dma-resv.c, dma_resv_add_fence() of 6.1.192 to 7.3.4',
    kind: 'difference',
  },
  {
    what: 'an import stores signalled fences, and compares their seqno with pending ones: a fence that signalled more than 2^31 steps ago may take the place of a pending one',
    source: 'dma-resv.c, dma_resv_add_fence() of 6.1.192 to 7.3.4',
    kind: 'defect',
    mended: { signalledDisplaces: false },
    fix: 'kernel-patch/upstream, patch 1',
  },
  {
    what: 'a direction that an earlier poll found busy stays so until the fence signals that it found',
    source: 'dma-buf.c, dma_buf_poll() of 6.1.192 to 7.3.4',
    kind: 'difference',
  },
];

const UPSTREAM: Rules = {
  ...CONTRACT,
  importSkipsSignalled: false,
  signalledDisplaces: true,
  exportShowsOnce: false,
  pollKeepsCallback: true,
  virtioWaitsForWriters: false,
};

export const linux61: Profile = {
  name: '6.1',
  title: 'Linux 6.1: usage classes, upstream EXPORT and IMPORT',
  rules: { ...UPSTREAM, has: { export: true, import: true, deadline: false, epoll: false } },
  deviations: [...USAGE_CLASSES, NO_VIRTIO_IMPLICIT_SYNC],
};

/** drm_gem_prime_handle_to_fd(), drm_prime.c:513 of 6.12.117: the descriptor is taken first. */
const PRIME_6_12: Checks = [
  [CAUSE.descriptors, ERRNO.EMFILE],
  [CAUSE.handle, ERRNO.ENOENT],
];

export const linux612: Profile = {
  name: '6.12',
  title: 'Linux 6.12: as 6.1, with deadlines',
  rules: {
    ...UPSTREAM,
    has: { export: true, import: true, deadline: true, epoll: true },
    checks: { ...CHECKS, prime: PRIME_6_12, submit: SUBMIT_6_12 },
  },
  deviations: [
    ...USAGE_CLASSES,
    NO_VIRTIO_IMPLICIT_SYNC,
    ABOUT_SUBMIT_6_12,
    {
      what: 'an epoll file says EINVAL to a request that it does not know, not ENOTTY',
      source: 'eventpoll.c:1156, ep_eventpoll_ioctl() of 6.12.117; :1266 of 7.3.4',
      kind: 'difference',
    },
    {
      what: 'PRIME_HANDLE_TO_FD reports EMFILE before it looks at the handle',
      source: 'drm_prime.c:513, drm_gem_prime_handle_to_fd() of 6.12.117',
      kind: 'difference',
    },
  ],
};

export const linux73: Profile = {
  name: '7.3',
  title: 'Linux 7.3: as 6.12, without names for signalled fences',
  rules: { ...linux612.rules, forgetsNames: true, virtioWaitsForWriters: true },
  deviations: [
    ...linux612.deviations.filter((deviation) => deviation !== NO_VIRTIO_IMPLICIT_SYNC),
    {
      what: 'INFO names a fence that has signalled "detached-driver" and "signaled-timeline"',
      source: 'dma-fence.c:1167, dma_fence_driver_name() of 7.3.4',
      kind: 'difference',
    },
  ],
};
