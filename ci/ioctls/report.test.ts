// SPDX-License-Identifier: MIT
import { test } from 'tap';
import type { Measured } from './compare.js';
import { figuresOf } from './figures.js';
import { report, slowerOf, timesOf } from './report.js';
import type { IoctlsFigures } from './run.js';

const said = (...notes: string[]): Measured => ({ ...figuresOf(notes), ticksPerMs: 1000 });
const took = (cell: string, ticks: number): string =>
  `figure time cell=${cell} fences=1 low=${ticks} median=${ticks} high=${ticks}`;
const nothing: IoctlsFigures = {
  releases: { ours: '5.10.262', theirs: '6.1.192' },
  ...{ time: [], counted: undefined, lock: [], lockCounted: undefined },
  ...{ memory: undefined, stack: undefined, rounds: undefined },
};

test('what was not asked for has no table', async (t) => {
  t.same(report(nothing), ['ours: Linux 5.10.262; theirs: Linux 6.1.192']);
});

test('times are told as they are, as ratios, and in how many cells ours is slower', async (t) => {
  const time = [
    {
      ours: said(took('refused', 9), took('export-read', 20), took('export-write', 10)),
      theirs: said(took('refused', 1), took('export-read', 10), took('export-write', 10)),
    },
  ];
  const lines = report({ ...nothing, time });
  t.match(lines, [
    /^ours/,
    /^$/,
    /^us of one request/,
    /bare system call/,
    /EXPORT read.* 20\.0 \/ 10\.0$/,
    /EXPORT write/,
    /^$/,
    /^time, ours to theirs/,
    /bare system call {2,}9\.00/,
    /EXPORT read.*\*2\.00/,
    /EXPORT write.* 1\.00/,
    /^$/,
    /^\* ours is slower, in 1 of 2 cells/,
  ]);
  t.same(slowerOf(timesOf({ ...nothing, time })), { slower: 1, all: 2 });
});

test('a clock that stood still is no figure', async (t) => {
  const lock = (held: number) =>
    said(`figure lock cell=import-read-all fences=1000 acquisitions=1 held_ns=${held}`);
  const lines = report({ ...nothing, lock: [{ ours: lock(0), theirs: lock(1500) }] });
  t.match(lines.slice(-2), [/IMPORT read of n.* - \/ 1\.50$/, /^-: the clock of lock_stat stood still/]);
  t.notMatch(report({ ...nothing, lock: [{ ours: lock(9), theirs: lock(9) }] }).join('\n'), /stood still/);
});

test('of the lock there are nanoseconds and instructions, of memory three tables', async (t) => {
  const cell = 'cell=import-read-all fences=1000';
  const guest = said(
    `figure lock ${cell} acquisitions=1 held_ns=2500`,
    `figure memory ${cell} allocations=2 bytes=300 peak=200 kept=100`,
  );
  const pair = { ours: guest, theirs: guest };
  const lines = report({ ...nothing, lock: [pair], lockCounted: pair, memory: pair });
  for (const ended of ['2.50 / 2.50', '2500 / 2500', '300 / 300', '200 / 200', '100 / 100'])
    t.equal(lines.filter((line) => line.endsWith(`  ${ended}`)).length, 1, ended);
});
