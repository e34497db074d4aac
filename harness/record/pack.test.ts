// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { MAX_PACKED_TRACE, openRun, pack, unpack } from './pack.js';
import { RECORD_FILE, type RunRecord } from './run-record.js';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The folder of a run whose kernel and guest are a few bytes. */
function runFolder(t: Test, change: (record: RunRecord) => unknown = (r) => r): string {
  const folder = join(t.testdir(), '2026-11-22-5.10');
  mkdirSync(join(folder, 'kernel'), { recursive: true });
  mkdirSync(join(folder, 'guest'));
  mkdirSync(join(folder, 'guest-0'));
  writeFileSync(join(folder, 'kernel', 'vmlinux'), 'a kernel');
  writeFileSync(join(folder, 'guest', 'fencelab-guest'), 'a guest');
  writeFileSync(join(folder, 'guest-0', 'console.log'), 'Linux version 5.10\n');
  const record: RunRecord = {
    formatVersion: 1,
    fencelab: '0.1.0',
    target: { kernel: 'debian:5.10', patch: 'none', profile: 'fast', release: '5.10.262' },
    provenance: {},
    machine: { pvh: true, gpu: '2d', cpus: 1, memoryMiB: 512, append: [] },
    limitScale: 1,
    kmemleak: false,
    guests: 2,
    plan: [{ program: 'export', subtest: 'a', flags: [], limitSeconds: 10, promises: ['P1'], purpose: 'x' }],
    files: { kernel: 'kernel/vmlinux', guest: 'guest/fencelab-guest' },
    sha256: { 'kernel/vmlinux': sha('a kernel'), 'guest/fencelab-guest': sha('a guest') },
  };
  writeFileSync(join(folder, RECORD_FILE), JSON.stringify(change(record)));
  return folder;
}

const empty = (t: Test, name: string): string => {
  const folder = join(t.testdirName, name);
  mkdirSync(folder);
  return folder;
};

t.test('a packed run unpacks to the same run', async (t) => {
  const folder = runFolder(t);
  const file = join(dirname(folder), 'run.tar.gz');
  await pack(folder, file);
  const again = await unpack(file, empty(t, 'elsewhere'));
  t.equal(basename(again), basename(folder));
  t.same(await openRun(again), await openRun(folder));
  t.equal(readFileSync(join(again, 'guest-0', 'console.log'), 'utf8'), 'Linux version 5.10\n');
});

t.test('programs go along, and a trace that is not too long', async (t) => {
  const programs = [{ name: 'one', file: 'programs/one.prog', careful: true, observe: false }];
  const folder = runFolder(t, (record) => ({
    ...record,
    programs,
    sha256: { ...record.sha256, 'programs/one.prog': sha('wait 1\n') },
  }));
  mkdirSync(join(folder, 'programs'));
  mkdirSync(join(folder, 'guest-1'));
  writeFileSync(join(folder, 'programs', 'one.prog'), 'wait 1\n');
  for (const [guest, bytes] of [
    ['guest-0', MAX_PACKED_TRACE],
    ['guest-1', MAX_PACKED_TRACE + 1],
  ] as const) {
    writeFileSync(join(folder, guest, 'trace.bin'), '');
    truncateSync(join(folder, guest, 'trace.bin'), bytes);
  }
  const file = join(dirname(folder), 'run.tar.gz');
  await pack(folder, file);
  const again = await unpack(file, empty(t, 'elsewhere'));
  t.same((await openRun(again)).programs, programs);
  t.ok(readdirSync(join(again, 'guest-0')).includes('trace.bin'));
  t.notOk(readdirSync(join(again, 'guest-1')).includes('trace.bin'));
  writeFileSync(join(again, 'programs', 'one.prog'), 'wait 2\n');
  await t.rejects(openRun(again), { message: /programs\/one\.prog .* is not the file/ });
});

t.test('a file that is not the one of the run is refused by name', async (t) => {
  const folder = runFolder(t);
  writeFileSync(join(folder, 'kernel', 'vmlinux'), 'another kernel');
  await t.rejects(openRun(folder), { message: /kernel\/vmlinux .*not the file/, exitCode: 2 });
  await t.rejects(pack(folder, join(dirname(folder), 'x.tar.gz')), /kernel\/vmlinux/, 'nor is it packed');
});

t.test('a folder without a record, or with one that is damaged, is refused', async (t) => {
  await t.rejects(openRun(t.testdir()), { message: /not the folder of a run/, exitCode: 2 });
  await t.rejects(openRun(runFolder(t, () => ({ formatVersion: 2 }))), /run\.json, line 1: formatVersion: /);
  const cut = runFolder(t);
  truncateSync(join(cut, RECORD_FILE), 40);
  await t.rejects(openRun(cut), /not JSON/);
});

t.test('a record may not name files outside its folder, nor odd words for QEMU', async (t) => {
  for (const kernel of ['../../etc/passwd', '/etc/passwd', 'kernel/../../x', 'a b', './x'])
    await t.rejects(
      openRun(runFolder(t, (r) => ({ ...r, files: { ...r.files, kernel } }))),
      { message: /files\.kernel/, detail: /describe a run/ },
      kernel,
    );
  const append = ['init=/x\n-device evil'];
  await t.rejects(openRun(runFolder(t, (r) => ({ ...r, machine: { ...r.machine, append } }))), {
    message: /machine\.append/,
    detail: /describe a run/,
  });
});

t.test('an archive is not trusted', async (t) => {
  const folder = runFolder(t);
  const tar = (name: string, ...args: string[]): string => {
    const file = join(dirname(folder), name);
    execFileSync('tar', ['-czf', file, '-C', dirname(folder), ...args]);
    return file;
  };
  const into = empty(t, 'into');
  const linked = join(dirname(folder), 'linked');
  cpSync(folder, linked, { recursive: true });
  symlinkSync('/etc', join(linked, 'etc'));
  await t.rejects(unpack(tar('link.tar.gz', 'linked'), into), /neither a file nor a folder/);
  await t.rejects(
    unpack(tar('two.tar.gz', basename(folder), 'linked/run.json'), empty(t, 'two')),
    /exactly one folder/,
  );
  const outward = tar('escape.tar.gz', '--transform', 's,^,../../,', basename(folder));
  await t.rejects(unpack(outward, empty(t, 'deep')), { message: /leads out of it/, exitCode: 2 });
  t.notOk(readdirSync(dirname(dirname(into))).includes(basename(folder)), 'nothing left the folder');
  const whole = tar('whole.tar.gz', basename(folder));
  truncateSync(whole, 200);
  await t.rejects(unpack(whole, empty(t, 'cut')), { message: /cannot be unpacked/, exitCode: 2 });
  await t.rejects(unpack(join(folder, 'run.json'), empty(t, 'json')), {
    message: /cannot be unpacked/,
    exitCode: 2,
  });
});
