// SPDX-License-Identifier: MIT
import { BUFFER, type Case, EVERY, NAMED, UPSTREAM, WITH_IOCTLS } from './case.js';

/** Error codes, and which cause is reported if there are several. */
export const ERROR_CASES: readonly Case[] = [
  {
    name: 'export-refuses-in-this-order',
    why: 'SEMANTICS 2.2, executed on 6.1: flags win over EMFILE, a read-only page gives EFAULT and leaves no descriptor',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      s0 = export b0 nothing -> EINVAL
      s0 = export b0 0x4 -> EINVAL
      s0 = export b0 read+0x8 -> EINVAL
      s0 = export b0 read unmapped -> EFAULT
      s0 = export b0 nothing unmapped -> EFAULT
      s0 = export b0 read readonly -> EFAULT
      s0 = export b0 read -> 5
      limit 6 -> 0
      s1 = export b0 read -> EMFILE
      s1 = export b0 nothing -> EINVAL
      s1 = export b0 read readonly -> EMFILE
      s1 = export s0 read -> ENOTTY
      s1 = export none read -> EBADF
      close s0 -> 0
      s1 = export b0 write -> 5`,
  },
  {
    name: 'a-slot-that-is-used-again-comes-before-the-rest',
    why: 'dma-resv.c, dma_resv_add_fence() of 6.1.192 takes the first slot that is signalled; executed on 6.1. The status of all is that of the first leaf that is not done: sync_file.c, sync_file_ioctl_fence_info()',
    kernels: ['6.1', '6.12'],
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 1 -> 7
      s1 = fence t1 1 -> 8
      f0 = attach c0 g0 write -> 1
      import b0 write s0 -> 0
      signal c0 f0 -> 0
      import b0 write s1 -> 0
      s2 = export b0 read -> 9
      close t0 -> 0
      info s2 2 -> 0 status pending fences 2 leaves t1:pending t0:ENOENT`,
  },
  {
    name: 'import-refuses-in-this-order',
    why: 'SEMANTICS 2.3: whatever is no sync_file is EINVAL, also a closed descriptor',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      import b0 nothing s0 -> EINVAL
      import b0 read+0x4 s0 -> EINVAL
      import b0 read none -> EINVAL
      import b0 read b0 -> EINVAL
      import b0 read t0 -> EINVAL
      import b0 read s0 unmapped -> EFAULT
      import b0 nothing none unmapped -> EFAULT
      import b0 read s0 readonly -> 0
      close s0 -> 0
      import b0 read s0 -> EINVAL
      import t0 read s0 -> ENOTTY
      import none read s0 -> EBADF
      observe b0 -> 0 ready in reader writer t0:pending`,
  },
  {
    name: 'merge-refuses-in-this-order',
    why: 'SEMANTICS 1.6, executed: EMFILE first, ENOENT for what is no sync_file',
    kernels: WITH_IOCTLS,
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      s1 = merge s0 s0 1 -> EINVAL
      s1 = merge s0 none -> ENOENT
      s1 = merge s0 t0 -> ENOENT
      s1 = merge s0 none 1 -> EINVAL
      s1 = merge s0 s0 0 unmapped -> EFAULT
      s1 = merge s0 none 1 unmapped -> EFAULT
      s1 = merge s0 s0 0 readonly -> EFAULT
      s1 = merge s0 none 0 readonly -> ENOENT
      limit 5 -> 0
      s1 = merge s0 s0 0 unmapped -> EMFILE
      s1 = merge t0 s0 -> ENOTTY
      limit 100 -> 0
      s1 = merge s0 s0 -> 5`,
  },
  {
    name: 'info-refuses-in-this-order',
    why: 'SEMANTICS 1.6, executed: too little room is EINVAL',
    kernels: WITH_IOCTLS,
    trace: `
      t0 = timeline -> 3
      t1 = timeline -> 4
      s0 = fence t0 1 -> 5
      s1 = fence t1 1 -> 6
      s2 = merge s0 s1 -> 7
      info s2 1 -> EINVAL
      info s2 2 1 -> EINVAL
      info s2 2 0 unmapped -> EFAULT
      info s2 1 1 unmapped -> EFAULT
      info s2 1 0 readonly -> EINVAL
      info s2 2 0 readonly -> EFAULT
      info s2 0 -> 0 status pending fences 2 leaves
      info s2 2 -> 0 status pending fences 2 leaves t0:pending t1:pending
      info t0 2 -> ENOTTY
      info none 2 -> EBADF`,
  },
  {
    name: 'sync-and-name-refuse',
    why: 'SEMANTICS 1.3, executed: flags 0 and 0xb',
    kernels: EVERY,
    trace: `${BUFFER}
      sync b0 nothing -> EINVAL
      sync b0 end -> EINVAL
      sync b0 read+write+0x8 -> EINVAL
      sync b0 read unmapped -> EFAULT
      sync b0 nothing unmapped -> EFAULT
      sync b0 read readonly -> 0
      name b0 31 -> 0
      name b0 32 -> EINVAL
      name b0 0 -> 0
      name b0 32 unmapped -> EFAULT
      unknown b0 -> ENOTTY
      unknown none -> EBADF`,
  },
  {
    name: 'sw-sync-refuses-in-this-order',
    why: 'sw_sync.c, sw_sync_ioctl_create_fence(): the descriptor comes first',
    kernels: EVERY,
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 unmapped -> EFAULT
      s0 = fence t0 1 readonly -> EFAULT
      inc t0 1 unmapped -> EFAULT
      limit 4 -> 0
      s0 = fence t0 1 unmapped -> EMFILE
      t1 = timeline -> EMFILE
      c0 = card -> EMFILE
      t1 = dup t0 -> EMFILE
      limit 5 -> 0
      s0 = fence t0 1 -> 4
      s1 = fence s0 1 -> ENOTTY
      inc s0 1 -> ENOTTY
      inc none 1 -> EBADF`,
  },
  {
    name: 'a-fence-that-failed-says-so',
    why: 'SEMANTICS 1.6, executed: an array has the error of a member if it was polled before, and not otherwise',
    kernels: NAMED,
    trace: `
      t0 = timeline -> 3
      t1 = timeline -> 4
      s0 = fence t0 1 -> 5
      s1 = fence t1 1 -> 6
      s2 = merge s0 s1 -> 7
      s3 = merge s0 s1 -> 8
      poll s3 in -> 0 ready nothing
      close t0 -> 0
      info s0 1 -> 0 status ENOENT fences 1 leaves t0:ENOENT
      info s2 0 -> 0 status pending fences 2 leaves
      info s2 2 -> 0 status ENOENT fences 2 leaves t0:ENOENT t1:pending
      inc t1 1 -> 0
      info s2 0 -> 0 status done fences 2 leaves
      info s3 0 -> 0 status ENOENT fences 2 leaves
      info s3 2 -> 0 status ENOENT fences 2 leaves t0:ENOENT t1:done
      poll s3 in -> 1 ready in`,
  },
  {
    name: 'the-first-that-is-not-done-is-the-status-of-all',
    why: 'sync_file.c, sync_file_ioctl_fence_info(): the first non-positive status sticks',
    kernels: NAMED,
    trace: `
      t0 = timeline -> 3
      t1 = timeline -> 4
      s0 = fence t0 1 -> 5
      s1 = fence t1 1 -> 6
      s2 = merge s0 s1 -> 7
      close t1 -> 0
      info s2 2 -> 0 status pending fences 2 leaves t0:pending t1:ENOENT
      inc t0 1 -> 0
      info s2 2 -> 0 status ENOENT fences 2 leaves t0:done t1:ENOENT`,
  },
  {
    name: 'a-deadline-on-6.12',
    why: 'sync_file.c, sync_file_ioctl_set_deadline() of 6.12.117',
    kernels: ['6.12', '7.3'],
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      deadline s0 -> 0
      deadline s0 1 -> EINVAL
      deadline s0 1 unmapped -> EFAULT
      deadline t0 -> ENOTTY`,
  },
  {
    name: 'no-deadline-before',
    why: 'SEMANTICS 2.5',
    kernels: ['linux-5.10', 'linux-5.10+series', '6.1'],
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      deadline s0 -> ENOTTY`,
  },
  {
    name: 'prime-checks-the-handle-first',
    why: 'drm_prime.c:428 of 5.10.262; the same order in 6.1.192',
    kernels: ['linux-5.10', 'linux-5.10+series', '6.1'],
    trace: `
      c0 = card -> 3
      limit 4 -> 0
      b0 = prime c0 none -> ENOENT
      g0 = dumb c0 -> 1
      b0 = prime c0 g0 -> EMFILE`,
  },
  {
    name: 'prime-takes-the-descriptor-first',
    why: 'drm_prime.c:513 of 6.12.117, 510 of 7.3.4',
    kernels: UPSTREAM.filter((name) => name !== '6.1'),
    trace: `
      c0 = card -> 3
      limit 4 -> 0
      b0 = prime c0 none -> EMFILE
      limit 5 -> 0
      b0 = prime c0 none -> ENOENT`,
  },
  {
    name: 'neither-request-on-5.10',
    why: 'SEMANTICS 1.3, executed on unpatched 5.10',
    kernels: ['linux-5.10'],
    trace: `${BUFFER}
      s0 = export b0 read -> ENOTTY
      s0 = export b0 nothing unmapped -> ENOTTY
      import b0 read none -> ENOTTY
      observe b0 -> ENOTTY`,
  },
  {
    name: 'what-is-closed-is-a-bad-descriptor-and-what-is-other-does-not-know',
    why: 'ioctl(2): EBADF without a file, ENOTTY for a request that a file does not know',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence none 1 -> EBADF
      s0 = fence t0 1 -> 6
      g1 = dumb none -> EBADF
      b1 = prime none g0 -> EBADF
      drop none g0 -> EBADF
      signal none none -> EBADF
      s1 = merge none s0 -> EBADF
      sync none read -> EBADF
      sync s0 read -> ENOTTY
      name none 4 -> EBADF
      name s0 4 -> ENOTTY
      deadline none -> EBADF
      b1 = dup none -> EBADF
      observe none -> EBADF
      limit 7 -> 0
      observe b0 -> EMFILE`,
  },
];
