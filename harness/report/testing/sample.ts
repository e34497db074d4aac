// SPDX-License-Identifier: MIT
import {
  isRed,
  isUndecided,
  OUTCOMES,
  type Outcome,
  type RunSummary,
  type SubtestResult,
} from '../../result/result.js';
import type { RunEvent } from '../reporter.js';

/** A result with everything at its plainest, changed where a test wants it. */
export function result(changes: Partial<SubtestResult> & { subtest: string }): SubtestResult {
  return {
    program: 'export',
    dynamic: undefined,
    promises: ['ABI'],
    purpose: 'Says what it is for.',
    outcome: 'pass',
    milliseconds: 1.5,
    failures: [],
    skipReason: undefined,
    notes: [],
    splats: [],
    known: [],
    model: { kind: 'holds', ops: 12 },
    guest: 0,
    ...changes,
  };
}

export const splat = {
  kind: 'warning' as const,
  title: 'WARNING: dma_fence_release',
  text: '[    1.000000] ------------[ cut here ]------------\n[    1.000001] WARNING: CPU: 0 PID: 7 at x.c:1 dma_fence_release+0x1/0x2\n[    1.000002] ---[ end trace 0 ]---',
};

/** One of each kind of result, and text that breaks careless formats. */
export const results: readonly SubtestResult[] = [
  result({ subtest: 'idle', notes: ['nothing to report'] }),
  result({
    subtest: 'snapshot',
    promises: ['P1', 'P8'],
    purpose: 'A fence attached after the export must not delay it.',
    outcome: 'fail',
    milliseconds: 12.25,
    failures: [
      { where: 'export.c:120', text: 'P8: poll(fd, POLLIN) == 0: 1 against 0, errno 0' },
      {
        where: 'export.c:131',
        text: 'P1: <fences> & "quotes" # hash \\ backslash \u0007 bell \ud800 half \u00e9',
      },
    ],
    notes: ['the list holds 3 fences', ']]> & <![CDATA['],
  }),
  result({ subtest: 'names', splats: [splat] }),
  result({
    subtest: 'flips',
    known: [
      {
        ...splat,
        title: 'KASAN: use-after-free in drm_x',
        kind: 'kasan',
        why: 'it is of drm, not of dma-buf',
      },
    ],
  }),
  result({
    subtest: 'reads',
    promises: ['P1'],
    model: {
      kind: 'violates',
      ops: 9,
      promise: 'P1',
      words: 'a poll says ready although a fence is pending that it has to wait for',
      call: 'poll b0 in+out',
      got: '1 ready out',
      allowed: ['0 ready nothing'],
      text: 'violates at op 9 (word 60): poll b0 in+out\n  got      1 ready out\n  allowed  0 ready nothing\n',
      trace: 'divergences/export@reads.trace',
      again: 'fencelab rerun results/run --only export@reads',
    },
  }),
  result({
    subtest: 'buffer-full',
    model: { kind: 'undecided', ops: 4000, reason: 'the recorder was full: 12 records were lost' },
  }),
  result({
    program: 'import',
    subtest: 'kinds',
    outcome: 'fail',
    failures: [{ where: 'subtest.c:58', text: 'a dynamic subtest of this one failed' }],
  }),
  result({ program: 'import', subtest: 'kinds', dynamic: 'vgem' }),
  result({
    program: 'import',
    subtest: 'kinds',
    dynamic: 'udmabuf',
    outcome: 'crash',
    failures: [{ where: 'signal:11', text: 'the process died' }],
  }),
  result({
    program: 'import',
    subtest: 'kinds',
    dynamic: 'heap',
    outcome: 'skip',
    skipReason: 'no /dev/dma_heap # really',
  }),
  result({
    program: 'virgl',
    subtest: 'out-fence',
    outcome: 'skip',
    skipReason: 'needs a virtio-gpu with 3D',
  }),
  result({
    program: 'virgl',
    subtest: 'in-fence',
    outcome: 'skip',
    skipReason: 'needs a virtio-gpu with 3D',
  }),
  result({
    program: 'poll',
    subtest: 'close-while-polled',
    promises: ['P1'],
    outcome: 'hang',
    milliseconds: 13_000,
    guest: 1,
    failures: [{ where: '-', text: 'the guest ended while it ran: a process could not be killed' }],
  }),
  result({
    program: 'poll',
    subtest: 'epoll',
    outcome: 'notrun',
    milliseconds: 0,
    guest: -1,
    failures: [{ where: '-', text: 'no guest got as far as this subtest' }],
  }),
];

export function summaryOf(own: readonly SubtestResult[], changes: Partial<RunSummary> = {}): RunSummary {
  const counts = Object.fromEntries(OUTCOMES.map((o) => [o, 0])) as Record<Outcome, number>;
  for (const r of own) counts[r.outcome]++;
  return {
    formatVersion: 1,
    target: {
      kernel: 'debian:5.10',
      release: '5.10.262',
      patch: '14 patches',
      profile: 'fast',
      gpu: '2d',
      accelerator: 'tcg',
    },
    startedAt: '2026-11-22T19:00:00.000Z',
    milliseconds: 23_400,
    verdict: own.some(isRed) ? 'fails' : 'holds',
    reason: undefined,
    counts,
    model: {
      profile: 'linux-5.10+series',
      doubts: [],
      traces: own.length,
      ops: 12 * own.length,
      violates: own.filter((r) => r.model?.kind === 'violates').length,
      undecided: own.filter(isUndecided).length,
    },
    results: own,
    guests: [
      {
        index: 0,
        command: ['qemu-system-x86_64'],
        bootMilliseconds: 812,
        ended: 'done',
        reason: undefined,
        devices: [{ name: 'vgem', path: '/dev/dri/card0', text: 'present' }],
        splats: [],
      },
    ],
    ...changes,
  };
}

export const mixed: RunSummary = summaryOf(results, {
  guests: [
    ...summaryOf([]).guests,
    {
      index: 1,
      command: ['qemu-system-x86_64'],
      bootMilliseconds: undefined,
      ended: 'hang',
      reason: 'a process could not be killed',
      devices: [],
      splats: [{ ...splat, kind: 'stall', title: 'RCU stall' }],
    },
  ],
});

export const green: RunSummary = summaryOf([
  result({ subtest: 'idle' }),
  result({ program: 'import', subtest: 'merge' }),
  result({
    program: 'virgl',
    subtest: 'out-fence',
    outcome: 'skip',
    skipReason: 'needs a virtio-gpu with 3D',
  }),
]);

/** The events of a run that ends with this summary. */
export function eventsOf(summary: RunSummary): RunEvent[] {
  const outer = summary.results.filter((r) => r.dynamic === undefined);
  return [
    {
      kind: 'begin',
      plan: {
        folder: '/nowhere/results/run',
        shownFolder: 'results/run',
        subtests: outer.map((r) => ({
          program: r.program,
          subtest: r.subtest,
          flags: [],
          limitSeconds: 10,
          promises: r.promises,
          purpose: r.purpose,
        })),
      },
    },
    { kind: 'boot', guest: 0, milliseconds: 812, release: summary.target.release },
    ...summary.results.flatMap((r): RunEvent[] => [
      {
        kind: 'subtest-start',
        name: `${r.program}@${r.subtest}${r.dynamic === undefined ? '' : `@${r.dynamic}`}`,
        guest: Math.max(0, r.guest),
      },
      { kind: 'subtest-end', result: r },
    ]),
    ...summary.guests.map(
      (record): RunEvent => ({ kind: 'guest-end', record, again: record.ended === 'done' ? 0 : 1 }),
    ),
    { kind: 'end', summary },
  ];
}
