// SPDX-License-Identifier: MIT
// `fencelab report` as a user runs it, on folders as check and nightly leave them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { projectRoot } from '../folders.js';
import { mixedNight } from '../report/testing/night-sample.js';
import { allNodes, readXml } from '../report/testing/read-junit.js';
import { readTap } from '../report/testing/read-tap.js';
import { mixed } from '../report/testing/sample.js';
import type { ReportFiles } from './report.js';
import { report } from './report-files.js';
import { sourceLines } from './source-lines.js';
import { fencelab } from './testing/cli.js';

t.setTimeout(300_000);

const night = JSON.stringify(mixedNight);
const run = JSON.stringify(mixed);
const FORMATS = ['junit', 'tap', 'kcidb', 'gitlab', 'mail'];

t.test('all formats at once, of a night and of a run', async (t) => {
  const folder = t.testdir({ night: { 'night.json': night }, run: { 'results.json': run } });
  for (const [name, tests] of [['night', 9] as const, ['run', mixed.results.length] as const]) {
    const file = (format: string): string => join(folder, `${name}.${format}`);
    const options = FORMATS.flatMap((format) => [`--${format}`, file(format)]);
    const { exitCode, output } = await fencelab(['report', join(folder, name), ...options]);
    t.equal(exitCode, 0, output);
    const text = (format: string): string => readFileSync(file(format), 'utf8');
    t.ok(allNodes(readXml(text('junit')), 'testcase').length > tests);
    t.same(readTap(text('tap')).problems, []);
    const kcidb: { version: unknown; tests: unknown[] } = JSON.parse(text('kcidb'));
    t.match(kcidb, { version: { major: 5 } });
    t.ok(kcidb.tests.length > tests);
    t.match(JSON.parse(text('gitlab'))[0], { location: { path: /^vm-images\/guest\/tests\/\w+\.c$/ } });
    t.match(text('mail'), /^Subject: \[fencelab\] /);
  }
});

t.test('one of them to standard output, and nothing else there', async (t) => {
  const folder = t.testdir({ 'night.json': night });
  const kcidb = await fencelab(['report', folder, '--kcidb', '-', '--kcidb-origin', 'my_lab']);
  t.match(JSON.parse(kcidb.stdout), { checkouts: [{ origin: 'my_lab', id: /^my_lab:/ }] });
});

t.test('without a format the summary is shown again', async (t) => {
  const folder = t.testdir({ night: { 'night.json': night }, run: { 'results.json': run } });
  t.match((await fencelab(['report', join(folder, 'night')])).stdout, /NOT AS EXPECTED/);
  t.match((await fencelab(['report', join(folder, 'run')])).stdout, /FAILS: 7 subtests are red/);
});

t.test('what cannot be done is refused, and nothing is written', async (t) => {
  const folder = t.testdir({
    night: { 'night.json': night },
    broken: { 'night.json': '{' },
    other: { 'night.json': '{"formatVersion":2}' },
    empty: {},
  });
  const wrong: readonly (readonly [string, Partial<ReportFiles>, RegExp])[] = [
    ['none', {}, /there is no folder/],
    ['empty', {}, /no night\.json and no results\.json/],
    ['broken', {}, /is not JSON/],
    ['other', {}, /night\.json, line 1: formatVersion/],
    ['night', { tap: '-', mail: '-' }, /--tap and --mail both want standard output/],
    ['night', { junit: join(folder, 'a.xml'), mail: join(folder, 'none', 'x') }, /cannot be written/],
  ];
  for (const [name, options, message] of wrong)
    await t.rejects(report(join(folder, name), { kcidbOrigin: 'fencelab', ...options }), {
      exitCode: 2,
      message,
    });
  const { exitCode, stderr } = await fencelab(['report', join(folder, 'night'), '--kcidb-origin', 'My-Lab']);
  t.match({ exitCode, stderr }, { exitCode: 2, stderr: /small letters, digits/ });
  t.notOk(existsSync(join(folder, 'a.xml')), 'the good one of the two neither');
});

t.test('a remark is on the line that it is about', async (t) => {
  const lines = sourceLines(projectRoot, 'results/night', 'ci/nightly.toml');
  const [cell] = mixedNight.cells;
  const [test] = cell?.tests ?? [];
  if (cell === undefined || test === undefined) throw new Error('the sample has a test');
  const of = (name: string, why: string) => lines.ofTest(cell, { ...test, name, why });
  const at = of('poll@close-imported', 'without a place');
  t.match(at, { path: 'vm-images/guest/tests/poll_close.c' });
  const source = readFileSync(join(projectRoot, at.path), 'utf8').split('\n');
  t.match(source[at.line - 1], /"close-imported"/, 'where it is declared');
  t.same(of('import@x', 'own check: import.c:12: P1: lost'), {
    path: 'vm-images/guest/tests/import.c',
    line: 12,
  });
  t.same(
    of('poll@close-imported', 'own check: rig_check.c:52: P1: lost'),
    at,
    'not in a helper of all tests',
  );
  t.match(of('import@x', 'own check: import.c:999999: no such line'), { path: /tests\/import\.c$/, line: 1 });
  t.match(of('x@y', '../../../etc/passwd.c:1: P1'), { path: 'vm-images/guest/main.c', line: 1 });
  t.match(of('explore@p1-lost', ''), {
    path: `results/night/${cell.folder}/findings/p1-lost/program.prog`,
    line: 1,
  });
});
