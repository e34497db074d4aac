// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import t from 'tap';
import { cpio } from './cpio.js';

t.test('what is packed is what cpio(1) unpacks', async (t) => {
  const folder = t.testdir();
  const archive = cpio([
    { kind: 'directory', path: 'bin' },
    { kind: 'file', path: 'bin/a', data: Buffer.from('odd'), mode: 0o755 },
    { kind: 'file', path: 'empty', data: Buffer.alloc(0) },
    { kind: 'symlink', path: 'bin/b', target: 'a' },
  ]);
  execFileSync('cpio', ['-id', '--quiet'], { cwd: folder, input: archive });
  t.equal(readFileSync(`${folder}/bin/a`, 'utf8'), 'odd');
  t.equal(statSync(`${folder}/bin/a`).mode & 0o777, 0o755);
  t.equal(statSync(`${folder}/empty`).size, 0);
  t.equal(readlinkSync(`${folder}/bin/b`), 'a');
});

t.test('a device node keeps its numbers', async (t) => {
  const archive = cpio([{ kind: 'device', path: 'console', major: 5, minor: 1 }]);
  t.match(
    execFileSync('cpio', ['-itv', '--quiet'], { input: archive, encoding: 'utf8' }),
    /^crw-------.* 5, +1 .*console/,
  );
});

t.test('equal entries give equal bytes, and every record is aligned to 4', async (t) => {
  const make = () => cpio([{ kind: 'file', path: 'x', data: Buffer.from('12345') }]);
  t.same(make(), make());
  t.equal(make().length % 4, 0);
});

t.test('paths that would leave the root, or clash, are refused', async (t) => {
  for (const path of ['', '/a', 'a/../b', './a', 'a//b', 'a\0b'])
    t.throws(() => cpio([{ kind: 'directory', path }]), RangeError, JSON.stringify(path));
  t.throws(
    () =>
      cpio([
        { kind: 'directory', path: 'a' },
        { kind: 'directory', path: 'a' },
      ]),
    /twice/,
  );
});
