// SPDX-License-Identifier: MIT
// What a clone says of a program must be what a guest says that was booted for it: of one that holds, one that breaks a
// promise, and those that kill or hang the kernel.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { Cache } from '../cache/cache.js';
import { type RunOrder, runPlan } from '../drive/run.js';
import { startTemplate, type Template } from '../drive/template.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { type Judged, ModelJudge } from '../model/judge.js';
import { limitSeconds, programBytes } from '../programs/program.js';
import { readPrograms } from '../programs/read.js';
import { silent } from '../progress/progress.js';
import { PROGRAM_SUITE } from '../record/run-record.js';
import type { PlannedSubtest, SubtestResult } from '../result/result.js';
import { profileMachine } from './profiles.js';
import { provide } from './target.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const never = new AbortController().signal;
const SERIES = join(projectRoot, 'kernel-patch', 'linux-5.10');
const MUTANT = join(projectRoot, 'kernel-patch', 'mutants', '5.10', 'replace-exclusive.patch');
const PROGRAMS = join(projectRoot, 'vm-images', 'programs');

const SLOW = `c0 = card
g0 = dumb c0
b0 = prime c0 g0
f0 = attach c0 g0 write
poll b0 in 1000
poll b0 in 1000
poll b0 in 1000
`;

type Bench = Omit<RunOrder, 'plan' | 'programs' | 'judge' | 'folder'>;

async function benchOf(patch: readonly string[]): Promise<Bench> {
  const jobs = availableParallelism();
  const options = { kernel: 'debian:5.10', patch, profile: 'fast', gpu: '2d', cpus: 1, jobs } as const;
  const { kernelFile, pvh, guestFile } = await provide(
    options,
    await Cache.open(cacheFolder()),
    silent,
    never,
  );
  const { memoryMiB, limitScale, kmemleak } = profileMachine('fast');
  return {
    machine: { kernel: kernelFile, pvh, accelerator: 'tcg', gpu: '2d', cpus: 1, memoryMiB, append: [] },
    guestBinary: readFileSync(guestFile),
    patience: { boot: 60_000, grace: 15_000, idle: 30_000 },
    guests: 1,
    limitScale,
    kmemleak,
  };
}

interface Seen {
  readonly result: SubtestResult | undefined;
  readonly judged: Judged | undefined;
  readonly ended: readonly string[];
}

/**
 * One program (a file, with flags: "x.prog cover"; "cut-off" lacks its last word, "late" has a second only), or one
 * subtest of the guest's own ("selftest@hang"), in one guest.
 */
async function seen(t: Test, bench: Bench, what: string): Promise<Seen> {
  let judged: Judged | undefined;
  const judge = new ModelJudge({
    again: () => '',
    keep: () => undefined,
    onJudged: (_, one) => {
      judged = one;
    },
  });
  const { plan, bytes } = planned(what);
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-clones-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const programs = new Map(bytes === undefined ? [] : [[`${plan.program}@${plan.subtest}`, bytes]]);
  const { results, guests } = await runPlan({ ...bench, plan: [plan], programs, judge, folder }, {}, never);
  return { result: results[0], judged, ended: guests.map((g) => g.ended) };
}

function planned(what: string): { plan: PlannedSubtest; bytes?: Uint8Array } {
  const common = { flags: [], promises: [], purpose: 'x' };
  const [program = '', subtest] = what.split('@');
  if (subtest !== undefined) return { plan: { ...common, program, subtest, limitSeconds: 2 } };
  const [path = '', ...flags] = what.split(' ');
  const [file] = readPrograms([resolve(PROGRAMS, path)]);
  if (file === undefined) throw new Error(`no program ${what}`);
  const has = (flag: string): boolean => flags.includes(flag);
  const mode = {
    cover: has('cover'),
    faults: has('faults'),
    pressure: has('pressure'),
  };
  const whole = programBytes(what, file.script, { careful: true, observe: !has('faults'), ...mode });
  const bytes = has('cut-off') ? whole.subarray(0, -4) : whole;
  const seconds = has('late') ? 1 : limitSeconds(file.script);
  return { plan: { ...common, program: PROGRAM_SUITE, subtest: file.name, limitSeconds: seconds }, bytes };
}

/** All that a verdict is made of; not times, addresses and pids. */
const verdictOf = ({ result, judged, ended }: Seen) => ({
  ended,
  outcome: result?.outcome,
  failures: result?.failures,
  splats: result?.splats.map(({ kind, title }) => [kind, title]),
  model: result?.model,
  profile: judged?.choice.profile.name,
  doubts: judged?.choice.doubts,
  setting: judged?.setting,
  kind: judged?.verdict.kind,
});

async function withTemplate(bench: Bench, body: (template: Template) => Promise<void>): Promise<void> {
  const template = await startTemplate(bench, never);
  try {
    await body(template);
  } finally {
    template.end();
  }
}

/** The same verdict from a boot, and from clones of one template. */
async function compare(t: Test, bench: Bench, rows: readonly (readonly [string, object])[]): Promise<void> {
  await withTemplate(bench, async ({ start }) => {
    for (const [what, expected] of rows) {
      const cold = verdictOf(await seen(t, bench, what));
      t.match(cold, expected, `${what}, booted`);
      for (const n of [1, 2])
        t.same(verdictOf(await seen(t, { ...bench, start }, what)), cold, `${what}, clone ${n}`);
    }
  });
}

t.test('5.10 with the series', async (t) => {
  const holds = { outcome: 'pass', model: { kind: 'holds' }, profile: 'linux-5.10+series', ended: ['done'] };
  // Each poll gives up after a second
  const slow = join(t.testdir({ 'slow.prog': SLOW }), 'slow.prog');
  await compare(t, await benchOf(['auto']), [
    [`${slow} late`, { outcome: 'timeout', ended: ['done'] }],
    ['snapshot.prog', holds],
    ['refusals.prog', holds],
    ['snapshot.prog pressure', { outcome: 'pass' }],
    ['snapshot.prog cover', { outcome: 'skip' }],
    ['snapshot.prog faults', { outcome: 'skip' }],
    ['snapshot.prog cut-off', { outcome: 'fail', failures: [{ text: /an op has the wrong length/ }] }],
    ['selftest@splat', { outcome: 'pass', splats: [['warning']] }],
    ['selftest@panic', { outcome: 'crash', ended: ['panic'] }],
    ['selftest@reboot', { outcome: 'crash', ended: ['reboot'] }],
    ['selftest@hang', { outcome: 'hang', ended: ['hang'] }],
  ]);
});

t.test('a kernel that lets go of readers', async (t) => {
  await compare(t, await benchOf([SERIES, MUTANT]), [
    ['keeps-readers.prog', { outcome: 'pass', model: { kind: 'violates', promise: 'P1' } }],
  ]);
});

t.test('5.10 as it is, which a program brings down', async (t) => {
  await compare(t, await benchOf(['none']), [
    ['5.10-defects/closed-while-polled.prog', { outcome: 'crash', ended: ['panic'] }],
    ['5.10-defects/merge-loses-pending.prog', { outcome: 'pass', model: { kind: 'holds' } }],
  ]);
});

t.test('an abort leaves nothing behind: of a clone, of a template', async (t) => {
  const bench = await benchOf(['auto']);
  // Guests of others have their files in the temp folder as well
  const temporary = mkdtempSync(join(tmpdir(), 'fencelab-clones-'));
  const usual = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  t.teardown(() => {
    rmSync(temporary, { recursive: true, force: true });
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  });
  const stop = new AbortController();
  await withTemplate(bench, async ({ start }) => {
    const folder = t.testdir();
    const { plan } = planned('selftest@timeout');
    const outcome = await runPlan(
      { ...bench, start, plan: [plan], folder },
      { onSubtestStart: () => stop.abort() },
      stop.signal,
    );
    t.ok(outcome.interrupted);
    t.same(
      outcome.guests.map((g) => g.ended),
      ['interrupted'],
    );
  });
  await t.rejects(startTemplate(bench, AbortSignal.timeout(1)), { name: 'TimeoutError' });
  t.same(readdirSync(temporary), []);
});

t.test('a machine that cannot be saved is refused', async (t) => {
  const bench = await benchOf(['auto']);
  await t.rejects(startTemplate({ ...bench, machine: { ...bench.machine, gpu: 'virgl' } }, never), {
    message: /3D cannot be cloned/,
  });
});
