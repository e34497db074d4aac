// SPDX-License-Identifier: MIT
import { parsePlan } from '../channel/plan.js';
import { select } from '../drive/select.js';
import { run, whyFailed } from '../process/run.js';
import type { PlannedSubtest } from '../result/result.js';
import { usualGuests } from './prepare-run.js';
import type { RunOptions } from './run-options.js';
import type { Ingredients, TargetOptions } from './target.js';
import { testKernel } from './test-kernel.js';

/** The options of `fencelab check`, as commander hands them over. */
export interface CheckOptions extends TargetOptions, RunOptions {}

/** Every test program on one kernel. Returns the exit status. */
export const check = (options: CheckOptions): Promise<number> =>
  testKernel(options, async (ingredients) => ({
    plan: await planOf(ingredients, options.only),
    programs: [],
    guests: usualGuests(),
  }));

/** The subtests in C that the patterns choose. Throws UsageError for a pattern that chooses none. */
export async function planOf(
  { guestFile }: Ingredients,
  only: readonly string[],
): Promise<readonly PlannedSubtest[]> {
  const listing = async (...args: string[]): Promise<string> => {
    const listed = await run(guestFile, ['plan', ...args]);
    if (!listed.ok) throw new Error(`"fencelab-guest plan" ${whyFailed(listed)}: ${listed.output}`);
    return `${listed.stdout}\n`;
  };
  const hidden = only.some(isSelftest) ? await listing('--selftest') : '';
  return select(parsePlan((await listing()) + hidden), only);
}

/** The hidden program whose subtests fail, hang and panic on purpose; only a pattern that begins with its name asks for it. */
const isSelftest = (pattern: string): boolean => pattern.startsWith('selftest');
