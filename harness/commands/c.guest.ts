// SPDX-License-Identifier: MIT
// The C of a program shows the bug on a kernel that has it, and nothing on one that does not; without anything of ours.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { projectRoot } from '../folders.js';
import { type CKernel, runInGuest } from './testing/c-guest.js';
import { fencelab } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const PLAIN: CKernel = { kernel: 'debian:5.10', patch: ['none'], cpus: 1 };
const SERIES: CKernel = { kernel: 'debian:5.10', patch: ['auto'], cpus: 1 };
const UPSTREAM: CKernel = { kernel: 'debian:6.1', patch: ['none'], cpus: 1 };

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-c-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Through the command line, as a user does. */
async function inC(t: Test, program: string, rules: string): Promise<string> {
  const file = join(folderOf(t), 'program.c');
  const r = await fencelab(['c', program, '-o', file, '--model', rules]);
  t.equal(r.exitCode, 0, r.output);
  return readFileSync(file, 'utf8');
}

const example = (name: string): string => join(projectRoot, 'vm-images', 'programs', `${name}.prog`);

t.test('a merge that loses a pending fence: 5.10 has it, 6.1 does not', async (t) => {
  const source = await inC(t, example('5.10-defects/merge-loses-pending'), '6.1');
  const bad = await runInGuest(source, PLAIN, folderOf(t));
  t.equal(bad.exit, 1, bad.said);
  t.match(bad.said, /\npoll s2 in +1 ready in\n {2}WRONG, allowed is +0 ready nothing\n/);
  const good = await runInGuest(source, UPSTREAM, folderOf(t));
  t.equal(good.exit, 0, good.said);
  t.match(good.said, /\nAll as it should be\.\n/);
});

t.test('what buffers wait for: the series does it, plain 5.10 cannot be asked', async (t) => {
  const source = await inC(t, example('keeps-readers'), 'linux-5.10+series');
  const good = await runInGuest(source, SERIES, folderOf(t));
  t.equal(good.exit, 0, good.said);
  const none = await runInGuest(source, PLAIN, folderOf(t));
  t.equal(none.exit, 77, none.said);
  t.match(none.said, /this kernel has no DMA_BUF_IOCTL_(?:IMPORT|EXPORT)_SYNC_FILE/);
});

/** Runs of a race that a kernel with the bug may lose. */
const MOST_RUNS = 8;

t.test('two attachments at once: one has to be refused, and on plain 5.10 neither is', async (t) => {
  const race = 'c0 = card\ng0 = dumb c0\n0.1: f0 = attach c0 g0 read\n0.2: f1 = attach c0 g0 write\n';
  const program = join(folderOf(t), 'race.prog');
  writeFileSync(program, race);
  const source = await inC(t, program, 'linux-5.10+series');
  // Two processors of an emulated guest need not meet in a run, and do in some
  let bad = await runInGuest(source, { ...PLAIN, cpus: 2 }, folderOf(t));
  for (let run = 1; bad.exit === 0 && run < MOST_RUNS; run++)
    bad = await runInGuest(source, { ...PLAIN, cpus: 2 }, folderOf(t));
  t.equal(bad.exit, 1, bad.said);
  t.match(bad.said, /WRONG, these do not go together:\n {2}f0 = attach c0 g0 read/);
  const good = await runInGuest(source, { ...SERIES, cpus: 2 }, folderOf(t));
  t.equal(good.exit, 0, good.said);
  t.match(good.said, /All as it should be in \d+ rounds/);
});
