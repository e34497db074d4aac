// SPDX-License-Identifier: MIT
import { Cache } from '../cache/cache.js';
import { cacheFolder } from '../folders.js';
import { needs, virglNeeds } from '../setup/packages.js';
import { ensure } from '../setup/set-up.js';
import { statusOf } from './interrupt.js';
import { judgeRun } from './judge-run.js';
import { prepareRun, type Work } from './prepare-run.js';
import { type Reports, withReports } from './reports.js';
import type { RunOptions } from './run-options.js';
import type { Onlooker } from './show-programs.js';
import { type Ingredients, provide, type TargetOptions } from './target.js';

/** Everything from the target to the verdict. Returns the exit status. */
export function testKernel(
  options: TargetOptions & RunOptions,
  work: (ingredients: Ingredients) => Promise<Work>,
  onlooker?: Onlooker,
): Promise<number> {
  return statusOf((signal) =>
    withReports(options, (reports) => testKernelFor(options, work, onlooker, reports, signal)),
  );
}

/** The same for a command that has its own reports, and hears of Ctrl-C by itself. */
export async function testKernelFor(
  options: TargetOptions & Pick<RunOptions, 'accel' | 'strict' | 'results'>,
  work: (ingredients: Ingredients) => Promise<Work>,
  onlooker: Onlooker | undefined,
  reports: Reports,
  signal: AbortSignal,
): Promise<number> {
  const { progress } = reports;
  await ensure(options.gpu === 'virgl' ? [...needs, ...virglNeeds] : needs, progress, signal);
  const cache = await Cache.open(cacheFolder());
  const ingredients = await provide(options, cache, progress, signal);
  const { folder, record } = await prepareRun(options, ingredients, await work(ingredients));
  return judgeRun({ record, folder, cache: cache.root }, options, onlooker, reports, signal);
}
