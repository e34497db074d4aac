// SPDX-License-Identifier: MIT
import t from 'tap';
import type { Night, NightCell } from '../result/night.js';
import { changesOf } from './changes.js';
import { cellOf, nightOf, pastOf, testOf } from './testing/nights.js';

const ID = 'debian:6.1/fast/2d/check';
const on = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T01:00:00.000Z`;

/** Nights in order, the last is tonight. */
function changes(...nights: readonly (readonly NightCell[])[]) {
  const all = nights.map((cells, at): Night => nightOf(cells, { startedAt: on(at + 1) }));
  const tonight = all.at(-1);
  if (tonight === undefined) throw new Error('no night');
  return changesOf(tonight, all.slice(0, -1).reverse().map(pastOf));
}
/** The same for one cell, of which only the tests are of interest. */
const inCell = (...nights: readonly Readonly<Record<string, string>>[]) =>
  changes(...nights.map((tests) => [cellOf(ID, tests)]));
const kinds = (found: ReturnType<typeof changes>) =>
  found.map(({ kind, test }) => (test === undefined ? kind : `${kind} ${test}`));
/** One test through the nights, in words; an empty one: it is not there. */
const one = (words: string) =>
  inCell(
    ...words
      .split(' ')
      .map((word) => ({ 'import@other': 'pass', ...(word === '-' ? {} : { 'import@a': word }) })),
  );

t.test('the first night has nothing new', async (t) => {
  t.same(one('fail'), []);
});

t.test('a night like the one before has nothing new', async (t) => {
  for (const word of ['pass', 'fail', 'expected-fail', 'unexpected-pass', 'flaked', 'skip'])
    t.same(one(`${word} ${word}`), [], word);
});

const ROWS: readonly [string, string[]][] = [
  ['pass fail', ['newly failing import@a']],
  ['pass crash', ['newly failing import@a']],
  ['fail crash', []],
  ['pass pass pass fail', ['newly failing import@a']],
  ['fail pass', ['fixed import@a']],
  ['fail fail fail pass', ['fixed import@a']],
  ['expected-fail pass', ['fixed import@a']],
  ['expected-fail unexpected-pass', ['unexpected pass import@a']],
  ['unexpected-pass pass', []],
  ['unexpected-pass expected-fail', []],
  ['pass expected-fail', []],
  ['expected-fail fail', ['newly failing import@a']],
  ['pass flaked', ['flaky import@a']],
  ['flaked pass', []],
  ['flaked fail', ['newly failing import@a']],
  ['pass fail pass', ['flaky import@a']],
  ['fail pass fail', ['flaky import@a']],
  ['pass fail pass fail', ['flaky import@a']],
  ['pass fail pass pass', []],
  ['pass skip', ['not tested any more import@a']],
  ['pass notrun', ['not tested any more import@a']],
  ['pass -', ['not tested any more import@a']],
  ['pass - -', []],
  ['skip -', []],
  ['skip pass', []],
  ['pass skip pass', ['tested again import@a']],
  ['pass - pass', ['tested again import@a']],
  ['pass skip fail', ['newly failing import@a']],
  ['fail skip pass', ['fixed import@a']],
  ['notrun pass', ['tested again import@a']],
  ['pass notrun pass', ['tested again import@a']],
  ['- fail', ['newly failing import@a']],
  ['- pass', []],
  ['- expected-fail', []],
];
for (const [words, wanted] of ROWS)
  t.test(`${words}: ${wanted.join(', ') || 'nothing new'}`, async (t) => {
    t.same(kinds(one(words)), wanted);
  });

t.test('what is said has the day, the outcomes and the reason', async (t) => {
  const before = [cellOf(ID, { a: 'pass' })];
  const now = [cellOf(ID, { a: testOf('a', 'fail', { why: 'P1: t0 is lost' }) })];
  t.same(changes(before, now), [
    { kind: 'newly failing', cell: ID, test: 'a', text: 'was pass on 2026-11-01, now fail: P1: t0 is lost' },
  ]);
  const other = [cellOf(ID, { a: 'fail' }, { release: '6.1.2', kernelKey: 'k2' })];
  t.match(changes(before, other), [{ text: /now fail \(kernel 6\.1\.1 then, 6\.1\.2 now\)/ }]);
  const built = [cellOf(ID, { a: 'fail' }, { kernelKey: 'k2' })];
  t.match(changes(before, built), [{ text: /the kernel was built from something else then/ }]);
  const tried = [cellOf(ID, { a: testOf('a', 'flaked', { runs: { of: 3, passed: 1 } }) })];
  t.match(changes(before, tried), [{ kind: 'flaky', text: /pass in 1 of 3 runs/ }]);
});

t.test('back and forth with another kernel each time is no flaky test', async (t) => {
  const night = (word: string, kernelKey: string) => [cellOf(ID, { a: word }, { kernelKey })];
  t.same(kinds(changes(night('pass', 'k1'), night('fail', 'k2'), night('pass', 'k3'))), ['fixed a']);
  t.same(kinds(changes(night('pass', 'k1'), night('fail', 'k1'), night('pass', 'k1'))), ['flaky a']);
  t.same(kinds(changes(night('fail', 'k1'), night('pass', 'k2'), night('fail', 'k2'))), ['newly failing a']);
});

t.test('after ten nights what was before does not count', async (t) => {
  const nights = ['fail', ...Array.from({ length: 10 }, () => 'pass'), 'fail'];
  t.same(kinds(one(nights.join(' '))), ['newly failing import@a']);
});

t.test('a cell that could not be tested says so once, and when it is tested again', async (t) => {
  const good = [cellOf(ID, { a: 'pass' })];
  const bad = [cellOf(ID, {}, { verdict: 'untestable', reason: 'it does not boot' })];
  const first = changes(good, bad);
  t.match(first, [
    { kind: 'not tested any more', test: undefined, text: 'tested on 2026-11-01; now: it does not boot' },
  ]);
  t.same(changes(good, bad, bad), []);
  t.match(changes(good, bad, good), [
    { kind: 'tested again', text: /last tested on 2026-11-01; since then: it does not boot/ },
  ]);
  t.same(kinds(changes(good, bad, [cellOf(ID, { a: 'fail' })])), ['tested again', 'newly failing a']);
});

t.test('a part of a night that is missing says nothing, and hides nothing', async (t) => {
  const good = [cellOf(ID, { a: 'pass', b: 'pass' })];
  for (const verdict of ['missing', 'notrun'] as const) {
    const lost = [cellOf(ID, {}, { verdict, reason: 'shard 2 of 2 is not here' })];
    t.same(changes(good, lost), [], verdict);
    t.same(changes(good, lost, good), [], 'nothing has happened');
    t.match(changes(good, lost, [cellOf(ID, { a: 'fail', b: 'pass' })]), [
      { kind: 'newly failing', text: /was pass on 2026-11-01/ },
    ]);
    const untested = [cellOf(ID, {}, { verdict: 'untestable', reason: 'x' })];
    t.same(kinds(changes(good, untested, lost, good)), ['tested again']);
  }
});

t.test('a cell that the night has no more, and one that is new', async (t) => {
  const other = cellOf('debian:7.3/fast/2d/check', { a: 'pass' });
  const good = cellOf(ID, { a: 'pass' });
  t.match(changes([good, other], [good]), [
    { kind: 'not tested any more', cell: other.id, text: /no such cell any more/ },
  ]);
  t.same(changes([good], [good, other]), []);
  t.match(changes([good], [good, cellOf(other.id, { a: 'fail', b: 'expected-fail', c: 'fail' })]), [
    {
      kind: 'newly failing',
      cell: other.id,
      test: undefined,
      text: 'tested for the first time, 2 tests of 3 failed',
    },
  ]);
  t.same(kinds(changes([good, other], [good], [good, other])), ['tested again']);
});

t.test('findings of a search: found, not found any more, and both in turn', async (t) => {
  const id = 'debian:6.1/fast/2d/random';
  const night = (tests: Readonly<Record<string, string>>) => [cellOf(id, tests, { programs: 500 })];
  const found = { 'explore@p1-lost': 'fail' };
  t.match(changes(night({}), night(found)), [{ kind: 'newly failing', test: 'explore@p1-lost' }]);
  t.match(changes(night(found), night({})), [
    { kind: 'fixed', text: /found on 2026-11-01, now not found in 500 programs/ },
  ]);
  t.same(kinds(changes(night(found), night({}), night(found))), ['flaky explore@p1-lost']);
  t.same(kinds(changes(night({}), night(found), night({}))), ['flaky explore@p1-lost']);
});

t.test('many tests of a program that are gone are one line', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`poll@t${n}`, 'pass']));
  t.same(inCell({ ...many, 'import@a': 'pass' }, { 'import@a': 'pass' }), [
    {
      kind: 'not tested any more',
      cell: ID,
      test: 'poll@*',
      text: 'pass on 2026-11-01; there is no such test any more (12 tests)',
    },
  ]);
});

t.test('coverage is lost when it is clearly less than in any night before', async (t) => {
  const night = (reached: number, of = 2000) => [cellOf(ID, {}, { coverage: { reached, of } })];
  t.same(changes(night(1500), night(1500)), []);
  t.same(changes(night(1500), night(1492)), [], 'within what races make');
  t.match(changes(night(1500), night(1480)), [
    { kind: 'coverage lost', text: 'reached 1480 of 2000 places, 1500 of 2000 the night before' },
  ]);
  t.same(changes(night(1480), night(1500), night(1479)), [], 'it has been as little before');
  t.same(changes(night(1500), night(3000, 4000)), [], 'another kernel has more of them: the share counts');
  t.same(changes([cellOf(ID, {})], night(10)), [], 'nobody knows what it was');
});
