// SPDX-License-Identifier: MIT
import type { Night, NightCell, NightTest } from '../../result/night.js';

/** A test at its plainest, changed where a test wants it. */
export function nightTest(changes: Partial<NightTest> & { name: string }): NightTest {
  return {
    outcome: 'pass',
    expected: 'pass',
    judged: 'ok',
    milliseconds: 12.5,
    promises: ['P1'],
    ...changes,
  };
}

export function nightCell(changes: Partial<NightCell> & { kernel: string }): NightCell {
  const { kernel, patch = 'none', profile = 'fast', gpu = '2d', strategy = 'check' } = changes;
  return {
    id: `${kernel}${patch === 'none' ? '' : `+${patch}`}/${profile}/${gpu}/${strategy}`,
    ...{ patch, profile, gpu, strategy },
    shard: 1,
    verdict: 'holds',
    release: '5.10.262',
    accelerator: 'tcg',
    startedAt: '2026-11-24T01:02:03.000Z',
    milliseconds: 61_500,
    ops: 120,
    programs: 0,
    folder: `cells/${kernel.replaceAll(':', '-')}-${profile}-${gpu}-${strategy.replaceAll(' ', '-')}`,
    tests: [],
    ...changes,
  };
}

export function nightOf(cells: readonly NightCell[], changes: Partial<Night> = {}): Night {
  return {
    formatVersion: 1,
    fencelab: '0.1.0',
    name: 'nightly',
    plan: 'ab'.repeat(32),
    shards: { of: 2, here: [1, 2] },
    startedAt: '2026-11-24T01:02:03.000Z',
    milliseconds: 3_780_000,
    cells,
    changes: [],
    ...changes,
  };
}

/** Text that breaks careless formats. */
export const HOSTILE =
  'a<b>&"\'`]]> # SKIP \\ \n\r\t\u0000\u0007\u001b[31m \ud800 \ufffe \u2028 é 中 --- ... Bail out!';

/** One of everything: each way to be judged, each way for a cell to end, every kind of news. */
export const mixedNight: Night = nightOf(
  [
    nightCell({
      kernel: 'debian:5.10',
      patch: 'series',
      verdict: 'fails',
      coverage: { reached: 812, of: 1024 },
      tests: [
        nightTest({ name: 'import@merge' }),
        nightTest({
          name: 'import@keeps-readers',
          outcome: 'fail',
          judged: 'failed',
          promises: ['P1', 'P3'],
          why: 'own check: import.c:120: P1: poll(fd, POLLIN) == 0: 1 against 0, errno 0',
        }),
        nightTest({
          name: 'poll@epoll',
          outcome: 'hang',
          judged: 'failed',
          why: 'the guest ended while it ran: a process could not be killed',
        }),
        nightTest({
          name: 'export@snapshot',
          expected: 'fail',
          judged: 'unexpected-pass',
        }),
        nightTest({
          name: 'export@idle',
          outcome: 'fail',
          expected: 'fail',
          judged: 'expected-fail',
          why: 'own check: export.c:44: P8: 3 against 2',
        }),
        nightTest({
          name: 'vgem@race-imports',
          outcome: 'fail',
          expected: 'flaky',
          judged: 'flaked',
          runs: { of: 5, passed: 3 },
          why: 'P1: t0 is lost',
        }),
        nightTest({ name: 'virgl@out-fence', outcome: 'skip', judged: 'skipped', why: 'needs 3D # really' }),
      ],
    }),
    nightCell({
      kernel: 'debian:6.1',
      profile: 'debug',
      strategy: 'exhaustive 4',
      release: '6.1.158',
      verdict: 'fails',
      programs: 4588,
      tests: [
        nightTest({
          name: 'explore@p1-observe-t-is-lost',
          outcome: 'fail',
          judged: 'failed',
          why: 'P1, observe: t is lost (found 32 times)',
        }),
      ],
    }),
    nightCell({ kernel: 'debian:6.12', release: '6.12.57', tests: [nightTest({ name: 'import@merge' })] }),
    nightCell({
      kernel: 'debian:7.3',
      shard: 2,
      verdict: 'missing',
      reason: 'shard 2 of 2 is not here',
      release: undefined,
      startedAt: undefined,
      accelerator: undefined,
      folder: undefined,
      milliseconds: 0,
      ops: 0,
    }),
    nightCell({
      kernel: 'tree:/srv/linux',
      verdict: 'untestable',
      reason: 'it does not build: make ended with 2',
      release: undefined,
      ops: 0,
    }),
    nightCell({ kernel: 'debian:7.3', gpu: 'virgl', verdict: 'notrun', reason: 'interrupted', ops: 0 }),
  ],
  {
    shards: { of: 2, here: [1] },
    changes: [
      {
        kind: 'slower',
        cell: 'debian:6.12/fast/2d/check',
        test: 'import@merge',
        text: 'took 12 ms, was 4 ms in the last 5 nights',
      },
      {
        kind: 'newly failing',
        cell: 'debian:5.10+series/fast/2d/check',
        test: 'import@keeps-readers',
        text: 'was pass on 2026-11-23, now fail: own check: import.c:120: P1',
      },
      {
        kind: 'fixed',
        cell: 'debian:6.12/fast/2d/check',
        test: 'import@merge',
        text: 'was fail on 2026-11-23, now pass',
      },
      { kind: 'coverage lost', cell: 'debian:5.10+series/fast/2d/check', text: 'was 900 of 1024, now 812' },
    ],
  },
);

export const emptyNight: Night = nightOf([], { milliseconds: 0 });

/** Everything that a guest, a kernel or a person can name is named as badly as can be. */
export const hostileNight: Night = nightOf(
  [
    nightCell({
      kernel: HOSTILE,
      patch: HOSTILE,
      profile: HOSTILE,
      gpu: HOSTILE,
      strategy: HOSTILE,
      verdict: 'fails',
      reason: HOSTILE,
      release: HOSTILE,
      accelerator: HOSTILE,
      startedAt: HOSTILE,
      folder: HOSTILE.replaceAll(/[\0.]/g, ''),
      tests: (['failed', 'unexpected-pass', 'expected-fail', 'flaked', 'skipped', 'ok'] as const).map(
        (judged) => nightTest({ name: HOSTILE, judged, outcome: 'fail', promises: [HOSTILE], why: HOSTILE }),
      ),
    }),
  ],
  {
    name: HOSTILE,
    startedAt: HOSTILE,
    fencelab: HOSTILE,
    changes: [{ kind: 'newly failing', cell: HOSTILE, test: HOSTILE, text: HOSTILE }],
  },
);

/** As many results as nobody should have to read. Every tenth is red. */
export function hugeNight(tests: number, cells = 8): Night {
  const each = Math.ceil(tests / cells);
  return nightOf(
    Array.from({ length: cells }, (_, c) =>
      nightCell({
        kernel: `debian:${c}`,
        verdict: 'fails',
        tests: Array.from({ length: each }, (_, n) =>
          nightTest(
            n % 10 === 0
              ? {
                  name: `p${n % 7}@s${n}`,
                  outcome: 'fail',
                  judged: 'failed',
                  why: `a.c:${n}: P1: ${'x'.repeat(200)}`,
                }
              : { name: `p${n % 7}@s${n}` },
          ),
        ),
      }),
    ),
    {
      changes: Array.from({ length: each }, (_, n) => ({
        kind: 'newly failing' as const,
        cell: 'debian:0/fast/2d/check',
        test: `p${n % 7}@s${n}`,
        text: 'was pass on 2026-11-23, now fail',
      })),
    },
  );
}
