// SPDX-License-Identifier: MIT
import { slugOf } from '../explore/signature.js';
import { reasons } from '../report/lines.js';
import type { Expected, Judged, NightTest } from '../result/night.js';
import {
  endedWell,
  fullName,
  isRed,
  isUndecided,
  type RunSummary,
  type SubtestResult,
} from '../result/result.js';
import type { Expectations } from './expectations.js';

/** What a run must be known of besides its results. */
export interface Strictness {
  readonly strict: boolean;
  /** A skip that could not be otherwise on this kernel and machine. */
  readonly isExpectedSkip: (result: SubtestResult) => boolean;
}

/** The tests of a check, judged by what is expected of each. */
export function testsOf(summary: RunSummary, expectations: Expectations, how: Strictness): NightTest[] {
  const own = summary.results
    .filter(({ dynamic }) => dynamic === undefined)
    .map((result) => testOf(result, expectations, how));
  return [...own, ...outside(summary, expectations)];
}

function testOf(result: SubtestResult, expectations: Expectations, how: Strictness): NightTest {
  const name = fullName(result);
  const { expected, why } = expectations.of(name);
  const hole = how.strict ? holeOf(result, how) : undefined;
  const bad = isRed(result) || hole !== undefined;
  // A pass that the model or the kernel's log speaks against is none
  const outcome = isRed(result) && endedWell(result) ? 'fail' : result.outcome;
  const judged: Judged = result.outcome === 'skip' && !bad ? 'skipped' : judgedAs(!bad, expected);
  const told = bad ? (hole ?? reasons(result)[0]) : result.outcome === 'skip' ? result.skipReason : undefined;
  const because = told ?? (expected === 'pass' ? undefined : why);
  return {
    name,
    outcome,
    expected,
    judged,
    milliseconds: result.milliseconds,
    promises: result.promises,
    ...(because === undefined || because === '' ? {} : { why: oneLine(because) }),
  };
}

/** What is no failure, but leaves open whether the promise holds. */
function holeOf(result: SubtestResult, { isExpectedSkip }: Strictness): string | undefined {
  if (isRed(result)) return undefined;
  if (result.outcome === 'skip' && !isExpectedSkip(result))
    return `skipped, though this guest should be able to run it: ${result.skipReason ?? 'no reason given'}`;
  if (isUndecided(result) && result.model?.kind === 'undecided')
    return `the model could not decide: ${result.model.reason}`;
  return undefined;
}

/** What an outcome means once it is known what was expected. */
export function judgedAs(good: boolean, expected: Expected): Judged {
  if (expected === 'skip') return 'skipped';
  if (good) return expected === 'fail' ? 'unexpected-pass' : 'ok';
  return expected === 'fail' ? 'expected-fail' : expected === 'flaky' ? 'flaked' : 'failed';
}

/** What the kernel's log has that belongs to no subtest is a test by itself: it can be expected like any other. */
function outside({ guests }: RunSummary, expectations: Expectations): NightTest[] {
  const titles = new Set(guests.flatMap(({ splats }) => splats.map(({ title }) => title)));
  return [...titles].map((title) =>
    foundTest(`kernel-log@${slugOf(title)}`, `outside every subtest: ${title}`, [], expectations),
  );
}

/** What is no subtest and speaks against the kernel, as a test that failed. */
export function foundTest(
  name: string,
  why: string,
  promises: readonly string[],
  expectations: Expectations,
): NightTest {
  const { expected } = expectations.of(name);
  return {
    ...{ name, outcome: 'fail', expected, judged: judgedAs(false, expected), milliseconds: 0, promises },
    why: oneLine(why),
  };
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 500);

/** Tests to be tried again: they failed, are known to do so at times, and have not passed in a run since. */
export function toTryAgain(tests: readonly NightTest[], again: readonly (readonly NightTest[])[]): string[] {
  const passed = new Set(again.flat().flatMap(({ name, judged }) => (judged === 'ok' ? [name] : [])));
  return tests.flatMap(({ name, judged }) =>
    judged === 'flaked' && !name.startsWith('kernel-log@') && !passed.has(name) ? [name] : [],
  );
}

/** The same tests, with those that were never begun as they ended in a second run; what its kernels said is added. */
export function withLost(tests: readonly NightTest[], again: readonly NightTest[]): NightTest[] {
  const found = new Map(again.map((test) => [test.name, test]));
  const known = new Set(tests.map(({ name }) => name));
  return [
    ...tests.map((test) => (test.outcome === 'notrun' ? (found.get(test.name) ?? test) : test)),
    ...again.filter(({ name }) => !known.has(name)),
  ];
}

/** The same tests, with what came of those that were run again: a pass among them is said. */
export function withTries(
  tests: readonly NightTest[],
  again: readonly (readonly NightTest[])[],
): NightTest[] {
  return tests.map((test) => {
    if (test.judged !== 'flaked') return test;
    const tries = again.flatMap((run) => run.filter(({ name }) => name === test.name));
    if (tries.length === 0) return test;
    const passed = tries.filter(({ judged }) => judged === 'ok').length;
    return { ...test, runs: { of: 1 + tries.length, passed } };
  });
}
