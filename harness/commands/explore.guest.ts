// SPDX-License-Identifier: MIT
// Searches on real kernels: one that finds nothing, one that finds a seeded bug, what it saves, and races that repeat.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Race } from '../../models/index.js';
import { GuestRunner } from '../explore/guest-runner.js';
import { searchRow } from '../explore/row.js';
import { projectRoot } from '../folders.js';
import { profileAppend } from './profiles.js';
import { fencelab } from './testing/cli.js';

// Kernels may have to be built first.
t.setTimeout(1_500_000);

async function explored(t: Test, args: readonly string[]) {
  const results = t.testdir();
  const page = join(results, 'page.html');
  const process = await fencelab(['explore', '--results', results, '--html', page, ...args], {
    env: { CI: '' },
  });
  const folder = join(results, readdirSync(results).find((name) => /^\d{4}-/.test(name)) ?? '');
  const file = join(folder, 'explore.json');
  const rows = existsSync(file)
    ? searchRow.array().parse((JSON.parse(readFileSync(file, 'utf8')) as { rows: unknown }).rows)
    : [];
  return { process, folder, rows, page };
}

t.test('every program of three ops holds on 5.10 with the series', async (t) => {
  const { process, rows } = await explored(t, ['--exhaustive', '3']);
  t.equal(process.exitCode, 0, 'exit status', { output: process.output.slice(-3000) });
  t.match(rows, [{ search: 'exhaustive, 3 ops', programs: 4588, lost: 0, findings: 0, complete: true }]);
  t.match(process.output, /exhaustive, 3 ops: these are all programs of that length\n\nNOTHING FOUND\n/);
});

t.test('a kernel that lets go of readers is found, and what was found repeats', async (t) => {
  const mutant = join(projectRoot, 'kernel-patch', 'mutants', '5.10', 'replace-exclusive.patch');
  const patches = ['--patch', join(projectRoot, 'kernel-patch', 'linux-5.10'), '--patch', mutant];
  const { process, folder, rows, page } = await explored(t, ['--exhaustive', '3', ...patches]);
  t.match(readFileSync(page, 'utf8'), /P1, observe: vgem is lost/, 'what was found is in the page');
  t.equal(process.exitCode, 1, 'exit status', { output: process.output.slice(-3000) });
  t.match(
    process.output,
    /P1, observe: vgem is lost[\s\S]*again: fencelab rerun \S+program\.prog\n[\s\S]*\nFINDINGS\n/,
  );
  const [row] = rows;
  t.ok(row !== undefined && row.failures > row.findings && row.findings > 0, 'told apart', { rows });
  const findings = join(folder, 'findings');
  const name = readdirSync(findings).find((one) => one.startsWith('p1-observe-vgem-is-lost')) ?? '';
  const file = join(findings, name, 'program.prog');
  const ops = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  t.ok(ops.length <= 10, ops.join('\n'));
  // As a colleague gets it: the finding alone, in another place, and the search's folder and its patches are gone
  const mailed = mkdtempSync(join(tmpdir(), 'fencelab-mailed-'));
  t.teardown(() => rmSync(mailed, { recursive: true }));
  cpSync(join(findings, name), join(mailed, 'finding'), { recursive: true });
  const moved = join(mailed, 'finding', 'program.prog');
  writeFileSync(moved, readFileSync(moved, 'utf8').replace(/^#: patch .*$/m, '#: patch /gone/x.patch'));
  const again = await fencelab(['rerun', moved, '--results', join(mailed, 'again')], {
    env: { CI: '' },
    cwd: mailed,
  });
  t.equal(again.exitCode, 1, 'it fails again', { output: again.output.slice(-3000) });
  t.match(again.output, /violates at op \d+/);
});

t.test('what a kernel cannot do is said before anything is built', async (t) => {
  const { process } = await explored(t, ['--faults', '--profile', 'fast']);
  t.equal(process.exitCode, 2);
  t.match(process.output, /faults needs --profile debug/);
});

t.test('on a clock that counts instructions a race is the same each time', async (t) => {
  const { process, folder, rows } = await explored(t, [
    '--race',
    '--time',
    '20s',
    '--profile',
    'race',
    '--gpu',
    'none',
  ]);
  t.equal(process.exitCode, 0, 'exit status', { output: process.output.slice(-3000) });
  t.equal(rows.length, 2);
  t.ok(rows.every(({ programs }) => programs > 50));
  const runner = new GuestRunner({
    machine: {
      ...{ pvh: true, gpu: 'none', cpus: 1, memoryMiB: 512, accelerator: 'tcg' },
      ...{ append: [...profileAppend('race')] },
      ...{ kernel: join(folder, 'race', 'vmlinux'), icount: { shift: 6, seed: 1 } },
    },
    ...{ guestBinary: readFileSync(join(folder, 'race', 'fencelab-guest')), limitScale: 1, kmemleak: false },
    ...{ folder: join(folder, 'again'), patience: { boot: 60_000, grace: 15_000, idle: 30_000 } },
  });
  const traces = async (seed: number): Promise<string> => {
    const strategy = new Race(seed);
    const ran = await runner.run([strategy.next(), strategy.next()], new AbortController().signal);
    const hash = createHash('sha256');
    for (const { outcome } of ran) {
      t.equal(outcome.kind, 'holds', outcome.batch.name);
      for (const word of outcome.trace?.words ?? []) hash.update(`${word} `);
    }
    return hash.digest('hex');
  };
  const first = await traces(7);
  t.equal(await traces(7), first, 'the same schedules give the same trace');
  t.not(await traces(8), first, 'and others do not');
});
