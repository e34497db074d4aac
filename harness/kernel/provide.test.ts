// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { FencelabError } from '../errors.js';
import { silent } from '../progress/progress.js';
import { provideKernel } from './provide.js';
import { FAKE_FILES, patchLineThree, patchNewFile, writeTree } from './testing/fake-kernel.js';
import type { KernelImage } from './types.js';

t.setTimeout(180_000); // real processes, on machines that may be busy

/** A laboratory: a cache, a fake kernel tree, and how to build it. */
async function lab(test: Test) {
  const root = test.testdir({});
  const tree = await writeTree(join(root, 'linux'), FAKE_FILES);
  const cache = join(root, 'cache');
  const build = (patch: readonly string[] = ['auto'], signal = new AbortController().signal, kernel = tree) =>
    provideKernel({ kernel, patch, profile: 'fast', jobs: 2 }, { cache, progress: silent, signal });
  const patchFile = async (name: string, text: string) => {
    await writeFile(join(root, name), text);
    return join(root, name);
  };
  return { root, tree, cache, build, patchFile };
}

const content = (image: KernelImage) => readFile(image.vmlinux, 'utf8');

/** What the last make ran, from the log. */
async function lastSteps(cache: string): Promise<string[]> {
  const [slot] = (await readdir(join(cache, 'sources'))).filter((name) => !name.startsWith('.'));
  const log = await readFile(join(cache, 'sources', slot ?? '', 'build-fast.log'), 'utf8');
  const lastMake = log.slice(log.lastIndexOf('$ make'));
  return [...lastMake.matchAll(/^ {2}[A-Z]+ +(\S+)$/gm)].map((match) => match[1] ?? '');
}

t.test('a tree is built once, and an edit rebuilds only what it touches', async (t) => {
  const { tree, cache, build } = await lab(t);
  const first = await build();
  t.equal(first.built, 'full');
  t.equal(first.release, '5.10.1');
  t.match(await content(first), /line three/);
  t.match(await readFile(first.config, 'utf8'), /CONFIG_SYNC_FILE=y/);
  t.match(await readFile(join(first.headers, 'include/linux/dma-buf.h'), 'utf8'), /none yet/);

  const second = await build();
  t.same([second.built, second.key], ['cached', first.key]);

  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'edited\n');
  const third = await build();
  t.equal(third.built, 'incremental');
  t.same(await lastSteps(cache), ['drivers/dma-buf/dma-buf.o', 'vmlinux']);
  t.match(await content(third), /edited/);
  t.equal(third.headers, first.headers, 'what is compiled against them need not be compiled again');
  t.match(await content(first), /line three/, 'an image that a run may be using is left as it is');
});

t.test('an older version put back with its old date is built as well', async (t) => {
  const { tree, build } = await lab(t);
  const file = join(tree, 'drivers/dma-buf/dma-buf.c');
  await build();
  await writeFile(file, 'other\n');
  await build();
  await writeFile(file, 'old again\n');
  await utimes(file, new Date('2001-01-01'), new Date('2001-01-01'));
  t.match(await content(await build()), /old again/);
});

t.test('new files come, deleted files go, and the tree is never written to', async (t) => {
  const { tree, build } = await lab(t);
  const listing = () => execFileSync('find', [tree, '-printf', '%P %T@ %C@ %s\n'], { encoding: 'utf8' });
  await writeFile(join(tree, 'drivers/dma-buf/extra.c'), 'extra\n');
  const before = listing();
  t.match(await content(await build()), /extra/);
  t.equal(listing(), before);
  await rm(join(tree, 'drivers/dma-buf/extra.c'));
  t.notMatch(await content(await build()), /extra/);
});

t.test('a tree that was built in place is built without its products', async (t) => {
  const { tree, cache, build } = await lab(t);
  await writeTree(tree, {
    '.config': 'CONFIG_OLD=y\n',
    'include/config/auto.conf': 'x\n',
    'include/generated/autoconf.h': 'x\n',
    'arch/x86/include/generated/x.h': 'x\n',
    'drivers/dma-buf/dma-buf.o': 'x\n',
    'drivers/dma-buf/.dma-buf.o.cmd': 'x\n',
    'drivers/dma-buf/.made.c.cmd': 'x\n',
    'drivers/dma-buf/made.c': 'a product\n',
    'drivers/dma-buf/generated.h': 'a product\n',
  });
  const image = await build();
  t.notMatch(await content(image), /a product/);
  const [slot] = await readdir(join(cache, 'sources'));
  const mirrored = join(cache, 'sources', slot ?? '', 'tree');
  for (const product of [
    '.config',
    'include/config',
    'include/generated',
    'arch/x86',
    'drivers/dma-buf/generated.h',
  ])
    await t.rejects(stat(join(mirrored, product)), { code: 'ENOENT' }, product);
});

t.test('a git checkout counts as it is: uncommitted changes and new files included', async (t) => {
  const { tree, build } = await lab(t);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: tree });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'all of it');
  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'not committed\n');
  await writeFile(join(tree, 'drivers/dma-buf/fresh.c'), 'not added\n');
  const image = await build();
  t.match(await content(image), /not committed/);
  t.match(await content(image), /not added/);
  t.match(image.provenance.source, /commit [0-9a-f]{12}, 2 files changed since/);
});

t.test('patches are applied to a copy; without them the tree is itself again', async (t) => {
  const { tree, cache, build, patchFile } = await lab(t);
  const one = await patchFile('one.patch', patchLineThree('patched'));
  const two = await patchFile('two.patch', patchNewFile);
  const patched = await build([one, two]);
  t.match(await content(patched), /patched[\s\S]*brand new/);
  t.same(
    patched.provenance.patches.map(({ name }) => name),
    ['one.patch', 'two.patch'],
  );
  t.match(await readFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'utf8'), /line three/);

  const plain = await build(['none']);
  t.match(await content(plain), /line three/);
  t.notMatch(await content(plain), /brand new/);
  t.equal((await build([one, two])).built, 'cached');

  // A mutant on top of the series: only the file it touches is compiled.
  await build([one, two]);
  const mutant = await patchFile('mutant.patch', patchLineThree('mutant', 'patched'));
  t.match(await content(await build([one, two, mutant])), /mutant/);
  t.same((await lastSteps(cache)).sort(), ['drivers/dma-buf/dma-buf.o', 'drivers/dma-buf/new.o', 'vmlinux']);
  const other = await patchFile('other.patch', patchLineThree('other', 'patched'));
  await build([one, two, other]);
  t.same(await lastSteps(cache), ['drivers/dma-buf/dma-buf.o', 'vmlinux']);
});

t.test('an edit of a file that is patched as well is picked up', async (t) => {
  const { tree, build, patchFile } = await lab(t);
  const one = await patchFile('one.patch', patchLineThree('patched'));
  await build([one]);
  await writeFile(
    join(tree, 'drivers/dma-buf/dma-buf.c'),
    'line one\nline two\nline three\nline four\nline five\nline six\n',
  );
  t.match(await content(await build([one])), /patched\nline four\nline five\nline six/);
});

t.test('a patch that does not apply names its file and hunk, and changes nothing', async (t) => {
  const { tree, build, patchFile } = await lab(t);
  const good = await build();
  const bad = await patchFile('bad.patch', patchLineThree('x', 'line nine'));
  await t.rejects(build([bad]), {
    exitCode: 125,
    message: /bad\.patch does not apply: drivers\/dma-buf\/dma-buf\.c, the hunk at line 1/,
    remedy: /git am --3way/,
  });
  t.equal((await build()).key, good.key);
  const again = await patchFile('again.patch', patchLineThree('line three', 'x'));
  await t.rejects(build([again]), { message: /again\.patch is in this tree already/ });
  await writeFile(join(tree, 'include/uapi/linux/dma-buf.h'), '#define DMA_BUF_IOCTL_EXPORT_SYNC_FILE 1\n');
  const ours = `${patchLineThree('x', 'line nine')}diff --git a/include/uapi/linux/dma-buf.h b/include/uapi/linux/dma-buf.h
--- a/include/uapi/linux/dma-buf.h
+++ b/include/uapi/linux/dma-buf.h
@@ -1 +1,2 @@
 /* none yet */
+#define DMA_BUF_IOCTL_EXPORT_SYNC_FILE 2
`;
  await t.rejects(build([await patchFile('ours.patch', ours)]), {
    message: /has the sync file ioctls already/,
  });
});

t.test('a kernel that does not compile is untestable and says where; a repaired one builds', async (t) => {
  const { tree, build } = await lab(t);
  await build();
  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), '#error\n');
  await t.rejects(build(), {
    exitCode: 125,
    message: /does not build/,
    detail: /drivers\/dma-buf\/dma-buf\.c:1:2: error: #error seen/,
    remedy: /build-fast\.log/,
  });
  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'fine\n');
  t.match(await content(await build()), /fine/);
});

t.test('Ctrl-C stops make with all it has started, and the next run is whole', async (t) => {
  const { tree, build } = await lab(t);
  await build();
  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'SLOW\n');
  const control = new AbortController();
  const began = Date.now();
  setTimeout(() => control.abort(), 1500);
  await t.rejects(build(['none'], control.signal), { name: 'AbortError' });
  t.ok(Date.now() - began < 10_000, 'it did not wait for the compiler');
  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'quick\n');
  t.match(await content(await build()), /quick/);
});

t.test('two runs at once give the same kernel', async (t) => {
  const { tree, build } = await lab(t);
  const [a, b] = await Promise.all([build(), build()]);
  t.equal(a.key, b.key);
  t.same([a.built, b.built].sort(), ['cached', 'full']);
  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'edited\n');
  t.match(await content(await build()), /edited/);
});

t.test('a tarball is unpacked once', async (t) => {
  const { root, tree, build } = await lab(t);
  const tarball = join(root, 'linux-5.10.1.tar.xz');
  execFileSync('tar', ['-cJf', tarball, '-C', root, 'linux']);
  await rm(tree, { recursive: true });
  const signal = new AbortController().signal;
  const image = await build(['none'], signal, tarball);
  t.match(await content(image), /line three/);
  t.match(image.provenance.sourceSha256, /^[0-9a-f]{64}$/);
  t.equal((await build(['none'], signal, tarball)).built, 'cached');
});

t.test('archives that are damaged, hostile, or no kernel are refused', async (t) => {
  const { root, build } = await lab(t);
  const signal = new AbortController().signal;
  const whole = join(root, 'whole.tar.gz');
  execFileSync('tar', ['-czf', whole, '-C', root, 'linux']);
  const cut = join(root, 'cut.tar.gz');
  await writeFile(cut, (await readFile(whole)).subarray(0, 500));
  await t.rejects(build(['none'], signal, cut), { exitCode: 125, message: /could not be unpacked/ });

  const hostile = join(root, 'hostile.tar');
  await writeFile(join(root, 'outside'), 'x');
  await mkdir(join(root, 'inner'));
  execFileSync('tar', ['-cPf', hostile, '-C', join(root, 'inner'), '../outside']);
  await t.rejects(build(['none'], signal, hostile), {
    exitCode: 125,
    message: /could not be unpacked/,
    detail: /\.\./,
  });

  const other = join(root, 'other.tar');
  execFileSync('tar', ['-cf', other, '-C', root, 'outside']);
  await t.rejects(build(['none'], signal, other), { message: /is not a Linux source/ });
});

t.test('what is not a kernel is said to be none', async (t) => {
  const { root, tree, build } = await lab(t);
  const signal = new AbortController().signal;
  await mkdir(join(root, 'empty'));
  const usage = { exitCode: 2 };
  await t.rejects(build(['none'], signal, join(root, 'empty')), {
    ...usage,
    message: /is not a Linux source tree/,
  });
  await t.rejects(build(['none'], signal, join(root, 'nowhere')), {
    ...usage,
    message: /no such file or folder/,
  });
  await t.rejects(build([join(root, 'empty')]), { ...usage, message: /has no `series` file/ });
  const inside = { cache: join(tree, 'cache'), progress: silent, signal };
  const request = { kernel: tree, patch: ['none'], profile: 'fast' };
  await t.rejects(provideKernel(request, inside), { ...usage, message: /is inside the kernel tree/ });
  await t.rejects(provideKernel(request, { ...inside, cache: join(root, 'a b') }), {
    ...usage,
    message: /a space/,
  });
  const error = await build([join(root, 'nothing.patch')]).catch((e: unknown) => e);
  t.ok(error instanceof FencelabError && error.remedy !== undefined);
});
