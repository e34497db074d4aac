// SPDX-License-Identifier: MIT
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Cache } from '../cache/cache.js';
import { withLock } from '../cache/lock.js';
import { chooseHoldings, freedBy, type Holding, totalOf } from '../clean/holding.js';
import { resultHoldings } from '../clean/results.js';
import { silent } from '../progress/progress.js';
import { age, byteCount } from './amounts.js';
import { inProcess } from './testing/in-process.js';

const DAY = 24 * 3600_000;
const NOW = new Date('2026-11-24T12:00:00Z');
const ago = (days: number): Date => new Date(NOW.getTime() - days * DAY);
const held = (name: string, days: number, own: number, more: Partial<Holding> = {}): Holding => ({
  ...{ name, folder: `/${name}`, used: ago(days), own, shared: new Map(), busy: undefined },
  ...more,
});
const names = (
  holdings: readonly Holding[],
  olderThan: number | undefined,
  keep: number | undefined,
): string[] =>
  chooseHoldings(holdings, { olderThan, keep }, NOW).go.map(({ holding, why }) => `${holding.name} ${why}`);

t.test('what is old goes, and then the oldest until the rest is small enough', async (t) => {
  const all = [held('new', 1, 100), held('old', 40, 100), held('middle', 20, 100)];
  t.same(names(all, 30 * DAY, undefined), ['old old']);
  t.same(names(all, undefined, 150), ['old too much', 'middle too much']);
  t.same(names(all, 30 * DAY, 250), ['old old']);
  t.same(names(all, undefined, 300), [], 'as large as it may be');
  t.same(names(all, undefined, 0), ['old too much', 'middle too much', 'new too much']);
});

t.test('what is busy stays, and something newer goes instead', async (t) => {
  const all = [held('new', 1, 100), held('old', 40, 100, { busy: 'locked' })];
  const choice = chooseHoldings(all, { olderThan: undefined, keep: 100 }, NOW);
  t.same(
    choice.go.map(({ holding }) => holding.name),
    ['new'],
  );
  t.same(
    choice.busy.map(({ name }) => name),
    ['old'],
  );
  t.same(
    chooseHoldings(all, { olderThan: 90 * DAY, keep: undefined }, NOW).busy,
    [],
    'it would not have gone',
  );
});

t.test('a file that two share is counted once, and freed with the second', async (t) => {
  const node = (links: number) => new Map([['1:7', { bytes: 1000, links, names: 1 }]]);
  const [a, b] = [held('a', 3, 10, { shared: node(2) }), held('b', 2, 10, { shared: node(2) })];
  t.equal(totalOf([a, b]), 1020);
  t.equal(freedBy([a]), 10);
  t.equal(freedBy([a, b]), 1020);
  t.equal(freedBy([held('c', 1, 0, { shared: node(3) })]), 0, 'somebody else has it too');
  t.same(names([a, b], undefined, 1015), ['a too much']);
});

t.test('sizes and ages are written with their units', async (t) => {
  t.same(['500M', '20G', '1.5T', '3kB'].map(byteCount), [500e6, 20e9, 1.5e12, 3000]);
  t.same(['90m', '12h', '30d', '2w'].map(age), [DAY / 16, DAY / 2, 30 * DAY, 14 * DAY]);
  for (const text of ['20', '', 'G', '-1G', '20g', '1e3G', '20 G', '99999999G'])
    t.throws(() => byteCount(text), { message: /unit/ }, text);
  for (const text of ['30', '', 'd', '1.5d', '30D', '-3d'])
    t.throws(() => age(text), { message: /unit/ }, text);
});

/** A cache and a folder of results in which everything is old, but where a test says otherwise. */
async function place(t: Test): Promise<{ results: string; cache: Cache }> {
  const folder = t.testdir({
    results: { 'mine.txt': 'x', '2026-10-01-120000-notes': { 'a.txt': 'mine' } },
    away: {},
  });
  const results = join(folder, 'results');
  const cache = await Cache.open(join(folder, 'cache'));
  const image = cache.entry('images', 'k1');
  mkdirSync(image, { recursive: true });
  writeFileSync(join(image, 'vmlinux'), Buffer.alloc(3_000_000, 1));
  for (const [name, file] of [
    ['2026-09-01-120000-5.10-patched-fast', 'run.json'],
    ['2026-09-02-120000-explore-5.10-seed-1', 'explore.json'],
    ['2026-09-03-120000-night', 'night.json'],
  ] as const) {
    mkdirSync(join(results, name, 'kernel'), { recursive: true });
    writeFileSync(join(results, name, file), '{ "formatVersion": 1 }');
    linkSync(join(image, 'vmlinux'), join(results, name, 'kernel', 'vmlinux'));
  }
  mkdirSync(join(results, '2026-09-04-120000-odd'));
  writeFileSync(join(results, '2026-09-04-120000-odd', 'run.json'), 'not ours');
  writeFileSync(join(folder, 'away', 'run.json'), '{ "formatVersion": 1 }');
  symlinkSync(join(folder, 'away'), join(results, '2026-09-05-120000-link'));
  symlinkSync('2026-09-03-120000-night', join(results, 'latest'));
  for (const root of [results, cache.root])
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      const path = join(root, name);
      if (!lstatSync(path).isSymbolicLink()) utimesSync(path, new Date('2026-09-10'), new Date('2026-09-10'));
    }
  const before = process.env['FENCELAB_CACHE'];
  process.env['FENCELAB_CACHE'] = cache.root;
  t.teardown(() => {
    if (before === undefined) delete process.env['FENCELAB_CACHE'];
    else process.env['FENCELAB_CACHE'] = before;
  });
  return { results, cache };
}

t.test('a bisection is kept in a folder without a date, and is ours all the same', async (t) => {
  const results = t.testdir({
    'bisect-linux-0123abcd': { 'state.json': '{ "formatVersion": 1 }' },
    'bisect-linux-notes': { 'state.json': '{ "formatVersion": 1 }' },
    'bisect-linux-4567cdef': { 'mine.txt': 'x' },
  });
  const found = await resultHoldings(results, new Date(), new AbortController().signal);
  t.same(
    found.map(({ name }) => name),
    ['results/bisect-linux-0123abcd'],
  );
});

t.test('a dry run lists, and deletes nothing', async (t) => {
  const { results, cache } = await place(t);
  const before = readdirSync(results);
  const said = await inProcess(['clean', '--older', '1d', '--folder', results, '--dry-run']);
  t.equal(said.exitCode, 0, said.stderr);
  t.match(said.stdout, /results\/2026-09-01-120000-5\.10-patched-fast/);
  t.match(said.stdout, /images\/k1/);
  t.match(said.stdout, /Would delete 4 of them, 3 MB of 3 MB\./);
  t.same(readdirSync(results), before);
  t.ok(existsSync(cache.entry('images', 'k1')));
});

t.test('runs, searches and nights go, and nothing else does', async (t) => {
  const { results, cache } = await place(t);
  const said = await inProcess(['clean', '--older', '1d', '--results', '--folder', results]);
  t.equal(said.exitCode, 0, said.stderr);
  t.match(said.stdout, /Deleted 3 of them/);
  t.same(readdirSync(results).sort(), [
    '2026-09-04-120000-odd',
    '2026-09-05-120000-link',
    '2026-10-01-120000-notes',
    'mine.txt',
  ]);
  t.ok(
    existsSync(join(results, '2026-09-05-120000-link', 'run.json')),
    'what a link leads to is not touched',
  );
  t.ok(existsSync(join(cache.entry('images', 'k1'), 'vmlinux')), 'the cache was not meant');
  const again = await inProcess(['clean', '--older', '1d', '--results', '--folder', results]);
  t.match(again.stdout, /Nothing to delete/);
});

t.test('a run that is under way, and an entry that is locked, stay', async (t) => {
  const { results, cache } = await place(t);
  const running = join(results, '2026-09-01-120000-5.10-patched-fast');
  writeFileSync(join(running, 'console.log'), 'now');
  const path = cache.lockOf('images', 'k1');
  const options = { what: 'k1', progress: silent, signal: new AbortController().signal };
  await withLock(path, options, async () => {
    const said = await inProcess(['clean', '--keep', '1k', '--folder', results]);
    t.equal(said.exitCode, 0, said.stderr);
    t.match(said.stdout, /stays: images\/k1: another run is at work on it/);
    t.match(said.stdout, /stays: results\/2026-09-01-120000-5\.10-patched-fast: written to/);
    t.match(said.stdout, /Deleted 2 of them/);
  });
  t.ok(existsSync(running));
  const said = await inProcess(['clean', '--keep', '1k', '--cache']);
  t.match(said.stdout, /Deleted 1 of them/);
  t.equal(
    readlinkSync(join(results, 'latest')),
    '2026-09-01-120000-5.10-patched-fast',
    'the newest that is left',
  );
  t.notOk(existsSync(cache.entry('images', 'k1')));
});

t.test('what a killed run has left goes, and a half-deleted run too', async (t) => {
  const { results, cache } = await place(t);
  const left = join(cache.root, 'images', '.k2.4711');
  mkdirSync(left);
  utimesSync(left, new Date('2026-09-10'), new Date('2026-09-10'));
  const half = join(results, '.fencelab-deleted-2026-01-01-120000-x');
  mkdirSync(half);
  const said = await inProcess(['clean', '--older', '9000d', '--folder', results]);
  t.match(said.stdout, /left over/);
  t.match(said.stdout, /Deleted 2 of them/);
  t.notOk(existsSync(left) || existsSync(half));
  t.equal(readFileSync(join(results, 'mine.txt'), 'utf8'), 'x');
});

t.test('what makes no sense is refused with the reason', async (t) => {
  const { results } = await place(t);
  for (const [args, message] of [
    [[], /wants to be told what is too old or too much/],
    [['--older', '30'], /30 of what\? Write a unit/],
    [['--keep', 'lots'], /Write a number and a unit/],
    [['--keep', '-1G'], /--keep|unit/],
    [
      ['--older', '30d', '--cache'],
      /--folder says where results are, and --cache alone is not about results/,
    ],
  ] as const) {
    const said = await inProcess(['clean', '--folder', results, ...args]);
    t.equal(said.exitCode, 2);
    t.match(said.stderr, message);
  }
});
