// SPDX-License-Identifier: MIT
import { test } from 'tap';
import type { TimeCell } from './compare.js';
import { figuresOf } from './figures.js';
import {
  columns,
  heldTable,
  matrix,
  numberTable,
  ratioTable,
  roundsTable,
  stackTable,
  timeTable,
} from './table.js';

const flat = (n: number) => ({ least: n, median: n, most: n });
const cell = (name: string, fences: number, ours: number, theirs: number): TimeCell => ({
  ...{ cell: name, fences, ours: flat(ours), theirs: flat(theirs), ratio: flat(ours / theirs) },
  instructions: undefined,
});

test('columns are as wide as what is in them', async (t) => {
  t.same(columns([['a', 'bb'], ['cccc', 'd'], ['e']]), ['a     bb', 'cccc   d', 'e']);
});

test('a row for each cell in a fixed order, a column for each count', async (t) => {
  const all = [
    cell('export-write-both', 10, 1, 1),
    cell('export-read', 10, 2, 1),
    cell('export-read', 1, 3, 1),
  ];
  t.same(
    matrix('heading', all, ({ ours }) => `${ours.median}`),
    [
      'heading                                    n = 1  n = 10',
      'EXPORT read, n writers                         3       2',
      'EXPORT write, n/2 readers and n/2 writers      -       1',
    ],
  );
});

test('times are in microseconds, with three digits', async (t) => {
  const rows = timeTable([cell('export-read', 1, 4214, 39_940), cell('export-read', 10, 421_400, 1_234_567)]);
  t.match(rows[1], /EXPORT read, n writers {2,}4\.21 \/ 39\.9 {2,}421 \/ 1235$/);
});

test('a star is where ours is slower; least and greatest, and instructions, are beside it', async (t) => {
  const slow = { ...cell('export-read', 1, 200, 100), ratio: { least: 1.9, median: 2, most: 2.15 } };
  t.match(ratioTable([slow])[1], / \*2\.00 \(1\.90-2\.15\)$/);
  t.match(ratioTable([{ ...slow, instructions: 1.5 }])[1], / \*2\.00 \(1\.90-2\.15; 1\.50\)$/);
  t.match(ratioTable([cell('export-read', 1, 90, 100)])[1], / 0\.90 \(0\.90-0\.90\)$/);
});

test('a lock that was not taken was held for nothing; a kernel without a figure has none', async (t) => {
  const of = { cell: 'export-read', fences: 1 };
  t.match(heldTable([{ ...of, ours: 0, theirs: 1500 }])[1], / 0 \/ 1\.50$/);
  t.match(numberTable('bytes', [{ ...of, ours: 128, theirs: undefined }])[1], / 128 \/ -$/);
});

test('stacks are beside each other by step and number of leaves', async (t) => {
  const ours = figuresOf([
    'figure stack step=merge leaves=1 bytes=800',
    'figure stack step=merge leaves=4000 bytes=840',
  ]);
  const theirs = figuresOf(['figure stack step=merge leaves=4000 bytes=900']);
  t.same(stackTable(ours, theirs), [
    'deepest stack, bytes  ours  theirs',
    'merge, 1 leaf          800       -',
    'merge, 4000 leaves     840     900',
  ]);
});

test('rounds have a line for each loop and kernel', async (t) => {
  const ours = figuresOf(['figure rounds access=read rounds=1000000 before_kib=900 after_kib=904 ns=15000']);
  const [, first, second] = roundsTable(ours, ours);
  t.match(first, /^export, then import for read, ours {2,}1000000 {2,}900 {2,}904 {2,}15\.0$/);
  t.match(second, /theirs/);
});
