// SPDX-License-Identifier: MIT
// All that was measured, as text.
import { CELLS } from './cells.js';
import { compareCells, compareTimes, isSlower, type Pair, type TimeCell } from './compare.js';
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
    ...(time.length === 0 ? [] : [timeTable(times), ratioTable(times), slowerLines(times)]),
    ...(lock.length === 0 ? [] : [heldTable(heldOf(lock))]),
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
    ({ held_ns }) => held_ns,
  );

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

/** "* slower in 2 of 45 cells:" and which. */
function slowerLines(times: readonly TimeCell[]): string[] {
  const slower = times.filter(isSlower);
  if (slower.length === 0) return [`* slower in none of ${times.length} cells`];
  return [
    `* slower in ${slower.length} of ${times.length} cells:`,
    ...slower.map(
      ({ cell, fences, ratio }) =>
        `  ${CELLS.get(cell) ?? cell}, n = ${fences}: ${ratio.median.toFixed(2)} times as long`,
    ),
  ];
}
