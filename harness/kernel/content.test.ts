// SPDX-License-Identifier: MIT
// Trees whose content has a name, whole configurations, and ccache: what searches among kernels use.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { silent } from '../progress/progress.js';
import { provideKernel } from './provide.js';
import { FAKE_FILES, writeTree } from './testing/fake-kernel.js';
import type { KernelRequest } from './types.js';

t.setTimeout(180_000); // real processes, on machines that may be busy

async function lab(test: Test) {
  const root = test.testdir({});
  const tree = await writeTree(join(root, 'linux'), FAKE_FILES);
  const cache = join(root, 'cache');
  const { signal } = new AbortController();
  const build = (more: Partial<KernelRequest> = {}) =>
    provideKernel(
      { kernel: tree, patch: ['auto'], profile: 'fast', jobs: 2, ...more },
      { cache, progress: silent, signal },
    );
  const slot = async () => join(cache, 'sources', (await readdir(join(cache, 'sources')))[0] ?? '');
  return { root, tree, cache, build, slot };
}

t.test('a tree whose content has a name is known by it', async (t) => {
  const { root, tree, build, slot } = await lab(t);
  const one = { slot: 'bisect-x', identity: 'one' };
  const first = await build({ content: one });
  t.equal(first.built, 'full');
  await writeFile(join(tree, 'drivers/dma-buf/dma-buf.c'), 'changed\n');
  const second = await build({ content: { ...one, identity: 'two' } });
  t.equal(second.built, 'incremental');
  t.match(await readFile(second.vmlinux, 'utf8'), /changed/);
  // Back again: as git checks out an older commit, every file with a new date
  await rm(tree, { recursive: true });
  await writeTree(tree, FAKE_FILES);
  const again = await build({ content: one });
  t.same([again.built, again.key], ['cached', first.key], 'nothing is even looked at');

  // The same repository checked out elsewhere, with one file more and one less
  const other = await writeTree(join(root, 'other'), {
    ...FAKE_FILES,
    'drivers/dma-buf/dma-buf.c': 'changed\n',
    'drivers/dma-buf/new.c': 'new\n',
  });
  await rm(join(other, 'drivers/dma-buf/dma-resv.c'));
  const elsewhere = await build({ kernel: other, content: { ...one, identity: 'three' } });
  t.equal(elsewhere.built, 'incremental');
  t.match(await readFile(elsewhere.vmlinux, 'utf8'), /^changed\nnew\n$/);
  const log = await readFile(join(await slot(), 'build-fast.log'), 'utf8');
  const compiled = [...log.slice(log.lastIndexOf('$ make')).matchAll(/^ {2}CC +(\S+)$/gm)].map((m) => m[1]);
  t.same(compiled, ['drivers/dma-buf/new.o'], 'what is the same in both trees is not compiled again');
});

t.test('a whole configuration is read as it is, with what a guest needs', async (t) => {
  const { build, slot } = await lab(t);
  const usual = await build();
  const config = { name: 'mine', text: 'CONFIG_MINE=y\nCONFIG_ODD_ONE=y\n# CONFIG_SYNC_FILE is not set\n' };
  const mine = await build({ config });
  t.not(mine.key, usual.key);
  const text = await readFile(mine.config, 'utf8');
  t.match(text, /CONFIG_MINE=y/);
  t.notMatch(text, /ODD_ONE/, 'the tree has the last word');
  t.match(text, /is not set[\s\S]*CONFIG_SYNC_FILE=y/, 'no guest goes without');
  t.notMatch(text, /CONFIG_NR_CPUS/, 'what a profile merely wants is not forced on it');
  t.equal((await build({ config })).built, 'cached');
  t.not((await build({ config: { ...config, text: `${config.text}CONFIG_TWO=y\n` } })).key, mine.key);
  t.same(
    (await readdir(await slot())).filter((name) => name.startsWith('build-')).sort(),
    ['build-config', 'build-config.log', 'build-fast', 'build-fast.log'],
    'the usual build folder is left alone',
  );
});

t.test('ccache is used where it is asked for and there is one', async (t) => {
  const { root, build, slot } = await lab(t);
  const bin = join(root, 'bin');
  await mkdir(bin);
  const path = process.env['PATH'] ?? '';
  const withoutCcache = path.split(':').filter((folder) => folder !== '/usr/lib/ccache');
  const compiler = async () => (await readFile(join(await slot(), 'build-fast/compiler'), 'utf8')).trim();
  t.teardown(() => {
    process.env['PATH'] = path;
  });
  await build();
  t.notMatch(await compiler(), /ccache/);
  await writeFile(join(bin, 'ccache'), '#!/bin/sh\nexec "$@"\n');
  await chmod(join(bin, 'ccache'), 0o755);
  process.env['PATH'] = [bin, ...withoutCcache].join(':');
  const content = { slot: 'x', identity: 'x' };
  await build({ ccache: true, content });
  const log = await readFile(join(root, 'cache/sources/x/build-fast.log'), 'utf8');
  t.match(log, /bzImage/);
  t.equal((await readFile(join(root, 'cache/sources/x/build-fast/compiler'), 'utf8')).trim(), 'ccache gcc');
});
