// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { CAUSE, type Checks } from '../rules/checks.js';
import type { Deviation } from './profile.js';

/** What drivers of cards do differently, shared by the profiles. */
export const NO_VIRTIO_IMPLICIT_SYNC: Deviation = {
  what: 'a commit on virtio-gpu does not wait for the writers of the buffer that it shows',
  source:
    'virtgpu_plane.c, virtio_gpu_primary_helper_funcs of 5.10.262, virtio_gpu_plane_prepare_fb() of 6.1.192 and 6.12.117',
  kind: 'difference',
};

/** virtio_gpu_execbuffer_ioctl(), virtgpu_submit.c of 6.12.117 and 7.3.4: it waits last. */
export const SUBMIT_6_12: Checks = [
  [CAUSE.flags, ERRNO.EINVAL],
  [CAUSE.handle, ERRNO.ENOENT],
  [CAUSE.descriptors, ERRNO.EMFILE],
  [CAUSE.file, ERRNO.EINVAL],
  [CAUSE.interrupted, ERRNO.EINTR],
];

export const ABOUT_SUBMIT_6_12: Deviation = {
  what: 'EXECBUFFER looks at handles and takes its descriptor before it looks at the in fence, and waits last',
  source: 'virtgpu_submit.c, virtio_gpu_execbuffer_ioctl() of 6.12.117',
  kind: 'difference',
};
