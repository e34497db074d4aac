// SPDX-License-Identifier: MIT
// What a real guest does not do on demand: be silent at boot, lose QEMU, time out in every subtest, garble what it sends.
// Panics, reboots and hangs are tested on real guests (commands/check-fails.guest.ts).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { encodeAll, parseScript } from '../../models/index.js';
import { ModelJudge } from '../model/judge.js';
import type { PlannedSubtest } from '../result/result.js';
import { isRed, isUndecided } from '../result/result.js';
import { beginFrame, endFrame, recordsFrame } from '../trace/testing/frames.js';
import type { QemuEnd } from '../vm/qemu-process.js';
import type { Starter } from './guest.js';
import { type RunOrder, runPlan } from './run.js';

/** What a fake guest says when it has read its job; `end` makes QEMU end. */
type Script = (
  subtests: readonly string[],
  say: {
    results(line: string): void;
    console(line: string): void;
    trace(bytes: Uint8Array): void;
    end(e: Partial<QemuEnd>): void;
  },
) => void;

const fake =
  (script: Script): Starter =>
  (_spec, folder, listeners) => {
    let over: (e: QemuEnd) => void = () => undefined;
    const ended = new Promise<QemuEnd>((resolve) => {
      over = resolve;
    });
    const end = (e: Partial<QemuEnd>): void => over({ exitCode: 0, signal: undefined, stderr: '', ...e });
    const job = readFileSync(join(folder, 'job'), 'utf8');
    const subtests = [...job.matchAll(/^run (\S+) (\S+)$/gm)].map((m) => `${m[1]}\t${m[2]}`);
    setImmediate(() =>
      script(subtests, {
        results: (line) => listeners.onResults(Buffer.from(`FL ${line}\n`)),
        console: (line) => listeners.onConsole(Buffer.from(`[    1.000000] ${line}\r\n`)),
        trace: (bytes) => listeners.onTrace(Buffer.from(bytes)),
        end,
      }),
    );
    return {
      command: ['fake'],
      environment: {},
      startedAt: performance.now(),
      pid: undefined,
      ended,
      poll: () => undefined,
      askForStacks: async () => undefined,
      cpuPlaces: async () => [],
      stop: async () => end({ exitCode: undefined, signal: 'SIGKILL' }),
    };
  };

function order(t: Test, count: number, script: Script): RunOrder {
  const plan = Array.from({ length: count }, (_, i): PlannedSubtest => {
    return { program: 'p', subtest: `s${i}`, flags: [], limitSeconds: 1, promises: ['P1'], purpose: 'x' };
  });
  return {
    machine: { kernel: 'x', pvh: true, accelerator: 'tcg', gpu: '2d', cpus: 1, memoryMiB: 64, append: [] },
    guestBinary: Buffer.from('x'),
    patience: { boot: 50, grace: 50, idle: 50 },
    plan,
    guests: 1,
    limitScale: 1,
    kmemleak: false,
    folder: t.testdir(),
    start: fake(script),
  };
}

const never = new AbortController().signal;
const hello = 'hello\t1\t5.10.0\t1000';

/** All that a good guest says. */
const good: Script = (subtests, { results, console }) => {
  results(hello);
  subtests.forEach((s, i) => {
    console(`fencelab: start ${s.replace('\t', '@')}`);
    results(`start\t${s}\t${100 + i}`);
    results(`end\t${s}\tpass\t10`);
    console(`fencelab: end ${s.replace('\t', '@')} pass`);
  });
  results(`done\t${subtests.length}`);
  console('fencelab: done');
};

t.test('a good guest is believed', async (t) => {
  const o = await runPlan(order(t, 3, good), {}, never);
  t.same(
    o.results.map((r) => r.outcome),
    ['pass', 'pass', 'pass'],
  );
  t.notOk(o.results.some(isRed));
  t.equal(o.untestable, undefined);
  t.same(
    o.guests.map((g) => [g.ended, g.splats]),
    [['done', []]],
  );
});

t.test('a kernel that never answers cannot be tested', async (t) => {
  const o = await runPlan(
    order(t, 2, (_, { console }) => console('Linux version 5.10')),
    {},
    never,
  );
  t.match(o.untestable, { reason: /did not reach the agent/, detail: /Linux version/ });
  t.same(
    o.results.map((r) => r.outcome),
    ['notrun', 'notrun'],
  );
});

t.test('QEMU that does not start is not the kernel’s fault', async (t) => {
  const script: Script = (_, { end }) => end({ exitCode: 1, stderr: 'cannot allocate memory' });
  const o = await runPlan(order(t, 1, script), {}, never);
  t.match(o.untestable, { reason: /cannot allocate memory/ });
  t.equal(o.guests.length, 2, 'it was tried twice, and no more');
});

t.test('a kernel on which everything times out is not tried to the bitter end', async (t) => {
  const script: Script = (subtests, { results }) => {
    results(hello);
    for (const s of subtests) {
      results(`start\t${s}\t100`);
      results(`end\t${s}\ttimeout\t1000000`);
    }
    results(`done\t${subtests.length}`);
  };
  const many = order(t, 60, (subtests, say) => script(subtests.slice(0, 25), say));
  const o = await runPlan(many, {}, never);
  t.equal(o.results.filter((r) => r.outcome === 'timeout').length, 25);
  t.match(o.results.at(-1), { outcome: 'notrun', failures: [{ text: /ran into their time limit/ }] });
  t.equal(o.interrupted, false);
});

t.test('results that are garbled are never a pass', async (t) => {
  const script: Script = (subtests, say) => {
    good(subtests, {
      ...say,
      results: (line) => say.results(line.startsWith('end') ? line.slice(0, 9) : line),
    });
  };
  const o = await runPlan(order(t, 2, script), {}, never);
  t.ok(o.results.every(isRed), o.results.map((r) => r.outcome).join());
});

t.test('an abort ends it at once, and says so', async (t) => {
  const stop = new AbortController();
  const script: Script = (subtests, { results }) => {
    results(hello);
    results(`start\t${subtests[0]}\t100`);
    stop.abort();
  };
  const o = await runPlan(order(t, 2, script), {}, stop.signal);
  t.ok(o.interrupted);
  t.ok(o.results.every((r) => r.outcome === 'notrun'));
});

const TRAITS = ['trait\tioctls\tyes', 'trait\tdeadline\tno', 'trait\tusage-classes\tno'];
const HOLDS = [...encodeAll(parseScript('t0 = timeline -> 5\ninc t0 1 -> 0').events)];
const WRONG = [...encodeAll(parseScript('t0 = timeline -> 6').events)];
const whole = (pid: number, words: readonly number[], written: number): Uint8Array[] => [
  beginFrame(pid),
  recordsFrame(pid, [words]),
  endFrame(pid, { written }),
];

/** A good guest that also traces: `frames` has what comes before each end line. */
const traced =
  (frames: (pid: number) => readonly Uint8Array[]): Script =>
  (subtests, say) => {
    let pid = 0;
    good(subtests, {
      ...say,
      results: (line) => {
        if (line === hello) for (const one of [hello, ...TRAITS]) say.results(one);
        else {
          if (line.startsWith('start')) pid = Number(line.split('\t').at(-1));
          if (line.startsWith('end')) for (const frame of frames(pid)) say.trace(frame);
          say.results(line);
        }
      },
    });
  };

async function judged(t: Test, script: Script, count = 3) {
  const kept: string[] = [];
  const judge = new ModelJudge({ again: (name) => `again ${name}`, keep: (file) => kept.push(file) });
  const outcome = await runPlan({ ...order(t, count, script), judge }, {}, never);
  return { outcome, kept, judge, models: outcome.results.map((r) => r.model) };
}

t.test('each subtest gets the verdict on its own trace', async (t) => {
  const { outcome, kept, judge, models } = await judged(
    t,
    traced((pid) => (pid === 101 ? whole(pid, WRONG, 1) : whole(pid, HOLDS, 2))),
  );
  t.match(models, [
    { kind: 'holds', ops: 2 },
    { kind: 'violates', promise: 'ABI', ops: 0 },
    { kind: 'holds' },
  ]);
  t.same(outcome.results.map(isRed), [false, true, false]);
  t.same(kept, ['divergences/p@s1.trace']);
  t.match(judge.choice, { profile: { name: 'linux-5.10+series' }, doubts: [] });
});

t.test('a trace that is garbled, cut or missing is undecided and never holds', async (t) => {
  const { models, outcome } = await judged(
    t,
    traced((pid) => {
      const frames = whole(pid, HOLDS, 2);
      if (pid === 100) return [...frames.slice(0, 1), Uint8Array.of(1, 2, 3), ...frames.slice(1)];
      return pid === 101 ? frames.slice(0, 2) : pid === 102 ? [] : frames;
    }),
    4,
  );
  t.match(models, [
    { kind: 'undecided', reason: /damaged at byte 32, 3 bytes/ },
    { kind: 'undecided', ops: 2, reason: /its end is missing/ },
    { kind: 'undecided', ops: 0, reason: /no trace/ },
    { kind: 'holds', ops: 2 },
  ]);
  t.same(outcome.results.map(isUndecided), [true, true, true, false]);
  t.notOk(outcome.results.some(isRed));
});

t.test('a guest that dies in a subtest leaves a cut trace, which is no finding of its own', async (t) => {
  const script: Script = (_, say) => {
    say.results(hello);
    say.results('start\tp\ts0\t100');
    say.trace(beginFrame(100));
    say.console('Kernel panic - not syncing: Fatal exception');
    say.end({});
  };
  const { outcome } = await judged(t, script, 1);
  t.match(outcome.results, [{ outcome: 'crash', model: { kind: 'undecided' } }]);
  t.notOk(outcome.results.some(isUndecided));
});
