// SPDX-License-Identifier: MIT
import type { PlannedSubtest } from '../result/result.js';

/**
 * Seconds a subtest is expected to take; `slow` ones wait for the kernel's own 10 s timer, whatever kernel it is. The others
 * work, and on a debug kernel take `scale` times as long.
 */
const expectedSeconds = (s: PlannedSubtest, scale: number): number =>
  s.flags.includes('slow') ? 10 : 0.03 * scale;

/**
 * Share subtests out among `count` guests that run side by side. Each guest boots once and runs its share in order.
 * `scale`: the factor of all time limits.
 *
 * - Subtests of one program stay together where they can, so that a log reads like the program.
 * - `slow` ones wait rather than work: they are dealt first, to the lane with least to do.
 * - `fatal` ones, which an unfixed kernel does not survive, come last in their lane, since each may cost a boot.
 */
export function lanes(
  subtests: readonly PlannedSubtest[],
  count: number,
  scale = 1,
): readonly (readonly PlannedSubtest[])[] {
  const share = Array.from({ length: Math.max(1, count) }, () => ({
    seconds: 0,
    subtests: [] as PlannedSubtest[],
  }));
  const programs = groups(subtests);
  const cost = (group: readonly PlannedSubtest[]): number =>
    group.reduce((sum, s) => sum + expectedSeconds(s, scale), 0);
  for (const group of programs.toSorted((a, b) => cost(b) - cost(a))) {
    const least = share.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    least.seconds += cost(group);
    least.subtests.push(...group);
  }
  const position = new Map(subtests.map((s, i) => [s, i]));
  const inOrder = (a: PlannedSubtest, b: PlannedSubtest): number =>
    (position.get(a) ?? 0) - (position.get(b) ?? 0);
  return share
    .map(({ subtests: own }) => {
      const sorted = own.toSorted(inOrder);
      const fatal = (s: PlannedSubtest): boolean => s.flags.includes('fatal');
      return [...sorted.filter((s) => !fatal(s)), ...sorted.filter(fatal)];
    })
    .filter((own) => own.length > 0);
}

function groups(subtests: readonly PlannedSubtest[]): readonly (readonly PlannedSubtest[])[] {
  const by = new Map<string, PlannedSubtest[]>();
  for (const s of subtests) {
    const key = s.flags.includes('slow') ? `${s.program}@${s.subtest}` : s.program;
    const group = by.get(key);
    if (group === undefined) by.set(key, [s]);
    else group.push(s);
  }
  return [...by.values()];
}
