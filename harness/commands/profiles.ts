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

export function profileMachine(profile: string): ProfileMachine {
  return profile === 'debug' ? DEBUG : FAST;
}

/** 5.10's own dma-fence selftests that take seconds each at every boot; the series' are not among them. */
const SLOW_SELFTESTS = ['find_race', 'wait_forward', 'wait_backward', 'wait_random', 'race_signal_callback'];

/**
 * Words for the kernel's command line that a profile wants. `debug` has CONFIG_DMABUF_SELFTESTS, which run at boot:
 * "fencelab series check" runs all of them, a check the quick ones. KASAN says no more after its first report unless it is
 * told to (mm/kasan/report.c), and that one may be of somebody else's bug.
 */
export function profileAppend(profile: string): RunRecord['machine']['append'] {
  return profile === 'debug'
    ? [
        'kmemleak=on',
        'kasan_multi_shot',
        `dmabuf_selftests.st_filter=${SLOW_SELFTESTS.map((t) => `!${t}`).join(',')}`,
      ]
    : [];
}
