// SPDX-License-Identifier: MIT
import {
  checkTrace,
  encodeAll,
  explain,
  parseScript,
  printCall,
  printResult,
  profileNamed,
} from '../../../models/index.js';
import type { CoverageReport } from '../../cover/coverage-file.js';
import { result, splat, summaryOf } from '../../report/testing/sample.js';
import type { Night, NightCell, NightTest } from '../../result/night.js';
import type { RunSummary, SubtestResult } from '../../result/result.js';
import type { HistoryNight } from '../history.js';

/** Two readers and a writer, and an import that forgets the readers. */
export const LOST = `
c0 = card -> 3
g0 = dumb c0 -> 1
b0 = prime c0 g0 -> 4
t0 = timeline -> 5
t1 = timeline 2 -> 6
s0 = fence t0 1 -> 7
s1 = fence t1 1 -> 8
import b0 read s0 -> 0
close s0 -> 0
inc t0 0 -> 0
import b0 write s1 -> 0
observe b0 -> 0 ready nothing reader t1:pending writer t1:pending
`;

const OPEN = `
c0 = card -> 3 @1+0
g0 = dumb c0 -> 1 @3+0
b0 = prime c0 g0 -> 4 @5+0
t0 = timeline -> 5 @7+0
t1 = timeline -> 6 @9+0
s0 = fence t0 1 -> 7 @11+0
s1 = fence t1 1 -> 8 @13+0
`;

/** Two threads import at the same time, and one import is lost. */
export const RACE = `${OPEN}
0.1: import b0 write s0 -> 0 @100+50
0.2: import b0 read s1 -> 0 @110+50
observe b0 -> 0 ready in reader writer t1:pending @300+5
`;

/** What must be shown and not run. */
export const HOSTILE =
  '<img src=x onerror="document.title=1">\u202etxt.exe</script><script>document.title=2</script>\u0007';

/** A red subtest whose trace the model does not allow. */
export function violating(
  subtest: string,
  text: string,
  profile = 'linux-5.10+series',
  changes: Partial<SubtestResult> = {},
): SubtestResult {
  const script = parseScript(text);
  const rules = profileNamed(profile)?.rules;
  const verdict =
    rules === undefined ? undefined : checkTrace(rules, encodeAll(script.events), script.setting);
  if (verdict?.kind !== 'violates') throw new Error(`[fencelab bug] the sample ${subtest} holds`);
  const { call, results } = verdict.got;
  const [got] = results;
  return result({
    program: 'import',
    subtest,
    promises: ['P1'],
    purpose: 'Importing a writer does not let go of readers that are still at work.',
    outcome: 'fail',
    failures: [
      {
        where: 'rig_check.c:52',
        text: 'P1: fence 1 of timeline A is unsignalled but EXPORT(WRITE) no longer waits for it',
      },
    ],
    model: {
      kind: 'violates',
      ops: verdict.op,
      promise: verdict.finding.promise,
      words: verdict.finding.words,
      call: printCall(call),
      got: got === undefined ? 'nothing' : printResult(call.op, got),
      allowed: verdict.allowed.map((one) => printResult(call.op, one)),
      text: explain(verdict),
      trace: `divergences/import@${subtest}.trace`,
      again: `fencelab rerun results/run --only import@${subtest}`,
    },
    ...changes,
  });
}

/** A run with one of each, and the traces its folder has. */
export function sampleRun(): { summary: RunSummary; traces: Readonly<Record<string, string>> } {
  const results = [
    violating('writer-keeps-readers', LOST),
    violating('two-at-once', RACE),
    result({ subtest: 'idle', purpose: 'An idle buffer gives a file that is done.' }),
    result({ subtest: 'names', splats: [splat], purpose: HOSTILE }),
    result({
      program: 'virgl',
      subtest: 'out-fence',
      outcome: 'skip',
      skipReason: 'needs a virtio-gpu with 3D',
    }),
    result({ subtest: 'full', model: { kind: 'undecided', ops: 4000, reason: 'the recorder was full' } }),
    result({
      program: HOSTILE,
      subtest: 'hostile',
      outcome: 'fail',
      failures: [{ where: 'x.c:1', text: HOSTILE }],
    }),
  ];
  return {
    summary: summaryOf(results),
    traces: {
      'divergences/import@writer-keeps-readers.trace': LOST,
      'divergences/import@two-at-once.trace': RACE,
    },
  };
}

const KERNELS = ['debian:5.10', 'debian:6.1', 'debian:6.12', 'debian:7.3'] as const;
const PROGRAMS = [
  'export',
  'import',
  'order',
  'growth',
  'errors',
  'poll',
  'vgem',
  'virtio-gpu',
  'udmabuf',
  'share',
] as const;

const nightTest = (name: string, changes: Partial<NightTest> = {}): NightTest => ({
  name,
  outcome: 'pass',
  expected: 'pass',
  judged: 'ok',
  milliseconds: 12,
  promises: ['P1'],
  ...changes,
});

function nightCell(kernel: string, at: number, each: number): NightCell {
  const tests = PROGRAMS.flatMap((program) =>
    Array.from({ length: each }, (_, n) =>
      nightTest(`${program}@subtest-${n}`, { milliseconds: (n * 7919) % 1000 }),
    ),
  );
  return {
    id: `${kernel}/fast/2d/check`,
    kernel,
    patch: at === 0 ? 'series' : 'none',
    profile: 'fast',
    gpu: '2d',
    strategy: 'check',
    shard: 1 + (at % 2),
    verdict: 'holds',
    release: `${kernel.slice('debian:'.length)}.17`,
    accelerator: 'tcg',
    startedAt: '2026-11-24T01:00:00.000Z',
    milliseconds: 90_000 + at * 1000,
    ops: 600_000,
    programs: 0,
    tests,
  };
}

/** A night of four kernels with `each` subtests a program; something is new, flaky, expected and missing in it. */
export function sampleNight(each = 4): Night {
  const cells = KERNELS.map((kernel, at) => nightCell(kernel, at, each));
  const [first, second, third, last] = cells as [NightCell, NightCell, NightCell, NightCell];
  const failed = nightTest('import@subtest-0', {
    outcome: 'fail',
    judged: 'failed',
    why: 'P1 at op 18: t0 is lost: not there any more, or not waited for',
  });
  const flaked = nightTest('poll@subtest-1', {
    outcome: 'fail',
    expected: 'flaky',
    judged: 'flaked',
    why: 'it timed out',
    runs: { of: 5, passed: 4 },
  });
  const expected = nightTest('order@subtest-2', {
    outcome: 'fail',
    expected: 'fail',
    judged: 'expected-fail',
    why: 'a seqno is compared before it is asked whether it has signalled',
  });
  const replaced = (cell: NightCell, ...some: NightTest[]): NightTest[] =>
    cell.tests.map((test) => some.find(({ name }) => name === test.name) ?? test);
  return {
    formatVersion: 1,
    fencelab: '0.1.0',
    name: 'nightly',
    plan: 'a'.repeat(64),
    shards: { of: 2, here: [1, 2] },
    startedAt: '2026-11-24T01:00:00.000Z',
    milliseconds: 1_260_000,
    cells: [
      { ...first, coverage: { reached: 812, of: 1015 } },
      { ...second, verdict: 'fails', tests: replaced(second, failed, expected) },
      { ...third, tests: replaced(third, flaked) },
      {
        ...last,
        verdict: 'untestable',
        reason: 'it does not boot: Kernel panic - not syncing: VFS',
        tests: [],
        ops: 0,
      },
    ],
    changes: [
      {
        kind: 'newly failing',
        cell: second.id,
        test: 'import@subtest-0',
        text: 'was pass on 2026-11-23, now fail: P1, t0 is lost',
      },
      {
        kind: 'flaky',
        cell: third.id,
        test: 'poll@subtest-1',
        text: 'passed 4 of 5; passed each time on 2026-11-23',
      },
      {
        kind: 'not tested any more',
        cell: last.id,
        test: undefined,
        text: 'was tested on 2026-11-23; it does not boot now',
      },
    ],
  };
}

/** A month of nights. */
export const sampleHistory = (nights = 30): HistoryNight[] =>
  Array.from({ length: nights }, (_, n) => ({
    date: `2026-${n < 6 ? '10' : '11'}-${String(n < 6 ? 26 + n : n - 5).padStart(2, '0')}`,
    night: 'nightly',
    red: n === 12 ? 9 : n > 25 ? 1 : n % 11 === 4 ? 2 : 0,
    tests: 1500 + n * 4,
    milliseconds: 1_100_000 + ((n * 7919) % 13) * 22_000,
    ops: 2_300_000 + n * 21_000,
    ...(n === 8 ? {} : { coverage: { reached: 700 + n * 4, of: 1015 } }),
  }));

export const sampleCoverage: CoverageReport = {
  formatVersion: 1,
  target: { kernel: 'debian:5.10', release: '5.10.262', patch: 'series', profile: 'cover' },
  files: [
    {
      file: 'drivers/dma-buf/dma-resv.c',
      covered: 2,
      lines: 4,
      functions: [
        {
          name: 'dma_resv_copy_fences',
          reached: true,
          lines: [
            { line: 12, reached: true },
            { line: 14, reached: false },
            { line: 15, reached: false, why: 'memory runs out' },
            { line: 18, reached: true },
          ],
        },
      ],
      source: [
        {
          first: 10,
          text: [
            'int dma_resv_copy_fences(struct dma_resv *dst)',
            '{',
            '\tint i = x < 3 && y > 4;',
            '',
            '\tif (!dst)',
            '\t\treturn -ENOMEM;',
            '',
            '\tdo_it();',
            '\treturn 0;',
            '}',
          ],
        },
      ],
    },
  ],
};
