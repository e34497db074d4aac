// SPDX-License-Identifier: MIT

/** Letters that differ, at most, for a name to be what somebody meant: a third of it, and not more than four. */
const differs = (word: string): number => Math.min(4, Math.max(1, Math.floor(word.length / 3)));

/** The names that are nearest to a word, the nearest first, `most` at most; none that is far. Pure. */
export function nearNames(word: string, names: Iterable<string>, most = 3): string[] {
  const limit = differs(word);
  const begins = (name: string): boolean => word.length >= 3 && name.startsWith(word);
  return [...new Set(names)]
    .map((name) => ({ name, far: begins(name) ? 1 : distance(word, name, limit) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Letters to insert, delete, change, or swap with their neighbour, to make one word of the other; at most `limit` + 1. */
export function distance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** "Did you mean x or y?", or nothing. */
export function didYouMean(near: readonly string[]): string {
  const [last, ...others] = [...near].reverse();
  if (last === undefined) return '';
  return `Did you mean ${others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`}? `;
}
