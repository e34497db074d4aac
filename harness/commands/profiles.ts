// SPDX-License-Identifier: MIT
import type { RunRecord } from '../record/run-record.js';

/** How a guest with a kernel of this profile is to be run. */
export interface ProfileMachine {
  /** A PVH vmlinux boots 0.1-0.25 s sooner than a bzImage. */
  readonly pvh: boolean;
  readonly memoryMiB: number;
  /** How much longer than on `fast` a subtest may take. */
  readonly limitScale: number;
  /** The kernel has kmemleak, so scan for leaks after each program. */
  readonly kmemleak: boolean;
}

const FAST: ProfileMachine = { pvh: true, memoryMiB: 512, limitScale: 1, kmemleak: false };

/** KASAN with lockdep makes operations 15-20 times slower (measured under TCG) and wants memory for its shadow. */
const DEBUG: ProfileMachine = { pvh: false, memoryMiB: 2048, limitScale: 20, kmemleak: true };

/** Debug info makes a vmlinux of 100 MiB, which QEMU would read at every boot: its bzImage has none. */
const COVER: ProfileMachine = { ...FAST, pvh: false };

export function profileMachine(profile: string): ProfileMachine {
  return profile === 'debug' ? DEBUG : profile === 'cover' ? COVER : FAST;
}

/** All of them, as --profile has them. */
export const KERNEL_PROFILES = ['fast', 'debug', 'race', 'cover', 'stat'] as const;

/** 5.10's own dma-fence selftests that take seconds each at every boot; the series' are not among them. */
const SLOW_SELFTESTS = ['find_race', 'wait_forward', 'wait_backward', 'wait_random', 'race_signal_callback'];

/** All selftests but those. */
const QUICK_SELFTESTS = `dmabuf_selftests.st_filter=${SLOW_SELFTESTS.map((t) => `!${t}`).join(',')}`;

/**
 * Caches whose allocations can be made to fail alone: those that requests and open(2) use, and not what kmemleak and
 * debugobjects allocate beside them (mm/slub.c, kmem_cache_flags(); vm-images/guest/exec/faults.c asks for it).
 */
const FAILING_CACHES = [
  ...['kmalloc-*', 'filp', 'dentry', 'inode_cache', 'shmem_inode_cache', 'names_cache'],
  ...['eventpoll_epi', 'eventpoll_pwq'],
];

/**
 * Words for the kernel's command line that a profile wants. `debug` and `race` have CONFIG_DMABUF_SELFTESTS, which run
 * at boot: "fencelab series check" runs all of them, a check the quick ones. KASAN says no more after its first report
 * unless it is told to (mm/kasan/report.c), and that one may be of somebody else's bug.
 */
export function profileAppend(profile: string): RunRecord['machine']['append'] {
  switch (profile) {
    case 'debug':
      return ['kmemleak=on', 'kasan_multi_shot', `slub_debug=A,${FAILING_CACHES.join(',')}`, QUICK_SELFTESTS];
    case 'race':
      return [QUICK_SELFTESTS];
    default:
      return [];
  }
}
