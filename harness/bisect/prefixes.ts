// SPDX-License-Identifier: MIT

/** Searching among the first 0, 1, 2 ... patches of a series for where the verdict changes. */
export interface Bounds {
  /** So many patches are known to be as before. */
  readonly before: number;
  /** So many are known to be changed. */
  readonly after: number;
}

/**
 * How many patches to try next: as near to the middle as can be tested; undefined if nothing is left that could be. Where
 * the middle was skipped, what is next to it goes down first: fewer patches apply more often.
 */
export function nextPrefix({ before, after }: Bounds, skipped: ReadonlySet<number>): number | undefined {
  const middle = Math.floor((before + after) / 2);
  for (let distance = 0; distance < after - before; distance++)
    for (const n of [middle - distance, middle + distance])
      if (n > before && n < after && !skipped.has(n)) return n;
  return undefined;
}

/** The patches, counted from 1, of which one is the first that changes it. */
export const candidatesIn = ({ before, after }: Bounds): number[] =>
  Array.from({ length: after - before }, (_, n) => before + n + 1);

/** About how many more have to be tried. */
export const prefixSteps = ({ before, after }: Bounds): number =>
  Math.max(0, Math.ceil(Math.log2(after - before)));
