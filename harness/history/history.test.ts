// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import t from 'tap';
import { cellOf, nightOf, testOf } from '../nightly/testing/nights.js';
import { silent } from '../progress/progress.js';
import type { Night } from '../result/night.js';
import { changeHistory, readHistory } from './open.js';
import { cellTimes, lastNights, nightNames, nightsBefore } from './past.js';
import { recordNight } from './record.js';

t.setTimeout(180_000); // real processes, on machines that may be busy

const means = { progress: silent, signal: new AbortController().signal };
const note = (file: string, night: Night) => changeHistory(file, means, (db) => recordNight(db, night));
const names = (file: string) => readHistory(file, means, nightNames);

/** A night of one cell that began on this day. */
function night(day: number, more: Partial<Night> = {}): Night {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T01:00:00.000Z`;
  const tests = {
    'import@a': testOf('import@a', 'fail', { why: 'P1: lost; "quotes\' and \u0000 more' }),
    'import@b': testOf('import@b', 'flaked', { runs: { of: 3, passed: 1 } }),
    'import@c': 'pass',
  };
  const cell = cellOf('debian:6.1/fast/2d/check', tests, {
    startedAt,
    coverage: { reached: 5, of: 9 },
    milliseconds: 1000 * day,
  });
  return nightOf([cell, cellOf('x', {}, { verdict: 'missing', reason: 'shard 2 of 2 is not here' })], {
    startedAt,
    ...more,
  });
}

t.test('what is noted is read back as it was', async (t) => {
  const file = join(t.testdir(), 'deep', 'er', 'history.sqlite');
  t.equal(await readHistory(file, means, nightNames), undefined, 'there is none yet, and reading makes none');
  await note(file, night(1));
  await note(file, night(2));
  await note(file, night(3, { name: 'other' }));
  const found = await readHistory(file, means, (db) => lastNights(db, 'nightly', 10));
  t.same(
    found?.map(({ startedAt }) => startedAt.slice(0, 10)),
    ['2026-11-02', '2026-11-01'],
    'newest first',
  );
  const [last] = found ?? [];
  const cell = last?.cells.get('debian:6.1/fast/2d/check');
  t.match(cell, {
    verdict: 'fails',
    release: '6.1.1',
    kernelKey: 'k1',
    coverage: { reached: 5, of: 9 },
    ops: 10,
  });
  t.match(cell?.tests.get('import@a'), { outcome: 'fail', judged: 'failed', milliseconds: 100 });
  t.same(cell?.tests.get('import@b')?.runs, { of: 3, passed: 1 });
  t.equal(cell?.tests.size, 3);
  t.match(last?.cells.get('x'), { verdict: 'missing', reason: 'shard 2 of 2 is not here' });
  t.same(await names(file), [
    { name: 'other', nights: 1 },
    { name: 'nightly', nights: 2 },
  ]);
  t.same(await readHistory(file, means, (db) => [...cellTimes(db, 'nightly', 5)]), [
    ['debian:6.1/fast/2d/check', [2000, 1000]],
  ]);
  t.same(readdirSync(join(file, '..')), ['history.sqlite'], 'and nothing is left beside it');
});

t.test('only nights before a night are its past, and it is not its own', async (t) => {
  const file = join(t.testdir(), 'h.sqlite');
  for (const day of [1, 2, 3, 5]) await note(file, night(day));
  const before = (one: Night) =>
    readHistory(file, means, (db) => nightsBefore(db, one, 2).map(({ startedAt }) => startedAt.slice(8, 10)));
  t.same(await before(night(4)), ['03', '02']);
  t.same(await before(night(3)), ['02', '01']);
  t.same(await before(night(9, { name: 'other' })), []);
});

t.test('a night that is noted again, with a part that came late, is one night', async (t) => {
  const file = join(t.testdir(), 'h.sqlite');
  await note(file, night(1));
  const late = night(1);
  const other = cellOf('x', { 'import@a': 'pass' }, { startedAt: '2026-10-31T23:00:00.000Z' });
  await note(file, {
    ...late,
    startedAt: '2026-10-31T23:00:00.000Z',
    cells: [...late.cells.slice(0, 1), other],
  });
  const found = await readHistory(file, means, (db) => lastNights(db, 'nightly', 10));
  t.equal(found?.length, 1);
  t.equal(found?.[0]?.cells.get('x')?.verdict, 'holds');
});

t.test('a file that is no history, or damaged, or of a later version is left as it is', async (t) => {
  const folder = t.testdir();
  const whole = join(folder, 'whole.sqlite');
  for (let day = 1; day < 20; day++) await note(whole, night(day));
  const bytes = readFileSync(whole);
  const later = join(folder, 'later.sqlite');
  writeFileSync(later, bytes);
  const db = new sqlite.Database(later);
  db.exec('PRAGMA user_version = 99');
  db.close();
  const foreign = join(folder, 'foreign.sqlite');
  const theirs = new sqlite.Database(foreign);
  theirs.exec('CREATE TABLE nights (precious TEXT)');
  theirs.close();
  const torn = Buffer.from(bytes);
  torn.fill(0xa5, 4096, bytes.length - 100);
  const rows: [string, Uint8Array, RegExp][] = [
    ['text', Buffer.from('years of work\n'.repeat(100)), /is damaged: .*not a database/],
    ['short', bytes.subarray(0, 5000), /is damaged/],
    ['torn', torn, /is damaged/],
    ['empty', Buffer.alloc(0), /is a SQLite file of something else/],
    ['later', readFileSync(later), /was written by a later fencelab \(format 99/],
    ['foreign', readFileSync(foreign), /is a SQLite file of something else/],
  ];
  for (const [name, content, words] of rows) {
    const file = join(folder, `${name}.db`);
    writeFileSync(file, content);
    await t.rejects(note(file, night(30)), { exitCode: 2, message: words }, `${name}, written`);
    await t.rejects(
      names(file),
      { exitCode: 2, message: words, remedy: /mv |another one|another file/ },
      `${name}, read`,
    );
    t.ok(readFileSync(file).equals(content), `${name} was not changed`);
  }
  t.same(
    readdirSync(folder).filter((name) => /tmp|lock|journal/.test(name)),
    [],
  );
});

t.test('a folder is refused, and so is one that cannot be written', async (t) => {
  const folder = t.testdir({ file: '' });
  await t.rejects(names(folder), { exitCode: 2, message: /is not a file/ });
  await t.rejects(note(join(folder, 'file', 'h.sqlite'), night(1)), {
    exitCode: 2,
    message: /cannot be written/,
  });
});

t.test('what fails in the middle changes nothing', async (t) => {
  const file = join(t.testdir(), 'h.sqlite');
  await note(file, night(1));
  const before = readFileSync(file);
  await t.rejects(
    changeHistory(file, means, (db) => {
      recordNight(db, night(2));
      throw new Error('full');
    }),
    { message: 'full' },
  );
  t.ok(readFileSync(file).equals(before));
  await note(file, night(2));
  t.same(await names(file), [{ name: 'nightly', nights: 2 }]);
});

t.test('a lock that SQLite left behind when it was killed is no lock', async (t) => {
  const file = join(t.testdir(), 'h.sqlite');
  await note(file, night(1));
  mkdirSync(`${file}.lock`);
  t.same(await names(file), [{ name: 'nightly', nights: 1 }]);
});

t.test('a link to a history stays one', async (t) => {
  const folder = t.testdir();
  await note(join(folder, 'real.sqlite'), night(1));
  symlinkSync('real.sqlite', join(folder, 'link.sqlite'));
  await note(join(folder, 'link.sqlite'), night(2));
  t.same(await names(join(folder, 'real.sqlite')), [{ name: 'nightly', nights: 2 }]);
});

/** Another process that notes `count` nights of a name. */
function writer(file: string, name: string, count: number) {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { changeHistory } from ${url('./open.js')};
    import { recordNight } from ${url('./record.js')};
    const progress = { stage: () => ({ update() {}, end() {}, fail() {} }), say() {} };
    const signal = new AbortController().signal;
    const night = JSON.parse(process.argv[1]);
    for (let n = 0; n < ${count}; n++) {
      const startedAt = new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
      const cells = night.cells.map((cell) => ({ ...cell, startedAt }));
      await changeHistory(${JSON.stringify(file)}, { progress, signal }, (db) => recordNight(db, { ...night, startedAt, cells }));
      console.log(n);
    }`;
  const args = ['--input-type=module', '-e', script, JSON.stringify(night(1, { name }))];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

t.test('two processes that write at once lose nothing', async (t) => {
  const file = join(t.testdir(), 'h.sqlite');
  const both = [writer(file, 'one', 6), writer(file, 'two', 6)];
  for (const child of both) child.stdout.resume();
  t.same(await Promise.all(both.map(async (child) => (await once(child, 'exit'))[0])), [0, 0]);
  t.same(
    (await names(file))?.sort((a, b) => (a.name < b.name ? -1 : 1)),
    [
      { name: 'one', nights: 6 },
      { name: 'two', nights: 6 },
    ],
  );
});

t.test('a process that is killed while it writes costs nothing that was there', async (t) => {
  const file = join(t.testdir(), 'h.sqlite');
  await note(file, night(1));
  const child = writer(file, 'one', 1000);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await note(file, night(2));
  t.match(
    (await names(file))?.find(({ name }) => name === 'nightly'),
    { nights: 2 },
  );
});
