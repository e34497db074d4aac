// SPDX-License-Identifier: MIT
// All that was measured, as text.
import { compareCells, compareTimes, isOurs, isSlower, type Pair, type TimeCell } from './compare.js';
import type { Figures } from './figures.js';
import type { IoctlsFigures } from './run.js';
import { heldTable, numberTable, ratioTable, roundsTable, stackTable, timeTable } from './table.js';

/** Times of all cells: {@link compareTimes} of what was measured. */
export const timesOf = ({ time, counted }: IoctlsFigures): TimeCell[] => compareTimes(time, counted);

/** Tables of what was measured, with an empty line between two; what was not asked for is left out. */
export function report(figures: IoctlsFigures): string[] {
  const { releases, time, lock, lockCounted, memory, stack, rounds } = figures;
  const times = timesOf(figures);
  const tables = [
    [`ours: Linux ${releases.ours}; theirs: Linux ${releases.theirs}`],
    ...(time.length === 0 ? [] : [timeTable(times), ratioTable(times), [slowerLine(times)]]),
    ...(lock.length === 0 ? [] : [[...heldTable(heldOf(lock)), ...stoodStill(lock)]]),
    ...(lockCounted === undefined
      ? []
      : [numberTable('instructions with the lock held', heldOf([lockCounted]))]),
    ...(memory === undefined ? [] : memoryTables(memory)),
    ...(stack === undefined ? [] : [stackTable(stack.ours, stack.theirs)]),
    ...(rounds === undefined ? [] : [roundsTable(rounds.ours, rounds.theirs)]),
  ];
  return tables.flatMap((table, at) => (at === 0 ? table : ['', ...table]));
}

const heldOf = (pairs: readonly Pair[]) =>
  compareCells(
    pairs,
    ({ lock }) => lock,
    (one) => (hadNoClock(one) ? undefined : one.held_ns),
  );

/** The lock was taken, and no time went by: the clock of lock_stat stood still, as was seen on 5.10 with TCG. */
const hadNoClock = ({ acquisitions, held_ns }: Figures['lock'][number]): boolean =>
  acquisitions > 0 && held_ns === 0;

const stoodStill = (pairs: readonly Pair[]): string[] =>
  pairs.some(({ ours, theirs }) => [...ours.lock, ...theirs.lock].some(hadNoClock))
    ? ['-: the clock of lock_stat stood still meanwhile; compare the instructions']
    : [];

function memoryTables(pair: Pair): string[][] {
  const memory = (figures: Figures) => figures.memory;
  return [
    numberTable(
      'bytes that one request allocates',
      compareCells([pair], memory, ({ bytes }) => bytes),
    ),
    numberTable(
      'of them at most at once',
      compareCells([pair], memory, ({ peak }) => peak),
    ),
    numberTable(
      'of them left at its end',
      compareCells([pair], memory, ({ kept }) => kept),
    ),
  ];
}

/** How many cells there are, and in how many of them ours is slower. */
export const slowerOf = (times: readonly TimeCell[]): { readonly slower: number; readonly all: number } => ({
  slower: times.filter(isSlower).length,
  all: times.filter(isOurs).length,
});

function slowerLine(times: readonly TimeCell[]): string {
  const { slower, all } = slowerOf(times);
  return `* ours is slower, in ${slower} of ${all} cells: longer in each pair, or more instructions`;
}
