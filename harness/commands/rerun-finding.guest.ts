// SPDX-License-Identifier: MIT
// A saved failure is run again as its header says, and elsewhere where the command line says so.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { printHeader } from '../explore/header.js';
import { projectRoot } from '../folders.js';
import { fencelab } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const text = readFileSync(join(projectRoot, 'vm-images', 'programs', 'keeps-readers.prog'), 'utf8');
/** What a search on the first design of 2020 would have saved. */
const SAVED = `# P1, info: t is lost
${printHeader({
  ...{ signature: 'P1, info: t is lost: not there any more, or not waited for', kernel: 'debian:5.10' },
  patch: 'kernel-patch/linux-5.10 kernel-patch/mutants/5.10/replace-exclusive.patch',
  ...{
    profile: 'fast',
    release: '5.10.262',
    gpu: 'none',
    cpus: 1,
    mode: 'careful',
    strategy: 'random',
    count: 3,
  },
})}${text}`;

t.test('a saved failure fails again, and does not on a kernel without the bug', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-saved-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'program.prog');
  writeFileSync(file, SAVED);
  const again = await fencelab(['rerun', file, '--results', folder]);
  t.equal(again.exitCode, 1, again.output.slice(-3000));
  t.match(again.output, /\n! info s3 8 /);
  t.match(again.output, /\nfails as it was found in 1 of 1 run: P1, info: t is lost/);
  const fixed = await fencelab(['rerun', file, '--kernel', 'debian:6.1', '--results', folder]);
  t.equal(fixed.exitCode, 0, fixed.output.slice(-3000));
  t.match(fixed.output, /\ndoes not fail any more, in 1 run: P1, info/);
  const run = await fencelab(['run', file, '--patch', 'auto', '--gpu', 'none', '--results', folder]);
  t.equal(run.exitCode, 0, run.output.slice(-3000));
});
