// SPDX-License-Identifier: MIT
// Both kernels, built and measured in turn.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Cache } from '../../harness/cache/cache.js';
import { cacheFolder } from '../../harness/folders.js';
import { provideGuest } from '../../harness/guest/provide.js';
import { provideKernel } from '../../harness/kernel/provide.js';
import type { Progress } from '../../harness/progress/progress.js';
import type { Measured, Pair } from './compare.js';
import { measure, type Target } from './guest.js';
import type { IoctlsOrder, KernelOrder, Part } from './order.js';

/** What was measured; what was not asked for is empty. */
export interface IoctlsFigures {
  readonly releases: { readonly ours: string; readonly theirs: string };
  /** By a clock of real time. */
  readonly time: readonly Pair[];
  /** By a clock that counts instructions. */
  readonly counted: Pair | undefined;
  readonly lock: readonly Pair[];
  readonly lockCounted: Pair | undefined;
  readonly memory: Pair | undefined;
  readonly stack: Pair | undefined;
  readonly rounds: Pair | undefined;
}

/** Between two looks at the processor's clock. */
const TIMED = ['first-tick', 'time', 'last-tick'];

/** Build what is missing and measure it, one guest at a time. */
export async function measureIoctls(
  order: IoctlsOrder,
  progress: Progress,
  signal: AbortSignal,
): Promise<IoctlsFigures> {
  const wants = (part: Part): boolean => order.parts.length === 0 || order.parts.includes(part);
  const both = async (profile: string): Promise<Targets> => ({
    ours: await target(order.ours, profile, progress, signal),
    theirs: await target(order.theirs, profile, progress, signal),
  });
  const fast = await both('fast');
  const stat = wants('lock') || wants('memory') || wants('stack') ? await both('stat') : fast;

  const pair = async (title: string, targets: Targets, subtests: readonly string[], counted = false) => {
    const stage = progress.stage(title);
    const one = (which: Target): Promise<Measured> => {
      stage.update(`Linux ${which.image.release}`);
      return measure(which, subtests, counted, signal);
    };
    try {
      const found: Pair = { ours: await one(targets.ours), theirs: await one(targets.theirs) };
      stage.end('');
      return found;
    } catch (error) {
      stage.fail(signal.aborted ? 'interrupted' : 'failed');
      throw error;
    }
  };
  const several = async (title: string, targets: Targets, subtests: readonly string[]): Promise<Pair[]> => {
    const found: Pair[] = [];
    for (let n = 1; n <= order.pairs; n++)
      found.push(await pair(`${title}, pair ${n} of ${order.pairs}`, targets, subtests));
    return found;
  };
  return {
    releases: { ours: fast.ours.image.release, theirs: fast.theirs.image.release },
    time: wants('time') ? await several('Time', fast, TIMED) : [],
    counted: wants('time') ? await pair('Instructions', fast, ['time'], true) : undefined,
    lock: wants('lock') ? await several('Lock', stat, ['lock']) : [],
    lockCounted: wants('lock') ? await pair('Lock, in instructions', stat, ['lock'], true) : undefined,
    memory: wants('memory') ? await pair('Memory', stat, ['memory']) : undefined,
    stack: wants('stack') ? await pair('Stack', stat, ['stack']) : undefined,
    rounds: wants('rounds') ? await pair('Rounds', fast, ['rounds-read', 'rounds-write']) : undefined,
  };
}

interface Targets {
  readonly ours: Target;
  readonly theirs: Target;
}

async function target(
  { kernel, patch }: KernelOrder,
  profile: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Target> {
  const cache = await Cache.open(cacheFolder());
  const image = await provideKernel({ kernel, patch, profile }, { cache: cache.root, progress, signal });
  const headers = join(image.headers, 'include');
  const jobs = availableParallelism();
  const guestFile = await provideGuest(headers, image.headersKey, jobs, { cache, progress, signal });
  return { image, guestFile };
}
