// SPDX-License-Identifier: MIT
import type { Patience } from '../drive/guest.js';
import type { Accelerator } from '../vm/qemu-args.js';

/** How long guests may take, in ms. Emulation on a loaded machine is slow; a guest that is alive is never cut short by these. */
export function patience(profile: string, kmemleak: boolean, accelerator: Accelerator): Patience {
  const slow = profile === 'fast' ? 1 : 4;
  return {
    boot: (accelerator === 'kvm' ? 20_000 : 45_000) * slow,
    grace: 15_000,
    idle: kmemleak ? LEAK_SCAN_MS : 30_000,
  };
}

/** The agent is silent while the kernel scans its memory for leaks: half a minute with KASAN under TCG, minutes on a busy machine. */
const LEAK_SCAN_MS = 600_000;
