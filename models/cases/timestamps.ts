// SPDX-License-Identifier: MIT
import { BUFFER, type Case, NAMED, UPSTREAM, WITH_IOCTLS } from './case.js';

/** When a fence says that it signalled. */
export const TIMESTAMP_CASES: readonly Case[] = [
  {
    name: 'a-fence-says-when-its-timeline-passed-it',
    why: 'sw_sync.c, sync_timeline_signal() of 5.10.262 and 7.3.4: what is passed is stamped then, not when somebody looks',
    kernels: NAMED,
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      s1 = fence t0 3 -> 5
      wait 10 -> 0
      inc t0 2 -> 0
      wait 10 -> 0
      info s0 1 -> 0 status done fences 1 leaves t0:done@10000
      inc t0 2 -> 0
      wait 10 -> 0
      info s1 1 -> 0 status done fences 1 leaves t0:done@20001
      info s0 1 -> 0 status done fences 1 leaves t0:done@9999
      info s0 1 -> 0 status done fences 1 leaves t0:done`,
  },
  {
    name: 'the-time-lies-in-the-op-that-signalled',
    why: 'ktime_get() in dma_fence_signal_locked() and CLOCK_MONOTONIC are one clock; microseconds are rounded',
    kernels: NAMED,
    trace: `
      t0 = timeline -> 3 @100+5
      s0 = fence t0 1 -> 4 @110+5
      inc t0 1 -> 0 @200+50
      info s0 1 -> 0 status done fences 1 leaves t0:done@199 @300+5
      info s0 1 -> 0 status done fences 1 leaves t0:done@251 @310+5`,
  },
  {
    name: 'a-fence-that-is-born-signalled-has-the-time-of-its-birth',
    why: 'sw_sync.c, sync_pt_create(): dma_fence_is_signaled_locked() signals it (5.10 to 7.3)',
    kernels: NAMED,
    trace: `
      t0 = timeline -> 3
      inc t0 5 -> 0
      wait 10 -> 0
      s0 = fence t0 3 -> 4
      wait 10 -> 0
      info s0 1 -> 0 status done fences 1 leaves t0:done@10000`,
  },
  {
    name: 'a-closed-timeline-signals-what-is-left',
    why: 'sw_sync.c, sw_sync_debugfs_release()',
    kernels: NAMED,
    trace: `
      t0 = timeline -> 3
      t1 = timeline -> 4
      s0 = fence t0 1 -> 5
      s1 = fence t1 1 -> 6
      s2 = merge s0 s1 -> 7
      wait 10 -> 0
      close t0 -> 0
      wait 10 -> 0
      info s0 1 -> 0 status ENOENT fences 1 leaves t0:ENOENT@10000
      inc t1 1 -> 0
      wait 10 -> 0
      info s2 2 -> 0 status ENOENT fences 2 leaves t0:ENOENT@10000 t1:done@20000`,
  },
  {
    name: 'vgem-fences-have-times',
    why: 'vgem_fence.c: vgem_fence_signal_ioctl(), vgem_fence_timeout() and vgem_fence_close() signal',
    kernels: NAMED,
    trace: `${BUFFER}
      f0 = attach c0 g0 write -> 1
      s0 = export b0 read -> 5
      wait 10 -> 0
      signal c0 f0 -> 0
      wait 10 -> 0
      info s0 1 -> 0 status done fences 1 leaves vgem:done@10000
      f1 = attach c0 g0 write -> 2
      s1 = export b0 read -> 6
      wait 13000 -> 0
      info s1 1 -> 0 status done fences 1 leaves vgem:done@10300000
      f2 = attach c0 g0 write -> 3
      s2 = export b0 read -> 7
      wait 10 -> 0
      close c0 -> 0
      wait 10 -> 0
      info s2 1 -> 0 status done fences 1 leaves vgem:done@13030000`,
  },
  {
    name: 'a-stub-has-signalled-before',
    why: 'SEMANTICS 2.5: at its first use, or at boot; a merge of what is done has the time of the last (dma-fence-unwrap.c)',
    kernels: NAMED,
    trace: `${BUFFER}
      wait 10 -> 0
      s0 = export b0 read -> 5
      info s0 1 -> 0 status done fences 1 leaves stub:done@10000
      info s0 1 -> 0 status done fences 1 leaves stub:done@3`,
  },
  {
    name: 'names-go-and-times-stay',
    why: 'dma-fence.c, dma_fence_driver_name() of 7.3.4',
    kernels: UPSTREAM.filter((name) => name === '7.3'),
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      wait 10 -> 0
      inc t0 1 -> 0
      wait 10 -> 0
      info s0 1 -> 0 status done fences 1 leaves detached:done@10000`,
  },
  {
    name: 'of-long-ago-nobody-knows',
    why: 'the model remembers the last steps of a timeline; here the time of an older one is anything before now',
    kernels: WITH_IOCTLS.filter((name) => name !== '7.3'),
    trace: `
      t0 = timeline -> 3
      s0 = fence t0 1 -> 4
      wait 10 -> 0
      ${'inc t0 1 -> 0\n'.repeat(70)}
      info s0 1 -> 0 status done fences 1 leaves t0:done@10000`,
  },
];
