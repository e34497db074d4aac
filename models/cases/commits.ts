// SPDX-License-Identifier: MIT
import { type Case, EVERY, UPSTREAM, WITH_IOCTLS } from './case.js';

const FLIP = `
c0 = card virtio-gpu -> 3
g0 = dumb c0 -> 1
g1 = dumb c0 -> 2
t0 = timeline -> 4
s0 = fence t0 1 -> 5
`;

/** Atomic commits: what they wait for, and what their out fences say. */
export const COMMIT_CASES: readonly Case[] = [
  {
    name: 'a-flip-waits-for-its-in-fence',
    why: 'drm_atomic_helper.c, drm_atomic_helper_wait_for_fences(); the guest program atomic, in-fence-waits',
    kernels: EVERY,
    trace: `${FLIP}
      s1 = commit c0 g0 s0 nonblock -> 6
      poll s1 in -> 0 ready nothing
      info s1 1 -> 0 status pending fences 1 leaves crtc:pending
      inc t0 1 -> 0
      poll s1 in -> 0 ready nothing
      poll s1 in -> 1 ready in
      s2 = commit c0 g1 none nonblock -> 7
      poll s2 in -> 1 ready in
      none = commit c0 none none nonblock -> 0`,
  },
  {
    name: 'an-out-fence-may-say-the-time-of-a-vblank',
    why: 'drm_vblank.c, drm_crtc_send_vblank_event() of 6.1.192 with drm_send_event_timestamp_locked()',
    kernels: ['linux-5.10', 'linux-5.10+series', '6.1', '6.12'],
    trace: `
      c0 = card vkms -> 3
      g0 = dumb c0 -> 1
      wait 10 -> 0
      s1 = commit c0 g0 none nonblock -> 4
      wait 10 -> 0
      info s1 1 -> 0 status done fences 1 leaves crtc:done@3000`,
  },
  {
    name: 'one-commit-at-a-time',
    why: 'drm_atomic_helper.c, stall_checks(); the guest program atomic, nonblock-busy',
    kernels: EVERY,
    trace: `${FLIP}
      s1 = commit c0 g0 s0 nonblock -> 6
      s2 = commit c0 g1 none nonblock -> EBUSY
      none = commit c0 g1 none nonblock -> EBUSY
      limit 7 -> 0
      s2 = commit c0 g1 none nonblock -> EMFILE
      limit 8 -> 0
      inc t0 1 -> 0
      s2 = commit c0 g1 none nonblock -> EBUSY
      s2 = commit c0 g1 none nonblock -> 7
      poll s1 in -> 1 ready in`,
  },
  {
    name: 'a-test-makes-nothing',
    why: 'drm_atomic_uapi.c, prepare_signaling(); the guest program atomic, out-fence-test-only',
    kernels: EVERY,
    trace: `${FLIP}
      s1 = commit c0 g0 s0 test -> 0
      poll s1 in -> 1 ready nval
      s1 = commit c0 g0 t0 test -> EINVAL
      limit 6 -> 0
      s1 = commit c0 g0 s0 test -> 0
      s1 = commit c0 g0 s0 nonblock -> EMFILE`,
  },
  {
    name: 'commit-refuses-in-this-order',
    why: 'drm_atomic_uapi.c, drm_atomic_set_property(), then prepare_signaling(), then stall_checks() (5.10 to 7.3)',
    kernels: EVERY,
    trace: `${FLIP}
      s1 = commit c0 g0 t0 nonblock unmapped -> EFAULT
      s1 = commit c0 g0 s0 test readonly -> EFAULT
      s1 = commit c0 g0 t0 nonblock -> EINVAL
      none = commit c0 g0 t0 nonblock unmapped -> EINVAL
      none = commit c0 g0 s9 blocking -> EINVAL
      none = commit none g0 none nonblock -> EBADF
      none = commit c0 g0 s0 blocking -> EINTR
      s1 = commit c0 g0 s0 nonblock -> 6
      limit 7 -> 0
      s2 = commit c0 g0 t0 nonblock -> EINVAL
      s2 = commit c0 g0 s0 nonblock readonly -> EFAULT
      s2 = commit c0 g0 s0 nonblock -> EMFILE`,
  },
  {
    name: 'a-blocking-commit-waits-in-the-call',
    why: 'drm_atomic_helper.c, drm_atomic_helper_wait_for_fences(pre_swap), interruptible',
    kernels: EVERY,
    trace: `${FLIP}
      s1 = commit c0 g0 s0 blocking -> EINTR
      inc t0 1 -> 0
      s1 = commit c0 g0 s0 blocking -> 6
      none = commit c0 g1 none blocking -> 0
      poll s1 in -> 1 ready in`,
  },
  {
    name: 'vkms-waits-for-writers-of-what-it-shows',
    why: 'drm_atomic_helper.c:2608 of 6.1.192 (a plane without prepare_fb), vkms_plane.c, vkms_prepare_fb() of 6.12.117 and 7.3.4; the guest program atomic, writers-hold',
    kernels: UPSTREAM,
    trace: `
      c0 = card vkms -> 3
      g0 = dumb c0 -> 1
      b0 = prime c0 g0 -> 4
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 1 -> 7
      s1 = fence t1 1 -> 8
      import b0 write s0 -> 0
      import b0 read s1 -> 0
      s2 = commit c0 g0 none nonblock -> 9
      poll s2 in -> 0 ready nothing
      inc t0 1 -> 0
      poll s2 in -> 1 ready in
      observe b0 -> 0 ready in reader writer t1:pending`,
  },
  {
    name: 'a-fence-that-is-given-overrules-the-buffer',
    why: 'drm_gem_atomic_helper.c, drm_gem_plane_helper_prepare_fb(); the guest program atomic, explicit-overrules',
    kernels: UPSTREAM,
    trace: `
      c0 = card vkms -> 3
      g0 = dumb c0 -> 1
      b0 = prime c0 g0 -> 4
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      s1 = fence t0 0 -> 7
      import b0 write s0 -> 0
      s2 = commit c0 g0 s1 nonblock -> 8
      poll s2 in -> 1 ready in
      observe b0 -> 0 ready nothing reader t0:pending writer t0:pending`,
  },
  {
    name: 'virtio-gpu-ignores-writers-before-7.3',
    why: 'SEMANTICS 1.8 and 2.5; virtgpu_plane.c of 5.10.262, 6.1.192, 6.12.117',
    kernels: WITH_IOCTLS.filter((name) => name !== '7.3'),
    trace: `${FLIP}
      b0 = prime c0 g0 -> 6
      import b0 write s0 -> 0
      s2 = commit c0 g0 none nonblock -> 7
      poll s2 in -> 1 ready in
      observe b0 -> 0 ready nothing reader t0:pending writer t0:pending`,
  },
  {
    name: 'virtio-gpu-waits-for-writers-since-7.3',
    why: 'virtgpu_plane.c:368, virtio_gpu_plane_prepare_fb() of 7.3.4',
    kernels: ['7.3'],
    trace: `${FLIP}
      b0 = prime c0 g0 -> 6
      import b0 write s0 -> 0
      s2 = commit c0 g0 none nonblock -> 7
      poll s2 in -> 0 ready nothing
      none = commit c0 g1 none nonblock -> EBUSY
      inc t0 1 -> 0
      poll s2 in -> 1 ready in`,
  },
  {
    name: 'a-cursor-is-uploaded-with-a-fence',
    why: 'P1; virtgpu_plane.c, virtio_gpu_cursor_plane_update(); the guest program virtio-gpu, cursor-keeps-both',
    kernels: WITH_IOCTLS,
    trace: `${FLIP}
      t1 = timeline -> 6
      s1 = fence t1 1 -> 7
      s2 = fence t0 0 -> 8
      b0 = prime c0 g0 -> 9
      import b0 write s0 -> 0
      import b0 read s1 -> 0
      none = commit c0 g0 s2 cursor -> 0
      observe b0 -> 0 ready nothing reader t0:pending writer t0:pending t1:pending
      inc t0 1 -> 0
      observe b0 -> 0 ready in reader writer t1:pending`,
  },
  {
    name: 'out-fences-are-fences-like-others',
    why: 'the guest program atomic, import-out-fence-write and two-cards',
    kernels: WITH_IOCTLS,
    trace: `${FLIP}
      c1 = card vkms -> 6
      g2 = dumb c1 -> 1
      b0 = heap -> 7
      s1 = commit c0 g0 s0 nonblock -> 8
      import b0 write s1 -> 0
      observe b0 -> 0 ready nothing reader crtc:pending writer crtc:pending
      s2 = export b0 read -> 9
      s3 = commit c1 g2 s2 nonblock -> 10
      poll s3 in -> 0 ready nothing
      inc t0 1 -> 0
      poll s3 in -> 1 ready in
      poll s1 in -> 1 ready in
      observe b0 -> 0 ready in+out reader writer`,
  },
];
