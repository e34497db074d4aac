// SPDX-License-Identifier: MIT
import t from 'tap';
import type { GuestRecord, RunSummary, SubtestResult } from '../result/result.js';
import { readExpectations } from './expectations.js';
import { judgedAs, testsOf, toTryAgain, withLost, withTries } from './judge-tests.js';
import { testOf } from './testing/nights.js';

const result = (subtest: string, more: Partial<SubtestResult> = {}): SubtestResult => ({
  ...{
    program: 'import',
    subtest,
    dynamic: undefined,
    promises: ['P1'],
    purpose: '',
    outcome: 'pass',
    milliseconds: 5,
  },
  ...{ failures: [], skipReason: undefined, notes: [], splats: [], known: [], model: undefined, guest: 0 },
  ...more,
});
const guest = (titles: readonly string[]): GuestRecord => ({
  ...{ index: 0, command: [], bootMilliseconds: 1, ended: 'done', reason: undefined, devices: [] },
  splats: titles.map((title) => ({ title, kind: 'warning', text: title })),
});
const summary = (results: readonly SubtestResult[], guests: readonly GuestRecord[] = []): RunSummary => ({
  formatVersion: 1,
  target: { kernel: 'k', release: 'r', patch: 'none', profile: 'fast', gpu: '2d', accelerator: 'tcg' },
  ...{
    startedAt: '',
    milliseconds: 1,
    verdict: 'holds',
    reason: undefined,
    model: undefined,
    results,
    guests,
  },
  counts: { pass: 0, fail: 0, skip: 0, timeout: 0, crash: 0, hang: 0, notrun: 0 },
});
const expected = (fails: string, flakes = '') =>
  readExpectations(
    'k',
    [
      { name: 'k-fails.txt', text: fails },
      { name: 'k-flakes.txt', text: flakes },
    ],
    'e',
  );
const lax = { strict: false, isExpectedSkip: () => false };
const strict = { strict: true, isExpectedSkip: ({ subtest }: SubtestResult) => subtest === 'cannot' };
const judged = (
  results: readonly SubtestResult[],
  fails = '',
  flakes = '',
  how: Parameters<typeof testsOf>[2] = lax,
) =>
  testsOf(summary(results), expected(fails, flakes), how).map(({ name, outcome, judged }) => [
    name,
    outcome,
    judged,
  ]);

t.test('what an outcome means depends on what is expected', async (t) => {
  t.same(
    (['pass', 'fail', 'flaky', 'skip'] as const).map((one) => [judgedAs(true, one), judgedAs(false, one)]),
    [
      ['ok', 'failed'],
      ['unexpected-pass', 'expected-fail'],
      ['ok', 'flaked'],
      ['skipped', 'skipped'],
    ],
  );
});

t.test('each subtest is judged; its dynamic parts are not tests by themselves', async (t) => {
  const fails = { outcome: 'fail' as const, failures: [{ where: 'import.c:3', text: 'P1: lost' }] };
  t.same(
    judged(
      [
        result('a'),
        result('b', fails),
        result('b', { ...fails, dynamic: 'vgem' }),
        result('c', fails),
        result('d'),
        result('e', fails),
      ],
      'import@c\nimport@d',
      'import@e',
    ),
    [
      ['import@a', 'pass', 'ok'],
      ['import@b', 'fail', 'failed'],
      ['import@c', 'fail', 'expected-fail'],
      ['import@d', 'pass', 'unexpected-pass'],
      ['import@e', 'fail', 'flaked'],
    ],
  );
});

t.test('a pass that the kernel log speaks against is a failure, and says why', async (t) => {
  const splat = result('a', {
    splats: [{ title: 'WARNING: dma_fence_release', kind: 'warning', text: 'x' }],
  });
  t.match(testsOf(summary([splat]), expected(''), lax), [
    { outcome: 'fail', judged: 'failed', why: /WARNING: dma_fence_release/, promises: ['P1'] },
  ]);
});

t.test(
  'skips and what was not decided are red only in a strict night, and only where they need not be',
  async (t) => {
    const all = [
      result('cannot', { outcome: 'skip', skipReason: 'no 3D' }),
      result('could', { outcome: 'skip', skipReason: 'no memory' }),
      result('open', { model: { kind: 'undecided', ops: 3, reason: 'the trace is cut' } }),
    ];
    t.same(
      judged(all).map((row) => row[2]),
      ['skipped', 'skipped', 'ok'],
    );
    t.same(
      judged(all, '', '', strict).map((row) => row[2]),
      ['skipped', 'failed', 'failed'],
    );
    t.match(testsOf(summary(all), expected(''), strict)[1]?.why, /should be able to run it: no memory/);
  },
);

t.test('a report outside all subtests is a test of its own, and can be expected', async (t) => {
  const guests = [guest(['BUG: sleeping in atomic']), guest(['BUG: sleeping in atomic'])];
  const [red, ...rest] = testsOf(summary([], guests), expected(''), lax);
  t.match(red, { name: 'kernel-log@bug-sleeping-in-atomic', judged: 'failed' });
  t.equal(rest.length, 0, 'once, however many guests saw it');
  t.match(testsOf(summary([], guests), expected('kernel-log@bug-*'), lax), [{ judged: 'expected-fail' }]);
});

t.test('what flaked is tried again, and how often it passed is noted', async (t) => {
  const first = [
    testOf('import@a', 'flaked'),
    testOf('import@b', 'fail'),
    testOf('kernel-log@x', 'flaked'),
    testOf('import@c', 'flaked'),
  ];
  t.same(toTryAgain(first, []), ['import@a', 'import@c']);
  const again = [[testOf('import@a', 'flaked'), testOf('import@c', 'pass')], [testOf('import@a', 'pass')]];
  t.same(toTryAgain(first, again.slice(0, 1)), ['import@a']);
  t.same(toTryAgain(first, again), []);
  t.match(withTries(first, again), [
    { name: 'import@a', judged: 'flaked', runs: { of: 3, passed: 1 } },
    { name: 'import@b', judged: 'failed', runs: undefined },
    { name: 'kernel-log@x', runs: undefined },
    { name: 'import@c', runs: { of: 2, passed: 1 } },
  ]);
});

t.test(
  'what was never begun counts as it ends in a second run; a report of that run counts too',
  async (t) => {
    const first = [testOf('import@a', 'pass'), testOf('import@b', 'notrun'), testOf('import@c', 'notrun')];
    const again = [testOf('import@b', 'pass'), testOf('kernel-log@panic', 'fail')];
    t.match(withLost(first, again), [
      { name: 'import@a', outcome: 'pass' },
      { name: 'import@b', outcome: 'pass', judged: 'ok' },
      { name: 'import@c', outcome: 'notrun', judged: 'failed' },
      { name: 'kernel-log@panic', judged: 'failed' },
    ]);
  },
);
