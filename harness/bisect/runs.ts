// SPDX-License-Identifier: MIT

/** More runs than this of one kernel nobody waits for. */
export const MOST_RUNS = 100_000;

/**
 * How many runs a kernel has to pass before it counts as good: a failure that shows in `rate` of the runs of a bad kernel
 * is then missed with a chance of at most 1 - `confidence`.
 */
export function runsNeeded(confidence: number, rate: number): number {
  if (rate >= 1) return 1;
  const exact = Math.log(1 - confidence) / Math.log(1 - rate);
  // 99 % of 10 % is 2 runs, not 3 because a logarithm is not exact
  return Math.max(1, Math.ceil(exact - 1e-9));
}

/** The chance that a bad kernel passes so many runs. */
export const chanceMissed = (rate: number, runs: number): number => (1 - rate) ** runs;

/** The chance that at least one of `commits` bad kernels would have passed. */
export const chanceMissedAny = (rate: number, runs: number, commits: number): number =>
  1 - (1 - chanceMissed(rate, runs)) ** commits;

/** "5%", "1/20" or "0.05", between 0 and 1, neither included; undefined for anything else. */
export function shareOf(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(?:(%)|\/(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, first, percent, of] = match;
  const value = Number(first) / (percent !== undefined ? 100 : of === undefined ? 1 : Number(of));
  return value > 0 && value < 1 ? value : undefined;
}

/** "1%", "0.08%", "less than 0.001%" */
export function percent(share: number): string {
  const value = share * 100;
  if (value < 0.001) return 'less than 0.001%';
  return `${Number(value.toPrecision(2))}%`;
}
