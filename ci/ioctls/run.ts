// SPDX-License-Identifier: MIT
// Both kernels, built and measured in turn.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Cache } from '../../harness/cache/cache.js';
import { cacheFolder } from '../../harness/folders.js';
import { provideGuest } from '../../harness/guest/provide.js';
import { provideKernel } from '../../harness/kernel/provide.js';
import type { Progress } from '../../harness/progress/progress.js';
import type { Pair } from './compare.js';
import { measure, type Target } from './guest.js';

/** What is to be measured, against what. */
export interface IoctlsOrder {
  /** As `fencelab check --kernel` and `--patch` take them. */
  readonly ours: { readonly kernel: string; readonly patch: readonly string[] };
  readonly theirs: { readonly kernel: string; readonly patch: readonly string[] };
  /** Pairs of guests for all that has noise. */
  readonly pairs: number;
  /** Which parts; all of {@link PARTS} if it is empty. */
  readonly parts: readonly Part[];
}

/** `time`: how long; `lock`: how long it is held; `memory`, `stack`: what it takes; `rounds`: what is left behind. */
export const PARTS = ['time', 'lock', 'memory', 'stack', 'rounds'] as const;
export type Part = (typeof PARTS)[number];

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
  const both = async (profile: string): Promise<{ ours: Target; theirs: Target }> => ({
    ours: await target(order.ours, profile, progress, signal),
    theirs: await target(order.theirs, profile, progress, signal),
  });
  const fast = await both('fast');
  const counts = wants('lock') || wants('memory') || wants('stack');
  const stat = counts ? await both('stat') : fast;

  const pair = async (
    title: string,
    { ours, theirs }: { ours: Target; theirs: Target },
    subtests: readonly string[],
    counted = false,
  ): Promise<Pair> => {
    const stage = progress.stage(title);
    const one = (which: Target) => {
      stage.update(`Linux ${which.image.release}`);
      return measure(which, subtests, counted, signal);
    };
    try {
      const found = { ours: await one(ours), theirs: await one(theirs) };
      stage.end('');
      return found;
    } catch (error) {
      stage.fail(signal.aborted ? 'interrupted' : 'failed');
      throw error;
    }
  };
  const several = async (
    what: string,
    targets: typeof fast,
    subtests: readonly string[],
  ): Promise<Pair[]> => {
    const found: Pair[] = [];
    for (let n = 1; n <= order.pairs; n++)
      found.push(await pair(`${what}, pair ${n} of ${order.pairs}`, targets, subtests));
    return found;
  };
  const where = async <T>(part: Part, body: () => Promise<T>): Promise<T | undefined> =>
    wants(part) ? body() : undefined;
  return {
    releases: { ours: fast.ours.image.release, theirs: fast.theirs.image.release },
    time: (await where('time', () => several('Time', fast, TIMED))) ?? [],
    counted: await where('time', () => pair('Instructions', fast, ['time'], true)),
    lock: (await where('lock', () => several('Lock', stat, ['lock']))) ?? [],
    lockCounted: await where('lock', () => pair('Lock, by instructions', stat, ['lock'], true)),
    memory: await where('memory', () => pair('Memory', stat, ['memory'])),
    stack: await where('stack', () => pair('Stack', stat, ['stack'])),
    rounds: await where('rounds', () => pair('Rounds', fast, ['rounds-read', 'rounds-write'])),
  };
}

async function target(
  { kernel, patch }: { readonly kernel: string; readonly patch: readonly string[] },
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
