// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { writeTree } from '../testing/fake-kernel.js';
import { sourceFiles } from './belongs.js';
import { mirror } from './mirror.js';
import { scan } from './scan.js';

t.setTimeout(180_000); // real processes, on machines that may be busy

const never = new AbortController().signal;
const FILES = { Makefile: 'm\n', 'lib/a.c': 'a\n', 'lib/.gitignore': 'table.h\n', 'lib/deep/b.c': 'b\n' };

/** A tree and its mirror; `update` brings the mirror up to date and says what it did. */
async function lab(test: Test) {
  const root = test.testdir({});
  const from = await writeTree(join(root, 'linux'), FILES);
  const to = join(root, 'mirror');
  const update = async (patched: readonly string[] = []) => {
    const { files } = await scan(from, never);
    const belong = await sourceFiles(from, files, join(root, 'scratch'), never);
    const chosen = new Map([...files].filter(([path]) => belong.has(path)));
    const manifest = join(root, 'manifest.json');
    return mirror({ from, to, manifest, files: chosen, patched: new Set(patched), signal: never });
  };
  const listed = async () =>
    execFileSync('find', ['.', '!', '-type', 'd', '-printf', '%P\n'], { cwd: to, encoding: 'utf8' })
      .trim()
      .split('\n')
      .sort();
  return { root, from, to, update, listed };
}

t.test('a second look finds nothing to do; a touched file is looked at and not written', async (t) => {
  const { from, to, update } = await lab(t);
  t.same(await update(), { looked: 4, deleted: 0 });
  t.same(await update(), { looked: 0, deleted: 0 });
  const before = (await lstat(join(to, 'lib/a.c'))).mtimeMs;
  await writeFile(join(from, 'lib/a.c'), 'a\n');
  t.same(await update(), { looked: 1, deleted: 0 });
  t.equal((await lstat(join(to, 'lib/a.c'))).mtimeMs, before, 'the same content, so make has nothing to do');
});

t.test('files, folders and links change into each other', async (t) => {
  const { from, to, update, listed } = await lab(t);
  await update();
  await rm(join(from, 'lib/deep'), { recursive: true });
  await writeFile(join(from, 'lib/deep'), 'a file now\n');
  await rm(join(from, 'lib/a.c'));
  await mkdir(join(from, 'lib/a.c'));
  await writeFile(join(from, 'lib/a.c/inner.c'), 'x\n');
  await symlink('lib/deep', join(from, 'link'));
  await update();
  t.same(await listed(), ['Makefile', 'lib/.gitignore', 'lib/a.c/inner.c', 'lib/deep', 'link']);
  t.equal(await readFile(join(to, 'lib/deep'), 'utf8'), 'a file now\n');
  t.equal(await readlink(join(to, 'link')), 'lib/deep');
});

t.test('a patched file is left alone, and comes back when it is no longer patched', async (t) => {
  const { from, to, update } = await lab(t);
  await update();
  await writeFile(join(to, 'lib/a.c'), 'patched\n');
  await writeFile(join(from, 'lib/a.c'), 'edited\n');
  await update(['lib/a.c']);
  t.equal(await readFile(join(to, 'lib/a.c'), 'utf8'), 'patched\n');
  await update();
  t.equal(await readFile(join(to, 'lib/a.c'), 'utf8'), 'edited\n');
});

t.test('a mirror that was cut short is made again', async (t) => {
  const { root, to, update, listed } = await lab(t);
  await update();
  await rm(join(root, 'manifest.json'));
  await rm(join(to, 'lib/a.c'));
  await writeFile(join(to, 'stray'), 'x');
  await update();
  t.same(await listed(), Object.keys(FILES).sort());
});

t.test('build folders inside the tree, and generated files, do not belong to it', async (t) => {
  const { from, update, listed } = await lab(t);
  await writeTree(from, {
    'build/.config': 'x',
    'build/vmlinux': 'x',
    'build/lib/a.s': 'x',
    'lib/table.h': 'generated',
    'lib/.a.o.cmd': 'x',
    'lib/a.o': 'x',
    'scripts/conf': 'a program',
    'scripts/.conf.cmd': 'x',
    vmlinux: 'x',
    'arch/x86/kernel/vmlinux.lds': 'x',
    'arch/x86/kernel/.vmlinux.lds.cmd': 'x',
    'arch/x86/kernel/vmlinux.lds.S': 'the source of it',
  });
  await symlink('..', join(from, 'build/source'));
  await update();
  t.same(await listed(), [...Object.keys(FILES), 'arch/x86/kernel/vmlinux.lds.S'].sort());
});

t.test('in a checkout git says what belongs, and nothing of git is written', async (t) => {
  const { from, update, listed } = await lab(t);
  await writeTree(from, {
    '.gitignore': '*.tmp\n/*\n',
    'kept.tmp': 'tracked although ignored\n',
    'other.tmp': 'ignored',
  });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', from, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
  git('init', '-q');
  git('add', '-f', 'Makefile', 'lib', 'kept.tmp', '.gitignore');
  git('commit', '-qm', 'x');
  const before = (await scan(from, never)).digest;
  const index = (await lstat(join(from, '.git/index'))).ctimeMs;
  await update();
  t.same(await listed(), ['.gitignore', 'Makefile', 'kept.tmp', 'lib/.gitignore', 'lib/a.c', 'lib/deep/b.c']);
  t.equal((await scan(from, never)).digest, before);
  t.equal((await lstat(join(from, '.git/index'))).ctimeMs, index);
  t.notOk((await readdir(join(from, '.git'))).includes('index.lock'));
  git('add', '-f', 'other.tmp');
  t.not((await scan(from, never)).digest, before, 'what is tracked has changed, though no file has');
});
