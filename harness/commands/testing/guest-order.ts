// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Test } from 'tap';
import { Cache } from '../../cache/cache.js';
import type { GuestOrder } from '../../explore/guest-runner.js';
import { cacheFolder } from '../../folders.js';
import { silent } from '../../progress/progress.js';
import { patience } from '../patience.js';
import { profileMachine } from '../profiles.js';
import { provide } from '../target.js';

/** Guests of the profile `fast` without KVM, as a search orders them. The kernel is built if it is not there. */
export async function guestOrder(
  t: Test,
  {
    kernel,
    patch,
    cpus,
  }: { readonly kernel: string; readonly patch: readonly string[]; readonly cpus: number },
): Promise<GuestOrder> {
  const jobs = availableParallelism();
  const options = { kernel, patch, profile: 'fast', gpu: 'none', cpus, jobs } as const;
  const cache = await Cache.open(cacheFolder());
  const { signal } = new AbortController();
  const { kernelFile, pvh, guestFile } = await provide(options, cache, silent, signal);
  const { memoryMiB, limitScale, kmemleak } = profileMachine('fast');
  return {
    machine: { kernel: kernelFile, pvh, accelerator: 'tcg', gpu: 'none', cpus, memoryMiB, append: [] },
    guestBinary: readFileSync(guestFile),
    patience: patience('fast', kmemleak, 'tcg'),
    folder: t.testdir(),
    limitScale,
    kmemleak,
  };
}
