// SPDX-License-Identifier: MIT
// A search among kernels that really boot. Only compiling is cut short (testing/borrowed-kernel.ts): three kernels are built,
// and the commits of a history choose among them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import t from 'tap';
import { Cache } from '../cache/cache.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { parseSeries } from '../kernel/patches.js';
import { provideKernel } from '../kernel/provide.js';
import type { KernelImage } from '../kernel/types.js';
import { run } from '../process/run.js';
import { silent } from '../progress/progress.js';
import { BORROWED_FILES, borrowedCache, kernelMk } from './testing/borrowed-kernel.js';
import { fencelab } from './testing/cli.js';
import { History } from './testing/history.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const SERIES = join(projectRoot, 'kernel-patch', 'linux-5.10');
const MUTANT = join(projectRoot, 'kernel-patch', 'mutants', '5.10', 'replace-exclusive.patch');
const PROGRAM = join(projectRoot, 'vm-images', 'programs', 'keeps-readers.prog');

/** Panics before anything of ours runs. */
const PANIC = `Subject: [PATCH] dma-buf: refuse to go on

---
diff --git a/drivers/dma-buf/dma-buf.c b/drivers/dma-buf/dma-buf.c
--- a/drivers/dma-buf/dma-buf.c
+++ b/drivers/dma-buf/dma-buf.c
@@ -900,5 +900,6 @@
 static int __init dma_buf_init(void)
 {
+	panic("dma-buf: no file system to be on");
 	dma_buf_mnt = kern_mount(&dma_buf_fs_type);
 	if (IS_ERR(dma_buf_mnt))
 		return PTR_ERR(dma_buf_mnt);
`;

/** A history with kernels that hold, fail, do not compile and do not boot, and a cache for searches of it. */
async function lab() {
  const root = t.testdir({});
  const cache = await Cache.open(cacheFolder());
  const ctx = { cache: cache.root, progress: silent, signal: new AbortController().signal };
  const build = (patch: readonly string[]) =>
    provideKernel({ kernel: 'debian:5.10', patch, profile: 'fast' }, ctx);
  await writeFile(join(root, 'panic.patch'), PANIC);
  const good = await build([SERIES]);
  const bad = await build([SERIES, MUTANT]);
  const dead = await build([SERIES, join(root, 'panic.patch')]);
  const history = await History.create(join(root, 'linux'), BORROWED_FILES);
  const rows: readonly (readonly [string, KernelImage | undefined])[] = [
    ...([
      ['begin', good],
      ['step 2', good],
      ['step 3', good],
      ['breaks the build', undefined],
    ] as const),
    ...([
      ['mends the build', good],
      ['step 6', good],
      ['replace the exclusive fence', bad],
    ] as const),
    ...([
      ['does not boot', dead],
      ['step 9', bad],
      ['step 10', bad],
      ['end', bad],
    ] as const),
  ];
  const shas: string[] = [];
  // A comment: another tree, and the same kernel
  for (const [n, [subject, image]] of rows.entries())
    shas.push(await history.commit(subject, { 'kernel.mk': `# ${n}\n${kernelMk(image)}` }));
  const own = await borrowedCache(join(root, 'cache'), cache, good);
  const results = join(root, 'results');
  const env = { FENCELAB_CACHE: own, CI: '' };
  return { root, history, shas, env, results };
}

t.test('a search among real kernels', async (t) => {
  const { root, history, shas, env, results } = await lab();
  const [first = '', last = ''] = [shas[0], shas.at(-1)];
  const range = ['--repo', history.folder, '--good', first, '--bad', last, '--results', results];
  const culprit = shas[6] ?? '';

  await t.test('finds the commit with a program that shows it', async (t) => {
    const before = await history.git('for-each-ref');
    const done = await fencelab(['bisect', ...range, '--', PROGRAM], { env });
    t.equal(done.exitCode, 0, done.output);
    t.match(done.stdout, new RegExp(`${culprit} is the first bad commit\n {2}replace the exclusive fence\n`));
    t.match(done.stdout, /how it fails: run@keeps-readers: P1: [^\n]*lost/);
    t.match(done.stdout, /allowed/, 'the op, and what is allowed');
    t.match(done.stdout, /the same kernel as before/, 'a kernel of the same bytes is not run again');
    t.equal(await history.git('for-each-ref'), before);
    t.equal(await history.git('status', '--porcelain'), '');
    t.match(await history.git('worktree', 'list'), /^[^\n]+\[main\]$/, 'no worktree is left');
    const [folder = ''] = readdirSync(results).filter((name) => name.startsWith('bisect-'));
    const state = JSON.parse(readFileSync(join(results, folder, 'state.json'), 'utf8')) as {
      trials: { folder?: string; outcome: string; title: string; reason: string }[];
    };
    const failed = state.trials.find(({ outcome, folder }) => outcome === 'fails' && folder !== undefined);
    t.ok(existsSync(join(results, folder, failed?.folder ?? '', 'results.json')), 'the failing run is kept');
    const replayed = await history.git('bisect', 'replay', join(results, folder, 'bisect.log'));
    t.match(replayed, new RegExp(`${culprit} is the first bad commit`));
    await history.git('bisect', 'reset');
  });

  await t.test('says why commits could not be tested', async (t) => {
    // Between these two all have to be looked at
    const [good = '', bad = ''] = [shas[2], shas[4]];
    const broken = await fencelab(['bisect', ...range, '--good', shas[3] ?? '', '--', PROGRAM], { env });
    t.equal(broken.exitCode, 125);
    t.match(
      broken.output,
      /The good end, \w+, could not be tested: The kernel does not build[^\n]*it is broken/,
    );
    const dead = await fencelab(['bisect', ...range, '--bad', shas[7] ?? '', '--', PROGRAM], { env });
    t.equal(dead.exitCode, 125);
    t.match(dead.output, /could not be tested: no guest of it could be tested: [^\n]*panic/i);
    const wrong = await fencelab(['bisect', ...range, '--good', good, '--bad', bad, '--', PROGRAM], { env });
    t.equal(wrong.exitCode, 2);
    t.match(wrong.output, /The bad end, \w+, holds/);
  });

  await t.test('git bisect run with fencelab check does as well', async (t) => {
    const cli = join(projectRoot, 'bin', 'fencelab.js');
    const check = [process.execPath, cli, 'check', '--kernel', '.', '--only', 'order', '--results', results];
    await history.git('bisect', 'start', last, first);
    const done = await run('git', ['bisect', 'run', ...check], { cwd: history.folder, env });
    t.match(done.output, new RegExp(`${culprit} is the first bad commit`));
    const log = await history.git('bisect', 'log');
    t.match(log, /^git bisect bad/m);
    t.match(log, /^git bisect good/m);
    t.match(log, /^git bisect skip/m, '125 skips');
    await history.git('bisect', 'reset');
  });

  await t.test('finds the patch of a series, on kernels that are built for it', async (t) => {
    const series = join(root, 'series');
    await mkdir(series);
    const names = parseSeries(readFileSync(join(SERIES, 'series'), 'utf8')).map(({ name }) => name);
    for (const name of names) await cp(join(SERIES, name), join(series, name));
    await cp(MUTANT, join(series, basename(MUTANT)));
    const late =
      'diff --git a/COPYING.late b/COPYING.late\nnew file mode 100644\n--- /dev/null\n+++ b/COPYING.late\n@@ -0,0 +1 @@\n+late\n';
    await writeFile(join(series, 'late.patch'), late);
    await writeFile(join(series, 'series'), [...names, basename(MUTANT), 'late.patch', ''].join('\n'));
    const from = ['--from', String(names.length)];
    const done = await fencelab(
      ['bisect', '--series', series, '--broke', ...from, '--results', results, '--', PROGRAM],
      { env: { CI: '' } },
    );
    t.equal(done.exitCode, 0, done.output);
    t.match(done.stdout, new RegExp(`this patch broke it: ${names.length + 1}\\. replace-exclusive\\.patch`));
  });
});
