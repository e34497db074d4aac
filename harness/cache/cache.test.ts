// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { z } from 'zod';
import { silent } from '../progress/progress.js';
import { Cache } from './cache.js';
import { choose, clearEntries, humanAge, humanSize, listEntries } from './contents.js';
import { withLock } from './lock.js';
import { readStamp, writeStamp } from './stamp.js';

t.setTimeout(180_000); // real processes, on machines that may be busy

const never = new AbortController().signal;

t.test('a folder with other things in it is not taken for a cache', async (t) => {
  const folder = t.testdir({ 'thesis.tex': 'years of work' });
  await t.rejects(Cache.open(folder), {
    exitCode: 2,
    message: /is not a fencelab cache/,
    remedy: /FENCELAB_CACHE/,
  });
  t.equal(await Cache.isOne(folder), false);
  t.equal(await readFile(join(folder, 'thesis.tex'), 'utf8'), 'years of work');
});

t.test('a new folder becomes a cache, also for two at once, and is one from then on', async (t) => {
  const folder = join(t.testdir({}), 'deep', 'cache');
  await Promise.all([Cache.open(folder), Cache.open(folder)]);
  await mkdir(join(folder, 'images', 'x'), { recursive: true });
  await Cache.open(folder);
  t.equal(await Cache.isOne(folder), true);
});

t.test('entries are listed, chosen and deleted; what a link points to is not', async (t) => {
  const root = t.testdir({ precious: { file: 'keep me' } });
  const cache = await Cache.open(join(root, 'cache'));
  for (const name of ['one', 'two']) {
    await mkdir(cache.entry('images', name), { recursive: true });
    await writeFile(join(cache.entry('images', name), 'bzImage'), 'x'.repeat(name === 'one' ? 100_000 : 10));
  }
  await mkdir(cache.entry('sources', 'debian-1'), { recursive: true });
  await symlink(join(root, 'precious'), join(cache.entry('sources', 'debian-1'), 'link'));
  const entries = await listEntries(cache, never);
  t.same(entries.map(({ kind, name }) => `${kind}/${name}`).sort(), [
    'images/one',
    'images/two',
    'sources/debian-1',
  ]);
  t.ok((entries[0]?.bytes ?? 0) >= 100_000, 'the largest is first');

  const names = (words: readonly string[], all = false) =>
    choose(entries, words, all).map(({ name }) => name);
  t.same(names(['two']), ['two']);
  t.same(names(['images']).sort(), ['one', 'two']);
  t.same(names(['sources/debian-1']), ['debian-1']);
  t.same(names(['apt']), [], 'a kind may be empty');
  t.equal(names([], true).length, 3);
  t.throws(() => names(['sorces']), { exitCode: 2, message: /nothing called "sorces"/ });

  await clearEntries(cache, choose(entries, [], true), silent, never);
  t.same(await listEntries(cache, never), []);
  t.equal(await readFile(join(root, 'precious', 'file'), 'utf8'), 'keep me');
});

t.test('names that lead out of the cache are refused', async (t) => {
  const cache = await Cache.open(join(t.testdir({}), 'cache'));
  for (const name of ['', '..', 'a/b', '../../etc'])
    t.throws(() => cache.entry('images', name), /fencelab bug/);
});

t.test('the second waits for the first, and says for whom', async (t) => {
  const path = join(t.testdir({}), 'lock');
  const said: string[] = [];
  const order: string[] = [];
  const options = {
    what: 'the tree',
    progress: { ...silent, say: (text: string) => said.push(text) },
    signal: never,
  };
  await Promise.all([
    withLock(path, options, async () => {
      order.push('a in');
      await sleep(600);
      order.push('a out');
    }),
    sleep(100).then(() => withLock(path, options, async () => void order.push('b in'))),
  ]);
  t.same(order, ['a in', 'a out', 'b in']);
  t.match(said, [new RegExp(`^Waiting for process ${process.pid} on .*, which is at work on the tree`)]);
});

t.test('waiting ends with Ctrl-C, and a failure lets go of the lock', async (t) => {
  const path = join(t.testdir({}), 'lock');
  const options = { what: 'x', progress: silent, signal: never };
  await withLock(path, options, async () => {
    await t.rejects(
      withLock(path, { ...options, signal: AbortSignal.timeout(300) }, async () => t.fail('two holders')),
    );
  });
  await t.rejects(
    withLock(path, options, async () => Promise.reject(new Error('inner'))),
    { message: 'inner' },
  );
  t.equal(await withLock(path, options, async () => 'free again'), 'free again');
});

t.test('a holder that was killed does not block for ever', { timeout: 60_000 }, async (t) => {
  const path = join(t.testdir({}), 'lock');
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { withLock } from ${JSON.stringify(new URL('./lock.js', import.meta.url).href)};
       const progress = { stage() {}, say() {} };
       await withLock(${JSON.stringify(path)}, { what: 'x', progress, signal: new AbortController().signal }, async () => {
         console.log('held');
         await new Promise((resolve) => setTimeout(resolve, 60000));
       });`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await stat(`${path}.lock`); // it has left its lock behind
  const options = { what: 'x', progress: silent, signal: AbortSignal.timeout(20_000) };
  t.equal(await withLock(path, options, async () => 'mine'), 'mine');
});

t.test('a stamp that is damaged, or of another shape, vouches for nothing', async (t) => {
  const folder = t.testdir({ broken: '{"n": 1', other: '{"n": "one"}' });
  const schema = z.object({ n: z.number() });
  t.equal(await readStamp(join(folder, 'broken'), schema), undefined);
  t.equal(await readStamp(join(folder, 'other'), schema), undefined);
  t.equal(await readStamp(join(folder, 'absent'), schema), undefined);
  await writeStamp(join(folder, 'sub', 'good'), { n: 1 });
  t.same(await readStamp(join(folder, 'sub', 'good'), schema), { n: 1 });
});

t.test('sizes and ages are for people', async (t) => {
  t.same([humanSize(999), humanSize(5_400_000), humanSize(1_300_000_000)], ['1 kB', '5 MB', '1.3 GB']);
  const now = new Date('2026-01-02T00:00:00Z');
  const ages = [
    '2026-01-01T23:59:30Z',
    '2026-01-01T23:58:00Z',
    '2026-01-01T23:00:00Z',
    '2025-12-30T00:00:00Z',
  ];
  t.same(
    ages.map((then) => humanAge(new Date(then), now)),
    ['just now', '2 minutes ago', '1 hour ago', '3 days ago'],
  );
});
