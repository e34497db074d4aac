// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silent } from '../progress/progress.js';
import type { PastCell, PastNight } from '../result/past.js';
import { htmlHistory, plotted } from './html-history.js';

const cell = (over: Partial<PastCell>): PastCell => ({
  ...{
    id: 'a',
    kernel: 'debian:6.1',
    patch: 'none',
    profile: 'fast',
    gpu: '2d',
    strategy: 'check',
    shard: 1,
  },
  ...{ verdict: 'holds', milliseconds: 5, ops: 100, programs: 0, tests: new Map() },
  ...over,
});
const test = (judged: 'ok' | 'failed') =>
  ({ outcome: judged === 'ok' ? 'pass' : 'fail', expected: 'pass', judged, milliseconds: 1 }) as const;
const night = (startedAt: string, ...cells: PastCell[]): PastNight => ({
  ...{ name: 'n', plan: 'p', fencelab: '0', startedAt, milliseconds: 60_000 },
  cells: new Map(cells.map((one) => [one.id, one])),
});

t.test(
  'nights are plotted from the oldest on, with what is red, and with times where a day has several',
  async (t) => {
    const tests = new Map([
      ['x@a', test('ok')],
      ['x@b', test('failed')],
    ]);
    t.same(
      plotted([
        night('2026-11-24T14:14:00.000Z', cell({ tests }), cell({ id: 'b', ops: 11 })),
        night('2026-11-24T01:00:00.000Z', cell({ coverage: { reached: 3, of: 9 } })),
        night('2026-11-23T01:00:00.000Z'),
      ]),
      [
        { date: '2026-11-23', night: 'n', red: 0, tests: 0, milliseconds: 60_000, ops: 0 },
        {
          ...{ date: '2026-11-24 01:00', night: 'n', red: 0, tests: 0, milliseconds: 60_000, ops: 100 },
          coverage: { reached: 3, of: 9 },
        },
        { date: '2026-11-24 14:14', night: 'n', red: 1, tests: 2, milliseconds: 60_000, ops: 111 },
      ],
    );
  },
);

t.test('what is no night has no history, and a damaged history is refused', async (t) => {
  const folder = t.testdir();
  const { signal } = new AbortController();
  const history = join(folder, 'history.sqlite');
  t.same(await htmlHistory(folder, history, silent, signal), []);
  const empty = {
    ...{
      formatVersion: 1,
      fencelab: '0',
      name: 'n',
      plan: 'a'.repeat(64),
      milliseconds: 1,
      cells: [],
      changes: [],
    },
    ...{ shards: { of: 1, here: [1] }, startedAt: '2026-11-24T01:00:00.000Z' },
  };
  writeFileSync(join(folder, 'night.json'), JSON.stringify(empty));
  t.same(await htmlHistory(folder, history, silent, signal), [], 'there is none yet');
  writeFileSync(history, 'no database');
  await t.rejects(htmlHistory(folder, history, silent, signal), { message: /history/, exitCode: 2 });
});
