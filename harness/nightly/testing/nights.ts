// SPDX-License-Identifier: MIT
import type { Judged, Night, NightCell, NightTest } from '../../result/night.js';
import type { PastNight } from '../../result/past.js';
import type { Outcome } from '../../result/result.js';
import type { PlannedCell } from '../cells.js';

/** What a test of a night was, in a word. */
const SHORT: Readonly<Record<string, readonly [Outcome, Judged, NightTest['expected']]>> = {
  pass: ['pass', 'ok', 'pass'],
  fail: ['fail', 'failed', 'pass'],
  crash: ['crash', 'failed', 'pass'],
  'expected-fail': ['fail', 'expected-fail', 'fail'],
  'unexpected-pass': ['pass', 'unexpected-pass', 'fail'],
  flaked: ['fail', 'flaked', 'flaky'],
  skip: ['skip', 'skipped', 'pass'],
  notrun: ['notrun', 'failed', 'pass'],
};

export function testOf(name: string, word: string, more: Partial<NightTest> = {}): NightTest {
  const [outcome, judged, expected] = SHORT[word] ?? ['fail', 'failed', 'pass'];
  return { name, outcome, judged, expected, milliseconds: 100, promises: [], ...more };
}

/** `tests`: { 'import@x': 'pass' }. */
export function cellOf(
  id: string,
  tests: Readonly<Record<string, string | NightTest>>,
  more: Partial<NightCell> = {},
): NightCell {
  const [kernel = '', profile = '', gpu = '', strategy = ''] = id.split('/');
  const all = Object.entries(tests).map(([name, word]) =>
    typeof word === 'string' ? testOf(name, word) : word,
  );
  return {
    id,
    kernel,
    patch: 'none',
    profile,
    gpu,
    strategy,
    shard: 1,
    verdict: all.some(({ judged }) => judged === 'failed' || judged === 'unexpected-pass')
      ? 'fails'
      : 'holds',
    release: '6.1.1',
    kernelKey: 'k1',
    accelerator: 'tcg',
    milliseconds: 1000,
    ops: 10,
    programs: 0,
    tests: all,
    ...more,
  };
}

export function nightOf(cells: readonly NightCell[], more: Partial<Night> = {}): Night {
  return {
    formatVersion: 1,
    fencelab: '0.1.0',
    name: 'nightly',
    plan: 'a'.repeat(64),
    shards: { of: 1, here: [1] },
    startedAt: '2026-11-24T00:00:00.000Z',
    milliseconds: 5000,
    cells,
    changes: [],
    ...more,
  };
}

/** As the history remembers it. */
export function pastOf({ name, plan, fencelab, startedAt, milliseconds, cells }: Night): PastNight {
  const past = cells.map(({ tests, folder: _, unmatched: __, ...cell }) => ({
    ...cell,
    tests: new Map(tests.map(({ name: test, promises: ___, ...rest }) => [test, rest])),
  }));
  return {
    name,
    plan,
    fencelab,
    startedAt,
    milliseconds,
    cells: new Map(past.map((cell) => [cell.id, cell])),
  };
}

export function plannedOf(id: string, milliseconds = 1000, more: Partial<PlannedCell> = {}): PlannedCell {
  return {
    ...{
      id,
      kernel: 'debian:6.1',
      patch: ['none'],
      slug: '6.1-fast',
      profile: 'fast',
      gpu: '2d',
      cpus: 1,
      only: [],
    },
    ...{ strategy: { kind: 'check' }, milliseconds },
    ...more,
  };
}
