// SPDX-License-Identifier: MIT

/** The middle one; of an even count the mean of the middle two. NaN of nothing. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** How far numbers are from their median, in the median: not moved by a few that are far away, as a deviation is. */
export function spread(numbers: readonly number[]): number {
  const middle = median(numbers);
  return median(numbers.map((n) => Math.abs(n - middle)));
}
