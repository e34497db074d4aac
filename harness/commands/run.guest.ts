// SPDX-License-Identifier: MIT
// Programs in text form on real kernels: one that keeps every promise, one that does not, one that does not survive.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { projectRoot } from '../folders.js';
import type { Finished } from '../process/run.js';
import { parseSummary } from '../report/json.js';
import type { RunSummary, SubtestResult } from '../result/result.js';
import { fencelab } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const PROGRAMS = join(projectRoot, 'vm-images', 'programs');
const example = (name: string): string => join(PROGRAMS, `${name}.prog`);

interface Ran {
  readonly process: Finished;
  readonly summary: RunSummary;
  /** The run's folder. */
  readonly folder: string;
  result(name: string): SubtestResult | undefined;
}

async function ran(t: Test, args: readonly string[]): Promise<Ran> {
  const results = t.testdir();
  const json = join(results, 'results.json');
  const process = await fencelab(['run', '--results', results, '--json', json, ...args], { env: { CI: '' } });
  if (!existsSync(json)) throw new Error(`no results of "run ${args.join(' ')}": ${process.output}`);
  const summary = parseSummary(readFileSync(json, 'utf8'), json);
  const folder = join(results, readdirSync(results).find((name) => /^\d{4}-/.test(name)) ?? '');
  return { process, summary, folder, result: (name) => summary.results.find((r) => r.subtest === name) };
}

t.test('the written programs hold on 5.10 with the series, whatever they do', async (t) => {
  const { process, summary } = await ran(t, [PROGRAMS]);
  t.equal(process.exitCode, 0, 'exit status', { output: process.output.slice(-3000) });
  t.match(summary.model, { profile: 'linux-5.10+series', doubts: [], violates: 0, undecided: 0 });
  t.ok(summary.results.every(({ model }) => model?.kind === 'holds' && model.ops > 5));
  t.equal(summary.guests.length, 1, 'one boot');
  t.match(process.output, /\n {2}op +got +allowed\n {2}c0 = card +\d+\n/);
  t.match(process.output, /\n {2}observe b0 +0 ready nothing reader t0:pending writer t0:pending\n/);
  t.match(process.output, /\nholds: \d+ ops/);
  t.match(process.output, /\nmodel \(linux-5\.10\+series\): \d+ traces, [\d ]+ ops hold\n/);
});

t.test('a limit may be as low as it likes, below what is open too', async (t) => {
  const low = (limit: number) =>
    `with limit ${limit}\no0 = other\nt0 = timeline\nlimit 40\no1 = other\no2 = other\ns0 = fence t0 1\n`;
  // The lowest free descriptor is 9
  const limits = [1, 3, 8, 9, 10, 20, 63];
  const programs = mkdtempSync(join(tmpdir(), 'fencelab-programs-'));
  t.teardown(() => rmSync(programs, { recursive: true }));
  for (const limit of limits) writeFileSync(join(programs, `low-${limit}.prog`), low(limit));
  const { process, summary } = await ran(t, [programs]);
  t.equal(process.exitCode, 0, 'exit status', { output: process.output.slice(-3000) });
  t.equal(summary.results.length, limits.length);
  for (const { subtest, model } of summary.results) t.match(model, { kind: 'holds', ops: 6 }, subtest);
});

t.test('a kernel that lets go of readers is found by the model, and the trace repeats it', async (t) => {
  const mutant = join(projectRoot, 'kernel-patch', 'mutants', '5.10', 'replace-exclusive.patch');
  const patches = ['--patch', join(projectRoot, 'kernel-patch', 'linux-5.10'), '--patch', mutant];
  const { process, summary, folder, result } = await ran(t, [example('keeps-readers'), ...patches]);
  t.equal(process.exitCode, 1);
  t.equal(result('keeps-readers')?.outcome, 'pass', 'the program itself has no opinion');
  const model = result('keeps-readers')?.model;
  t.match(model, { kind: 'violates', promise: 'P1', trace: 'divergences/run@keeps-readers.trace' });
  t.match(process.output, /\n! [\s\S]*\nviolates at op \d+[\s\S]*\nbefore it:\n[\s\S]*\n {2}slots:\n/);
  t.match(process.output, /\nagain: fencelab rerun .* --only run@keeps-readers\n/);
  t.match(summary.target.patch, /replace-exclusive/);

  const trace = join(folder, 'divergences', 'run@keeps-readers.trace');
  const checked = await fencelab(['model', trace]);
  t.equal(checked.exitCode, 1);
  t.match(checked.stdout, /\nP1: /);
  const again = await fencelab(['rerun', folder, '--only', 'run@keeps-readers', '--results', folder]);
  t.equal(again.exitCode, 1, 'exit status', { output: again.output.slice(-3000) });
  t.match(again.output, /model: P1 at op/);
});

t.test('an op that kills the kernel is named, with what the kernel said', async (t) => {
  const defects = join(PROGRAMS, '5.10-defects');
  const { process, summary, result } = await ran(t, [defects, '--patch', 'none', '--no-observe']);
  t.equal(process.exitCode, 1);
  t.match(summary.model, { profile: 'linux-5.10', doubts: [], violates: 0 });
  for (const name of ['closed-while-polled', 'read-closed-while-polled']) {
    t.match(result(name), { outcome: 'crash', model: { kind: 'holds' }, splats: [{ title: /BUG/ }] }, name);
  }
  for (const name of ['merge-loses-pending', 'no-requests'])
    t.match(result(name), { outcome: 'pass', model: { kind: 'holds' } }, name);
  t.match(process.output, /the kernel went down in op \d+: drop c0 g0\n/);
  t.match(process.output, /\nkernel log: .*BUG/);
});
