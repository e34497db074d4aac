// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cache } from '../cache/cache.js';
import type { GuestOrder } from '../explore/guest-runner.js';
import { gpuOf, type PlannedSearch } from '../explore/plan.js';
import { symbolsIfAny } from '../kernel/symbols.js';
import type { Progress } from '../progress/progress.js';
import { keep } from '../record/folder.js';
import { accelerate, qemuVersion } from './accelerate.js';
import type { ExploreOptions } from './explore.js';
import { patience } from './patience.js';
import { profileAppend, profileMachine } from './profiles.js';
import { type Ingredients, provide } from './target.js';

interface Means {
  readonly cache: Cache;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly folder: string;
}

/** A kernel that is ready to be searched. */
export interface SearchedKernel {
  /** With debug info, where the profile has it. */
  readonly vmlinux: string | undefined;
  readonly guest: GuestOrder;
  readonly target: Ingredients['target'];
  /** What it was built from, in one word. */
  readonly kernelKey: string | undefined;
}

/** Builds what is missing; kernel and guest are kept in the run's folder, by profile. */
export async function kernelFor(
  search: PlannedSearch,
  options: ExploreOptions,
  means: Means,
): Promise<SearchedKernel> {
  const { cache, progress, signal } = means;
  const { profile } = search;
  const ingredients = await provide({ ...options, profile }, cache, progress, signal);
  const folder = join(means.folder, profile);
  const files = { kernel: ingredients.pvh ? 'vmlinux' : 'bzImage', guest: 'fencelab-guest' };
  await mkdir(folder, { recursive: true });
  await keep(ingredients.kernelFile, folder, files.kernel);
  await copyFile(ingredients.guestFile, join(folder, files.guest)); // a link would change with the next compile
  const { memoryMiB, limitScale, kmemleak } = profileMachine(profile);
  const machine = {
    pvh: ingredients.pvh,
    gpu: gpuOf(search, options),
    cpus: search.cpus,
    memoryMiB,
    append: [...profileAppend(profile)],
    kernel: join(folder, files.kernel),
    ...(search.icount === undefined ? {} : { icount: search.icount }),
  };
  const guestBinary = readFileSync(join(folder, files.guest));
  // A clock that counts instructions is QEMU's own
  const wanted = search.icount === undefined ? options.accel : 'tcg';
  const qemu = await qemuVersion();
  const chosen = await accelerate(
    { machine, guestBinary, wanted, qemu, cache: cache.root, folder },
    progress,
    signal,
  );
  return {
    vmlinux: ingredients.vmlinuxFile,
    target: ingredients.target,
    kernelKey: ingredients.kernelKey,
    guest: {
      machine: { ...machine, accelerator: chosen.accelerator },
      guestBinary,
      code: () => symbolsIfAny(ingredients.vmlinuxFile),
      limitScale,
      kmemleak,
      folder: join(folder, 'guests'),
      patience: patience(profile, kmemleak, chosen.accelerator),
    },
  };
}
