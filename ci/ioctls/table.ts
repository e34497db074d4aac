// SPDX-License-Identifier: MIT
// Figures of two kernels as text: a row for each cell, a column for each number of pending fences.
import { CELLS, type OfCell } from './cells.js';
import { type BothCell, isSlower, type TimeCell } from './compare.js';
import type { Figures } from './figures.js';

/** Columns as wide as their widest text, two blanks between them; the first is to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, text] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, text.length);
  return rows.map((row) =>
    row
      .map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** A row for each cell that has a figure, in the order of {@link CELLS}; `-` where a count has none. */
export function matrix<T extends OfCell>(
  heading: string,
  all: readonly T[],
  show: (one: T) => string,
): string[] {
  const counts = [...new Set(all.map(({ fences }) => fences))].toSorted((a, b) => a - b);
  const rows = [...CELLS].flatMap(([cell, title]) => {
    const own = all.filter((one) => one.cell === cell);
    if (own.length === 0) return [];
    const texts = counts.map((fences) => {
      const one = own.find((candidate) => candidate.fences === fences);
      return one === undefined ? '-' : show(one);
    });
    return [[title, ...texts]];
  });
  return columns([[heading, ...counts.map((fences) => `n = ${fences}`)], ...rows]);
}

/** Three digits of it: "4.21", "42.1", "421", "4210". */
const digits = (n: number): string => (n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0));
const pair = (ours: string, theirs: string): string => `${ours} / ${theirs}`;

/** Microseconds of a request, ours / theirs. */
export const timeTable = (cells: readonly TimeCell[]): string[] =>
  matrix('us of one request, ours / theirs', cells, ({ ours, theirs }) =>
    pair(digits(ours.median / 1000), digits(theirs.median / 1000)),
  );

/** Ours to theirs, `*` where ours is slower; the least and greatest of all pairs; the ratio of instructions. */
export const ratioTable = (cells: readonly TimeCell[]): string[] =>
  matrix('time, ours to theirs (of pairs; by instructions)', cells, (one) => {
    const { least, most, median } = one.ratio;
    const counted = one.instructions === undefined ? '' : `; ${one.instructions.toFixed(2)}`;
    return `${isSlower(one) ? '*' : ''}${median.toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)}${counted})`;
  });

const both = ({ ours, theirs }: BothCell, show: (n: number) => string): string =>
  pair(ours === undefined ? '-' : show(ours), theirs === undefined ? '-' : show(theirs));

/** Microseconds that one request holds the lock; the values are nanoseconds. */
export const heldTable = (cells: readonly BothCell[]): string[] =>
  matrix('us that one request holds the lock, ours / theirs', cells, (one) =>
    both(one, (ns) => (ns === 0 ? '0' : digits(ns / 1000))),
  );

/** Any whole number of each cell, ours / theirs. */
export const numberTable = (heading: string, cells: readonly BothCell[]): string[] =>
  matrix(`${heading}, ours / theirs`, cells, (one) => both(one, (n) => `${n}`));

/** A line for each step and number of leaves: the deepest stack on each kernel, in bytes. */
export function stackTable(ours: Figures, theirs: Figures): string[] {
  const rows = ours.stack.map(({ step, leaves, bytes }) => {
    const other = theirs.stack.find((one) => one.step === step && one.leaves === leaves);
    return [`${step}, ${leaves} ${leaves === 1 ? 'leaf' : 'leaves'}`, `${bytes}`, `${other?.bytes ?? '-'}`];
  });
  return columns([['deepest stack, bytes', 'ours', 'theirs'], ...rows]);
}

/** A line for each loop and kernel: what a million rounds of export and import left in the kernel's slab. */
export function roundsTable(ours: Figures, theirs: Figures): string[] {
  const line = (
    name: string,
    { access, rounds, before_kib, after_kib, ns }: Figures['rounds'][number],
  ): string[] => [
    `export, then import for ${access}, ${name}`,
    ...[`${rounds}`, `${before_kib}`, `${after_kib}`, digits(ns / 1000)],
  ];
  return columns([
    ['rounds on one buffer', 'rounds', 'slab before, KiB', 'after, KiB', 'us a round'],
    ...ours.rounds.map((one) => line('ours', one)),
    ...theirs.rounds.map((one) => line('theirs', one)),
  ]);
}
