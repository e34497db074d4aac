// SPDX-License-Identifier: MIT
import { BUFFER, type Case, UPSTREAM, WITH_IOCTLS } from './case.js';

/** IMPORT, EXPORT and who waits for whom. */
export const BUFFER_CASES: readonly Case[] = [
  {
    name: 'an-idle-buffer-exports-what-is-done',
    why: 'SEMANTICS 2.2: nothing pending gives the stub, status 1',
    kernels: ['linux-5.10+series', '6.1', '6.12'],
    trace: `${BUFFER}
      s0 = export b0 read -> 5
      info s0 1 -> 0 status done fences 1 leaves stub:done
      info s0 0 -> 0 status done fences 1 leaves
      poll s0 in -> 1 ready in
      s1 = export b0 write -> 6
      poll s1 in -> 1 ready in`,
  },
  {
    name: 'an-idle-export-has-no-name-on-7.3',
    why: 'dma-fence.c:1167 of 7.3.4',
    kernels: ['7.3'],
    trace: `${BUFFER}
      s0 = export b0 read -> 5
      info s0 1 -> 0 status done fences 1 leaves detached:done`,
  },
  {
    name: 'a-read-gates-writers-only',
    why: 'the guest program import, read-gates-writers',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      import b0 read s0 -> 0
      poll b0 in -> 1 ready in
      poll b0 out -> 0 ready nothing
      poll b0 in+out -> 1 ready in
      s1 = export b0 read -> 7
      poll s1 in -> 1 ready in
      s2 = export b0 write -> 8
      poll s2 in -> 0 ready nothing
      s3 = export b0 read+write -> 9
      poll s3 in -> 0 ready nothing
      observe b0 -> 0 ready in reader writer t0:pending
      inc t0 1 -> 0
      poll s2 in -> 1 ready in
      poll b0 out -> 1 ready out
      observe b0 -> 0 ready in+out reader writer`,
  },
  {
    name: 'a-write-gates-everybody',
    why: 'the guest program import, write-gates-all',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      import b0 write s0 -> 0
      poll b0 in -> 0 ready nothing
      poll b0 out -> 0 ready nothing
      poll b0 in+out -> 0 ready nothing
      sync b0 read -> EINTR
      sync b0 read+end -> 0
      sync b0 write -> EINTR
      inc t0 1 -> 0
      poll b0 in+out -> 1 ready in+out
      sync b0 read+write -> 0`,
  },
  {
    name: 'both-is-a-write',
    why: 'SEMANTICS 0.8',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      import b0 read+write s0 -> 0
      observe b0 -> 0 ready nothing reader t0:pending writer t0:pending`,
  },
  {
    name: 'cpu-read-does-not-wait-for-reads',
    why: 'SEMANTICS 1.3',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      import b0 read s0 -> 0
      sync b0 read -> 0
      sync b0 write -> EINTR
      sync b0 write+end -> 0`,
  },
  {
    name: 'a-write-keeps-reads-and-writes',
    why: 'P1, P3; the guest program import, writer-keeps-readers',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      t2 = timeline -> 7
      s0 = fence t0 1 -> 8
      s1 = fence t1 1 -> 9
      s2 = fence t2 1 -> 10
      import b0 read s0 -> 0
      import b0 write s1 -> 0
      import b0 write s2 -> 0
      observe b0 -> 0 ready nothing reader t1:pending t2:pending writer t0:pending t1:pending t2:pending
      inc t2 1 -> 0
      observe b0 -> 0 ready nothing reader t1:pending writer t0:pending t1:pending
      inc t1 1 -> 0
      observe b0 -> 0 ready in reader writer t0:pending
      inc t0 1 -> 0
      observe b0 -> 0 ready in+out reader writer`,
  },
  {
    name: 'a-read-keeps-the-write',
    why: 'P1; invariant I1 of SEMANTICS 4.2: the read signals first',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 1 -> 7
      s1 = fence t1 1 -> 8
      import b0 write s0 -> 0
      import b0 read s1 -> 0
      observe b0 -> 0 ready nothing reader t0:pending writer t0:pending t1:pending
      inc t1 1 -> 0
      poll b0 out -> 0 ready nothing
      sync b0 write -> EINTR`,
  },
  {
    name: 'an-earlier-fence-does-not-replace-a-later-one',
    why: 'CVE-2022-49935, SEMANTICS 0.5',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 2 -> 6
      s1 = fence t0 1 -> 7
      import b0 read s0 -> 0
      import b0 read s1 -> 0
      inc t0 1 -> 0
      poll b0 out -> 0 ready nothing
      inc t0 1 -> 0
      poll b0 out -> 1 ready out
      s2 = fence t0 4 -> 8
      s3 = fence t0 3 -> 9
      import b0 write s2 -> 0
      import b0 write s3 -> 0
      inc t0 1 -> 0
      poll b0 in -> 0 ready nothing
      inc t0 1 -> 0
      poll b0 in -> 1 ready in`,
  },
  {
    name: 'an-export-is-a-snapshot',
    why: 'P8',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 1 -> 7
      s1 = fence t1 1 -> 8
      import b0 write s0 -> 0
      s2 = export b0 write -> 9
      import b0 write s1 -> 0
      info s2 4 -> 0 status pending fences 1 leaves t0:pending
      inc t0 1 -> 0
      poll s2 in -> 1 ready in
      poll b0 in -> 0 ready nothing`,
  },
  {
    name: 'an-array-holds-leaves-in-one-list',
    why: 'P5: a merged file that is imported and exported again stays flat',
    kernels: ['linux-5.10+series', '6.1', '6.12'],
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 1 -> 7
      s1 = fence t1 1 -> 8
      s2 = merge s0 s1 -> 9
      import b0 write s2 -> 0
      s3 = export b0 read -> 10
      info s3 8 -> 0 status pending fences 2 leaves t0:pending t1:pending
      import b0 write s3 -> 0
      s4 = export b0 read -> 11
      info s4 8 -> 0 status pending fences 2 leaves t0:pending t1:pending
      s5 = merge s3 s4 -> 12
      info s5 8 -> 0 status pending fences 2 leaves t0:pending t1:pending
      inc t1 1 -> 0
      info s5 8 -> 0 status pending fences 2 leaves t0:pending t1:done
      info s5 0 -> 0 status pending fences 2 leaves
      s6 = export b0 read -> 13
      info s6 8 -> 0 status pending fences 1 leaves t0:pending`,
  },
  {
    name: 'importing-what-is-done-changes-nothing',
    why: 'SEMANTICS 2.1, 2.2',
    kernels: WITH_IOCTLS,
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 0 -> 6
      poll s0 in -> 1 ready in
      import b0 write s0 -> 0
      observe b0 -> 0 ready in+out reader writer`,
  },
  {
    name: 'upstream-may-show-a-fence-twice',
    why: 'SEMANTICS 2.1, executed on 6.1: a stale slot in front makes importing what is there a duplicate',
    kernels: UPSTREAM,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 1 -> 7
      s1 = fence t1 1 -> 8
      import b0 write s0 -> 0
      import b0 write s1 -> 0
      inc t0 1 -> 0
      import b0 write s1 -> 0
      s2 = export b0 read -> 9
      info s2 1 -> EINVAL
      info s2 4 -> 0 status pending fences 2 leaves t1:pending t1:pending
      info s2 0 -> 0 status pending fences 2 leaves
      observe b0 -> 0 ready nothing reader t1:pending t1:pending writer t1:pending
      s3 = merge s2 s1 -> 10
      info s3 4 -> 0 status pending fences 1 leaves t1:pending`,
  },
  {
    name: 'upstream-shows-both-of-a-timeline',
    why: 'SEMANTICS 2.1: an earlier fence of a context is added beside the later one',
    kernels: ['6.1', '6.12'],
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 2 -> 6
      s1 = fence t0 1 -> 7
      import b0 read s0 -> 0
      import b0 read s1 -> 0
      s2 = export b0 write -> 8
      inc t0 1 -> 0
      info s2 4 -> 0 status pending fences 2 leaves t0:pending t0:done`,
  },
  {
    name: 'upstream-may-put-a-write-where-the-read-was',
    why: 'dma-resv.c, dma_resv_add_fence() of 6.1.192: a read of the context that comes first is overwritten, the older write stays; seen by the guest program order, every-order-of-values',
    kernels: ['6.1', '6.12'],
    trace: `${BUFFER}
      t0 = timeline -> 5
      s0 = fence t0 1 -> 6
      s1 = fence t0 2 -> 7
      import b0 read s1 -> 0
      import b0 write s0 -> 0
      import b0 write s1 -> 0
      s2 = export b0 read -> 8
      info s2 4 -> 0 status pending fences 2 leaves t0:pending t0:pending
      s3 = export b0 write -> 9
      info s3 4 -> 0 status pending fences 2 leaves t0:pending t0:pending
      import b0 read s1 -> 0
      s4 = export b0 write -> 10
      info s4 4 -> 0 status pending fences 3 leaves t0:pending t0:pending t0:pending
      observe b0 -> 0 ready nothing reader t0:pending t0:pending writer t0:pending t0:pending t0:pending
      inc t0 1 -> 0
      info s2 4 -> 0 status pending fences 2 leaves t0:pending t0:done
      inc t0 1 -> 0
      observe b0 -> 0 ready in+out reader writer`,
  },
  {
    name: 'upstream-takes-a-slot-in-front-of-another-one',
    why: 'dma-resv.c, dma_resv_add_fence() of 6.1.192: what is imported again takes its own slot if that comes first, and leaves the signalled one to the next',
    kernels: UPSTREAM,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      t2 = timeline -> 7
      s0 = fence t0 1 -> 8
      s1 = fence t1 1 -> 9
      s2 = fence t2 1 -> 10
      import b0 write s0 -> 0
      import b0 write s1 -> 0
      import b0 write s2 -> 0
      inc t1 1 -> 0
      import b0 write s0 -> 0
      import b0 write s2 -> 0
      s3 = export b0 read -> 11
      info s3 4 -> 0 status pending fences 3 leaves t0:pending t2:pending t2:pending`,
  },
  {
    name: 'upstream-takes-the-slot-of-an-older-fence-that-is-done',
    why: 'dma-resv.c, dma_resv_add_fence() of 6.1.192: the slot of an older fence of a context is one that is signalled, although a later one is pending',
    kernels: UPSTREAM,
    trace: `${BUFFER}
      t0 = timeline -> 5
      t1 = timeline -> 6
      s0 = fence t0 2 -> 7
      s1 = fence t0 1 -> 8
      s2 = fence t1 1 -> 9
      import b0 read s0 -> 0
      import b0 read s1 -> 0
      import b0 read s2 -> 0
      inc t0 1 -> 0
      import b0 read s2 -> 0
      s3 = export b0 write -> 10
      info s3 4 -> 0 status pending fences 3 leaves t0:pending t1:pending t1:pending`,
  },
];
