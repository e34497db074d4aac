// SPDX-License-Identifier: MIT
import picomatch from 'picomatch';
import { UsageError } from '../errors.js';
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
    const whole = pattern.includes('@') ? pattern : `${pattern}@*`;
    const matches = picomatch(whole, { dot: true, nonegate: true });
    if (!plan.some((s) => matches(fullName(s))))
      throw new UsageError(`no subtest is called "${pattern}"`, {
        remedy:
          '"fencelab list" shows all of them; a pattern is PROGRAM, PROGRAM@SUBTEST, or a glob of these in quotes.',
      });
    return matches;
  });
  return plan.filter((s) => matchers.some((matches) => matches(fullName(s))));
}
