// SPDX-License-Identifier: MIT
import { BUFFER, type Case, EVERY, UPSTREAM, WITH_IOCTLS } from './case.js';

/** A fence that signalled more than 2^31 steps before a pending one of its timeline. */
const FAR_APART = `
  t0 = timeline -> 3
  s0 = fence t0 1 -> 4
  inc t0 1 -> 0
  inc t0 0x80000010 -> 0
  s1 = fence t0 0x80000021 -> 5
`;
const FAR_APART_AND_BUFFER = `${BUFFER}
  t0 = timeline -> 5
  s0 = fence t0 1 -> 6
  inc t0 1 -> 0
  inc t0 0x80000010 -> 0
  s1 = fence t0 0x80000021 -> 7
`;

export const WRAP_CASES: readonly Case[] = [
  {
    name: 'upstream-loses-a-fence-to-one-that-signalled-long-ago',
    why: 'dma-resv.c, dma_resv_add_fence() of 6.1.192; executed on 6.1, 6.12 and 7.3',
    kernels: UPSTREAM,
    trace: `${FAR_APART_AND_BUFFER}
      import b0 write s1 -> 0
      s2 = export b0 read -> 8
      poll s2 in -> 0 ready nothing
      import b0 write s0 -> 0
      s3 = export b0 read -> 9
      poll s3 in -> 1 ready in`,
  },
  {
    name: 'upstream-may-have-that-mended',
    why: 'kernel-patch/upstream, patch 1; executed on 6.1 with it',
    kernels: UPSTREAM,
    trace: `${FAR_APART_AND_BUFFER}
      import b0 write s1 -> 0
      s2 = export b0 read -> 8
      poll s2 in -> 0 ready nothing
      import b0 write s0 -> 0
      poll b0 in -> 0 ready nothing
      s3 = export b0 read -> 9
      poll s3 in -> 0 ready nothing
      inc t0 0x10 -> 0
      poll b0 in -> 1 ready in`,
  },
  {
    name: 'a-poll-before-it-is-lost-keeps-waiting-for-it',
    why: 'dma-buf.c, dma_buf_poll() of 6.1.192: the callback stays where it is; executed on 6.1, 6.12 and 7.3',
    kernels: UPSTREAM,
    trace: `${FAR_APART_AND_BUFFER}
      import b0 write s1 -> 0
      poll b0 in -> 0 ready nothing
      import b0 write s0 -> 0
      sync b0 write -> 0
      poll b0 out -> 1 ready out
      poll b0 in -> 0 ready nothing
      inc t0 0x10 -> 0
      poll b0 in -> 1 ready in`,
  },
  {
    name: 'the-series-does-not',
    why: 'patches 10 and 15: signalled fences are sorted out before seqnos are compared',
    kernels: ['linux-5.10+series'],
    trace: `${FAR_APART_AND_BUFFER}
      import b0 write s1 -> 0
      import b0 write s0 -> 0
      s3 = export b0 read -> 8
      poll s3 in -> 0 ready nothing
      import b0 read s1 -> 0
      import b0 read s0 -> 0
      poll b0 out -> 0 ready nothing`,
  },
  {
    name: 'merge-loses-it-on-5.10',
    why: 'sync_file.c:232 of 5.10.262; executed without the series',
    kernels: ['linux-5.10'],
    trace: `${FAR_APART}
      s2 = merge s0 s1 -> 6
      poll s2 in -> 1 ready in`,
  },
  {
    name: 'merge-keeps-it-elsewhere',
    why: 'dma-fence-unwrap.c of 6.1.192, and that of patch 15 by patch 16, look at pending fences only',
    kernels: WITH_IOCTLS,
    trace: `${FAR_APART}
      s2 = merge s0 s1 -> 6
      poll s2 in -> 0 ready nothing`,
  },
  {
    name: 'merge-knows-the-later-across-the-sign',
    why: 'dma-fence.h, __dma_fence_is_later(): a difference, not a comparison',
    kernels: EVERY,
    trace: `
      t0 = timeline -> 3
      inc t0 0x7ffffffe -> 0
      s0 = fence t0 0x7fffffff -> 4
      s1 = fence t0 0x80000001 -> 5
      s2 = merge s0 s1 -> 6
      s3 = merge s1 s0 -> 7
      inc t0 1 -> 0
      poll s0 in -> 1 ready in
      poll s2 in -> 0 ready nothing
      poll s3 in -> 0 ready nothing
      inc t0 2 -> 0
      poll s2 in -> 1 ready in
      inc t0 0x7ffffffe -> 0
      s0 = fence t0 0 -> 8
      s1 = fence t0 2 -> 9
      s2 = merge s0 s1 -> 10
      inc t0 1 -> 0
      poll s2 in -> 0 ready nothing`,
  },
  {
    name: 'time-goes-on-for-ever',
    why: 'what has signalled stays signalled, however far its timeline goes',
    kernels: EVERY,
    trace: `${FAR_APART}
      poll s0 in -> 1 ready in
      inc t0 0xffffffff -> 0
      poll s0 in -> 1 ready in
      poll s1 in -> 1 ready in`,
  },
];
