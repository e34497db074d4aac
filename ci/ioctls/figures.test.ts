// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { projectRoot } from '../../harness/folders.js';
import { CELLS } from './cells.js';
import { figuresOf } from './figures.js';

const TIME = 'figure time cell=export-read fences=10 low=5 median=7 high=9';

test('figures are sorted by their kind, in the order in which they were said', async (t) => {
  const { time, stack, rounds } = figuresOf([
    TIME,
    'figure stack step=merge leaves=4000 bytes=1234',
    'figure time cell=refused fences=1 low=1 median=2 high=3',
    'figure rounds access=read rounds=1000000 before_kib=900 after_kib=896 ns=15000',
  ]);
  t.same(time, [
    { cell: 'export-read', fences: 10, low: 5, median: 7, high: 9 },
    { cell: 'refused', fences: 1, low: 1, median: 2, high: 3 },
  ]);
  t.same(stack, [{ step: 'merge', leaves: 4000, bytes: 1234 }]);
  t.same(rounds, [{ access: 'read', rounds: 1_000_000, before_kib: 900, after_kib: 896, ns: 15_000 }]);
});

test('a note that is no figure is left alone', async (t) => {
  t.same(figuresOf(['this kernel is slow', TIME, 'a figure time']).time.length, 1);
});

test('the names of functions may have anything in them', async (t) => {
  const [one] = figuresOf(['figure frames step=merge leaves=1 frames=a.isra.0:8,b=c:16']).frames;
  t.equal(one?.frames, 'a.isra.0:8,b=c:16');
});

for (const [what, note] of [
  ['of no kind', 'figure speed cell=refused'],
  ['without a key', 'figure time cell=refused fences=1 low=1 median=2'],
  ['with a key too many', `${TIME} best=1`],
  ['that is no number', 'figure stack step=merge leaves=1 bytes=many'],
  ['that was cut off', 'figure stack step=merge leaves=1 bytes='],
] as const)
  test(`a figure ${what} is refused, and shown`, async (t) => {
    t.throws(() => figuresOf([note]), new RegExp(note.slice(0, 30)));
  });

test('the guest measures the cells that have a title, and no others', async (t) => {
  const source = readFileSync(join(projectRoot, 'vm-images', 'guest', 'bench', 'cells.c'), 'utf8');
  const names = [...source.matchAll(/^\t\{ "([a-z-]+)", /gm)].map(([, name]) => name);
  t.same(names, [...CELLS.keys()]);
});
