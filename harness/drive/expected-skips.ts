// SPDX-License-Identifier: MIT
import type { PlannedSubtest, SubtestFlag, SubtestResult } from '../result/result.js';

/** What a guest was started with, as far as it decides what can run in it. */
export interface GuestMeans {
  readonly gpu: string;
  readonly profile: string;
  readonly cpus: number;
  /** As `uname -r` says it. */
  readonly release: string;
}

/** Subtests that need another virtio-gpu than the guest was given; a bare program's name stands for all of it. */
const BY_GPU: readonly { readonly gpu: string; readonly names: readonly string[] }[] = [
  { gpu: 'virgl', names: ['virtio-gpu@render-without-3d'] },
  { gpu: 'none', names: ['virtio-gpu', 'atomic@two-cards', 'share@three-drivers', 'share@twice-into-one'] },
];

/** Subtests that cannot run on some kernel lines, and why; one row each. */
const BY_KERNEL: readonly { readonly name: string; readonly release: RegExp; readonly why: string }[] = [
  {
    name: 'atomic@writers-hold',
    release: /^5\.10\./,
    why: 'needs a card that exports buffers and looks at their fences when it flips; vkms of 5.10 exports none (no prime_handle_to_fd), virtio-gpu looks only from 7.3 on',
  },
  {
    name: 'share@vkms-shows-heap',
    release: /^5\.10\./,
    why: 'vkms of 5.10 frees the pages of imported buffers (vkms_gem_vunmap, vkms_gem.c:182): showing one would corrupt the exporter',
  },
];

/**
 * A skip that could not be otherwise. Everything else is a hole in the run: with --strict it is red.
 * A dynamic subtest may skip (one card of several exports nothing) as long as the whole subtest had something to do.
 */
export function isExpectedSkip(
  result: Pick<SubtestResult, 'program' | 'subtest' | 'dynamic'>,
  planned: PlannedSubtest | undefined,
  means: GuestMeans,
): boolean {
  if (result.dynamic !== undefined) return true;
  const needs = (flag: SubtestFlag): boolean => planned?.flags.includes(flag) ?? false;
  if (needs('virgl') && means.gpu !== 'virgl') return true;
  if (needs('faults') && means.profile !== 'debug') return true;
  if (needs('smp') && means.cpus < 2) return true;
  const name = `${result.program}@${result.subtest}`;
  if (
    BY_GPU.some(
      (row) => row.gpu === means.gpu && (row.names.includes(name) || row.names.includes(result.program)),
    )
  )
    return true;
  return BY_KERNEL.some((row) => row.name === name && row.release.test(means.release));
}
