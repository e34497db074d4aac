// SPDX-License-Identifier: MIT
import { BUFFER, type Case, EVERY, NAMED, WITH_IOCTLS } from './case.js';

/** Timelines, sync_files, vgem and descriptors. */
export const FILE_CASES: readonly Case[] = [
  {
    name: 'a-timeline-signals-in-order-and-wraps',
    why: 'sw_sync.c: a signed difference of u32; SEMANTICS 1.5, executed: current + 0x90000000 is born signalled',
    kernels: EVERY,
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 0x90000000 -> 4
      poll s0 in -> 1 ready in
      s1 = fence t0 2147483647 -> 5
      poll s1 in -> 0 ready nothing
      inc t0 4294967295 -> 0
      poll s1 in -> 1 ready in
      s2 = fence t0 3 -> 6
      poll s2 in -> 0 ready nothing
      inc t0 3 -> 0
      poll s2 in -> 0 ready nothing
      inc t0 1 -> 0
      poll s2 in -> 1 ready in
      inc t0 2147483648 -> 0
      poll s2 in -> 1 ready in`,
  },
  {
    name: 'merge-keeps-the-later-of-a-timeline',
    why: 'SEMANTICS 1.6 and 2.4',
    kernels: EVERY,
    trace: `
      t0 = timeline -> 3
      t1 = timeline -> 4
      s0 = fence t0 1 -> 5
      s1 = fence t0 2 -> 6
      s2 = merge s0 s1 -> 7
      info s2 4 -> 0 status pending fences 1 leaves t0:pending
      s3 = merge s1 s0 -> 8
      inc t0 1 -> 0
      poll s2 in -> 0 ready nothing
      poll s3 in -> 0 ready nothing
      s4 = fence t1 1 -> 9
      s5 = merge s0 s4 -> 10
      info s5 4 -> 0 status pending fences 1 leaves t1:pending
      s6 = merge s4 s1 -> 11
      info s6 4 -> 0 status pending fences 2 leaves t0:pending t1:pending
      inc t0 1 -> 0
      poll s2 in -> 1 ready in
      poll s3 in -> 1 ready in`,
  },
  {
    name: 'merge-of-what-is-done-is-a-stub-upstream',
    why: 'dma-fence-unwrap.c of 6.1.192',
    kernels: ['6.1', '6.12'],
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 0 -> 4
      s1 = merge s0 s0 -> 5
      info s1 1 -> 0 status done fences 1 leaves stub:done`,
  },
  {
    name: 'merge-of-what-is-done-keeps-the-first-on-5.10',
    why: 'SEMANTICS 1.6',
    kernels: ['linux-5.10', 'linux-5.10+series'],
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 0 -> 4
      s1 = merge s0 s0 -> 5
      info s1 1 -> 0 status done fences 1 leaves t0:done`,
  },
  {
    name: 'vgem-looks-for-conflicts',
    why: 'SEMANTICS 1.4, executed: the matrix of attach',
    kernels: EVERY,
    trace: `${BUFFER}
      f0 = attach c0 g0 read -> 1
      f1 = attach c0 g0 read -> 2
      f2 = attach c0 g0 write -> EBUSY
      poll b0 in+out -> 1 ready in
      signal c0 f0 -> 0
      f2 = attach c0 g0 write -> EBUSY
      signal c0 f1 -> 0
      f2 = attach c0 g0 write -> 3
      poll b0 in -> 0 ready nothing
      poll b0 out -> 0 ready nothing
      f3 = attach c0 g0 read -> EBUSY
      f3 = attach c0 g0 write -> EBUSY
      signal c0 f2 -> 0
      signal c0 f2 -> ENOENT
      f3 = attach c0 g0 read -> 4`,
  },
  {
    name: 'vgem-refuses-in-this-order',
    why: 'vgem_fence.c:136-142 and vgem_fence_signal_ioctl()',
    kernels: EVERY,
    trace: `${BUFFER}
      f0 = attach c0 g0 0x2 -> EINVAL
      f0 = attach c0 g0 write 1 -> EINVAL
      f0 = attach c0 none 0x2 -> EINVAL
      f0 = attach c0 none write -> ENOENT
      f0 = attach none g0 write -> EBADF
      signal c0 none -> ENOENT
      signal c0 none 1 -> EINVAL
      drop c0 none -> EINVAL
      drop c0 g0 -> 0
      drop c0 g0 -> EINVAL
      f0 = attach c0 g0 write -> ENOENT`,
  },
  {
    name: 'vgem-expires-after-ten-seconds',
    why: 'SEMANTICS 1.4, executed: 10.04 s, ETIMEDOUT, the id is gone, status 1',
    kernels: EVERY,
    trace: `${BUFFER}
      f0 = attach c0 g0 write -> 1
      wait 9000 -> 0
      poll b0 in -> 0 ready nothing
      wait 4000 -> 0
      poll b0 in -> 1 ready in
      signal c0 f0 -> ETIMEDOUT
      signal c0 f0 -> ENOENT
      f0 = attach c0 g0 write -> 2`,
  },
  {
    name: 'closing-the-card-signals-its-fences',
    why: 'vgem_fence.c, vgem_fence_close()',
    kernels: EVERY,
    trace: `${BUFFER}
      f0 = attach c0 g0 write -> 1
      c1 = dup c0 -> 5
      close c0 -> 0
      poll b0 in -> 0 ready nothing
      close c1 -> 0
      poll b0 in -> 1 ready in`,
  },
  {
    name: 'imported-fences-conflict-with-vgem',
    why: 'SEMANTICS 2.3, executed on 6.1; 0.1 is what 5.10 would do without patch 4 of the series',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 1 -> 7
      s1 = fence t1 1 -> 8
      import b0 write s0 -> 0
      import b0 read s1 -> 0
      f0 = attach c0 g0 read -> EBUSY
      inc t1 1 -> 0
      f0 = attach c0 g0 write -> EBUSY
      inc t0 1 -> 0
      f0 = attach c0 g0 write -> 1`,
  },
  {
    name: 'descriptors-share-a-file',
    why: 'dup(2), close(2); SEMANTICS 2.2: an export outlives the dma-buf',
    kernels: NAMED,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = dup t0 -> 6
      s0 = fence t0 1 -> 7
      close t0 -> 0
      info s0 1 -> 0 status pending fences 1 leaves t0:pending
      b1 = prime c0 g0 -> 5
      import b1 write s0 -> 0
      poll b0 in -> 0 ready nothing
      s1 = export b0 read -> 8
      close b0 -> 0
      close b1 -> 0
      drop c0 g0 -> 0
      poll s1 in -> 0 ready nothing
      poll b0 in -> 1 ready nval
      inc t1 1 -> 0
      poll s1 in -> 1 ready in
      close b0 -> EBADF`,
  },
  {
    name: 'closing-a-polled-buffer-is-survived',
    why: 'SEMANTICS 0.4, executed: 6.1 survives; patch 9 of the series',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      f0 = attach c0 g0 write -> 1
      poll b0 in -> 0 ready nothing
      close b0 -> 0
      drop c0 g0 -> 0
      signal c0 f0 -> 0`,
  },
  {
    name: 'closing-a-polled-buffer-kills-5.10',
    why: 'SEMANTICS 0.4, executed: BUG_ON in dma_buf_release(), dma-buf.c:75',
    kernels: ['linux-5.10'],
    trace: `${BUFFER}
      f0 = attach c0 g0 write -> 1
      poll b0 in -> 0 ready nothing
      close b0 -> 0
      drop c0 g0 -> crash`,
  },
];
