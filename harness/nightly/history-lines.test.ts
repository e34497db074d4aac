// SPDX-License-Identifier: MIT
import t from 'tap';
import { historyLines, testHistoryLines } from './history-lines.js';
import { cellOf, nightOf, pastOf, testOf } from './testing/nights.js';

const ID = 'debian:6.1/fast/2d/check';
const OTHER = 'debian:7.3/fast/2d/check';

/** Three nights, newest first. */
const NIGHTS = [
  [
    cellOf(ID, { 'import@a': testOf('import@a', 'fail', { why: 'P1: lost' }), 'import@b': 'flaked' }),
    cellOf(OTHER, {}, { verdict: 'missing' }),
  ],
  [
    cellOf(ID, { 'import@a': 'pass', 'import@b': 'pass' }),
    cellOf(OTHER, {}, { verdict: 'untestable', reason: 'no boot' }),
  ],
  [cellOf(ID, { 'import@a': 'expected-fail', 'import@b': 'skip' })],
].map((cells, at) => pastOf(nightOf(cells, { startedAt: `2026-11-${23 - at}T01:02:03.000Z` })));

t.test('nights as a table with a plot, then each cell, then what was not as expected', async (t) => {
  t.same(historyLines('nightly', NIGHTS, 200), [
    'nightly: 3 nights, newest first',
    'started (UTC)     cells  tests  red   time  red',
    '2026-11-23 01:02    1/2      2    1  5.0 s  ####################',
    '2026-11-22 01:02    1/2      2    0  5.0 s',
    '2026-11-21 01:02    1/1      2    0  5.0 s',
    '',
    'each cell through the nights, newest on the right (. as expected, F not, u could not be tested, - not run or missing, blank: not in that night)',
    'debian:6.1/fast/2d/check  ..F',
    'debian:7.3/fast/2d/check   u-',
    '',
    'tests that were not as expected (. pass, F fail, f fails as expected, P passes unexpectedly, ~ flaky, s skipped, - not run, blank: not there)',
    'debian:6.1/fast/2d/check  import@a  f.F',
    'debian:6.1/fast/2d/check  import@b  s.~',
  ]);
});

t.test('one test in all its cells', async (t) => {
  t.same(testHistoryLines('import@a', NIGHTS, 200).slice(1), [
    'cell                      nights   takes  last',
    'debian:6.1/fast/2d/check  f.F     100 ms  2026-11-23 fail: P1: lost',
  ]);
  t.same(testHistoryLines('import@c', NIGHTS), []);
});

t.test('however many tests there are, few are shown, on lines that fit', async (t) => {
  const tests = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`import@t${n}`, 'fail']));
  const lines = historyLines('nightly', [pastOf(nightOf([cellOf(ID, tests)]))], 80);
  t.ok(lines.length < 30 && lines.every((line) => line.length <= 80));
  t.equal(lines.at(-1), 'and 290 more tests');
});
