// SPDX-License-Identifier: MIT
import picomatch from 'picomatch';
import { UsageError } from '../errors.js';
import { didYouMean, nearNames } from '../reading/near.js';
import { fullName, type PlannedSubtest } from '../result/result.js';

/**
 * The subtests that patterns choose. A pattern is `program`, `program@subtest` or a glob of either
 * ("import*", "export@*status*"); without patterns all are chosen. The plan's order is kept.
 *
 * @throws UsageError for a pattern that chooses nothing, since a run of no subtests must not look green.
 */
export function select(
  plan: readonly PlannedSubtest[],
  patterns: readonly string[],
): readonly PlannedSubtest[] {
  if (patterns.length === 0) return plan;
  const matchers = patterns.map((pattern) => {
    const matches = matcherOf(pattern);
    if (!plan.some((s) => matches(fullName(s))))
      throw new UsageError(`no subtest is called "${pattern}"`, {
        remedy: `${didYouMean(meant(pattern, plan))}${REMEDY}`,
      });
    return matches;
  });
  return plan.filter((s) => matchers.some((matches) => matches(fullName(s))));
}

const REMEDY =
  '"fencelab list" shows all of them; a pattern is PROGRAM, PROGRAM@SUBTEST, or a glob of these in quotes.';
const MOST_LETTERS = 1000;

function matcherOf(pattern: string): (name: string) => boolean {
  const refuse = (why: string): UsageError =>
    new UsageError(`"${pattern.slice(0, 60)}" is no pattern: ${why}`, { remedy: REMEDY });
  if (pattern.length > MOST_LETTERS) throw refuse(`it has ${pattern.length} letters`);
  const whole = pattern.includes('@') ? pattern : `${pattern}@*`;
  try {
    return picomatch(whole, { dot: true, nonegate: true });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Names that somebody may have meant: of programs if the pattern names one, or of subtests. */
function meant(pattern: string, plan: readonly PlannedSubtest[]): string[] {
  const full = plan.map(fullName);
  if (pattern.includes('@')) return nearNames(pattern, full);
  const programs = nearNames(
    pattern,
    plan.map(({ program }) => program),
  );
  // The name of a subtest alone is often meant as one
  return programs.length > 0
    ? programs
    : nearNames(
        pattern,
        plan.map(({ subtest }) => subtest),
      ).flatMap((subtest) => full.filter((name) => name.endsWith(`@${subtest}`)).slice(0, 1));
}
