// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { compareCells, compareTimes, isSlower, type Measured, spread } from './compare.js';
import { figuresOf } from './figures.js';

/** A guest that said so; its processor ticks a thousand times a millisecond unless it is told otherwise. */
const said = (notes: readonly string[], ticksPerMs: number | undefined = 1000): Measured => ({
  ...figuresOf(notes),
  ticksPerMs,
});
const took = (cell: string, ticks: number): string =>
  `figure time cell=${cell} fences=10 low=${ticks - 1} median=${ticks} high=${ticks + 1}`;
const pairOf = (cell: string, ours: number, theirs: number) => ({
  ours: said([took(cell, ours)]),
  theirs: said([took(cell, theirs)]),
});

test('a spread has the median, the least and the greatest', async (t) => {
  t.same(spread([5, 1, 9]), { least: 1, median: 5, most: 9 });
  t.same(spread([2, 1]), { least: 1, median: 2, most: 2 });
  t.throws(() => spread([]), RangeError);
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (list) => {
      const { least, median, most } = spread(list);
      return least <= median && median <= most && list.includes(median);
    }),
  );
});

test('ticks become nanoseconds, and the ratio is taken pair by pair', async (t) => {
  const [cell] = compareTimes([
    pairOf('export-read', 10, 5),
    pairOf('export-read', 20, 20),
    pairOf('export-read', 12, 8),
  ]);
  t.same(cell?.ours, { least: 10_000, median: 12_000, most: 20_000 });
  t.same(cell?.theirs, { least: 5000, median: 8000, most: 20_000 });
  t.same(cell?.ratio, { least: 1, median: 1.5, most: 2 });
  t.equal(cell?.instructions, undefined);
});

test('one length of a tick holds for all guests: one that was heard late changes nothing', async (t) => {
  const late = { ours: said([took('refused', 10)], 1), theirs: said([took('refused', 10)]) };
  const [cell] = compareTimes([late, pairOf('refused', 10, 10)]);
  t.same(cell?.ours, { least: 10_000, median: 10_000, most: 10_000 });
});

test('the ratio of instructions is of the pair that counted them', async (t) => {
  const counted = {
    ours: said([took('export-read', 300)], undefined),
    theirs: said([took('export-read', 200)], undefined),
  };
  const [cell] = compareTimes([pairOf('export-read', 10, 10)], counted);
  t.equal(cell?.instructions, 1.5);
});

test('a cell that one of the kernels lacks is left out', async (t) => {
  const pair = {
    ours: said([took('export-read', 3), took('refused', 3)]),
    theirs: said([took('export-read', 3)]),
  };
  t.same(
    compareTimes([pair]).map(({ cell }) => cell),
    ['export-read'],
  );
  t.same(compareTimes([]), []);
});

for (const [what, cell, ours, slower] of [
  ['in every pair, and by more than noise', 'export-read', [110, 120, 130], true],
  ['in all pairs but one', 'export-read', [110, 120, 99], false],
  ['by less than noise', 'export-read', [101, 102, 103], false],
  ['in what is no request of ours', 'refused', [110, 120, 130], false],
] as const)
  test(`slower ${what}: ${slower}`, async (t) => {
    const [one] = compareTimes(ours.map((ticks) => pairOf(cell, ticks, 100)));
    t.equal(one && isSlower(one), slower);
  });

test('slower by a count of instructions, whatever the time is', async (t) => {
  const counted = (ours: number) => ({
    ours: said([took('export-read', ours)], undefined),
    theirs: said([took('export-read', 1000)], undefined),
  });
  for (const [ours, slower] of [
    [1100, true],
    [1005, false],
    [900, false],
  ] as const) {
    const [one] = compareTimes([pairOf('export-read', 90, 100)], counted(ours));
    t.equal(one && isSlower(one), slower, `${ours}`);
  }
});

test('a figure of a cell is the median over all guests of a kernel', async (t) => {
  const lock = (ns: number): string =>
    `figure lock cell=import-read-all fences=1000 acquisitions=1 held_ns=${ns}`;
  const pairs = [7, 3, 5].map((ns) => ({ ours: said([lock(ns)]), theirs: said([]) }));
  t.same(
    compareCells(
      pairs,
      (figures) => figures.lock,
      ({ held_ns }) => held_ns,
    ),
    [{ cell: 'import-read-all', fences: 1000, ours: 5, theirs: undefined }],
  );
});
