// SPDX-License-Identifier: MIT
// A small night on real kernels: two shards, the merge, what is expected, and what is new the night after.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { projectRoot } from '../folders.js';
import { redOf } from '../nightly/cell-result.js';
import { parseSummary } from '../report/json.js';
import { parseNight } from '../report/night-json.js';
import type { Night } from '../result/night.js';
import { fencelab } from './testing/cli.js';

// Kernels may have to be built first.
t.setTimeout(1_500_000);

const NIGHT = `retries = 1
[[matrix]]
kernels = ["debian:5.10+series", "debian:5.10"]
only = ["interface", "export@snapshot-survives-signal", "selftest@pass", "selftest@fail", "selftest@skip"]
minutes = 0.1
`;
/** 5.10 as it is has none of the ioctls, and a test that fails on purpose does so on both. */
const FILES = {
  '5.10+series-fast-fails.txt': 'selftest@fail # on purpose\n',
  '5.10+series-fast-skips.txt': 'selftest@skip # skips by itself\n',
  '5.10-fast-fails.txt': 'selftest@fail\ninterface@export-exists # not before 6.0\n',
  '5.10-fast-flakes.txt': 'interface@import-exists # never seen to pass, in truth\n',
  '5.10-fast-skips.txt': 'selftest@skip # skips by itself\n',
};

const root = t.testdir({ 'small.toml': NIGHT });
const expectations = join(root, 'expectations');
const env = { FENCELAB_STATE: join(root, 'state'), CI: '' };
const run = (...args: string[]) => fencelab(args, { cwd: root, env });
const nightIn = (folder: string): Night =>
  parseNight(readFileSync(join(root, folder, 'night.json'), 'utf8'), folder);
const judged = (night: Night, cell: number, name: string) =>
  night.cells[cell]?.tests.find((test) => test.name === name)?.judged;

mkdirSync(expectations);
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(expectations, name), text);

t.test('two shards and their merge: each cell as it is expected, or not', async (t) => {
  const one = await run('nightly', 'small.toml', '--shard', '1/2', '--results', 'part1');
  t.equal(one.exitCode, 0, 'with the series all is as expected', { output: one.output.slice(-3000) });
  const two = await run('nightly', 'small.toml', '--shard', '2/2', '--results', 'part2');
  t.equal(two.exitCode, 1, 'without it more fails than is expected', { output: two.output.slice(-3000) });
  const merged = await run('merge', 'part2', 'part1', '--into', 'night1');
  t.equal(merged.exitCode, 1, 'exit status', { output: merged.output.slice(-3000) });
  t.match(merged.stdout, /FAIL {2}debian:5\.10\/fast\/2d\/check {2}export@snapshot-survives-signal: /);

  const night = nightIn('night1');
  t.match(night.cells, [
    {
      id: 'debian:5.10+series/fast/2d/check',
      patch: 'series',
      verdict: 'holds',
      shard: 1,
      release: /^5\.10\./,
    },
    { id: 'debian:5.10/fast/2d/check', patch: 'none', verdict: 'fails', shard: 2 },
  ]);
  t.ok((night.cells[0]?.ops ?? 0) > 0);
  t.equal(judged(night, 0, 'selftest@fail'), 'expected-fail');
  t.equal(judged(night, 0, 'selftest@pass'), 'ok');
  t.equal(judged(night, 0, 'interface@export-exists'), 'ok');
  t.equal(judged(night, 1, 'interface@export-exists'), 'expected-fail');
  const flaky = night.cells[1]?.tests.find(({ name }) => name === 'interface@import-exists');
  t.match(flaky, { judged: 'flaked', runs: { of: 2, passed: 0 } }, 'it was tried again');
  t.match(
    night.cells[1]?.tests.find(({ name }) => name === 'selftest@skip'),
    { judged: 'skipped', why: /skips by itself/ },
  );
  for (const { folder = '' } of night.cells) {
    const file = join(root, 'night1', folder, 'results.json');
    const summary = parseSummary(readFileSync(file, 'utf8'), file);
    t.ok(summary.results.length > 0);
    t.ok(existsSync(join(root, 'night1', folder, 'run.json')), 'the run can be repeated from there');
  }
  t.same(night.changes, [], 'there was no night before');
});

t.test('a night that is run again takes over what is done', async (t) => {
  const before = statSync(
    join(root, 'part1', nightIn('part1').cells[0]?.folder ?? '', 'results.json'),
  ).mtimeMs;
  const again = await run('nightly', 'small.toml', '--shard', '1/2', '--results', 'part1');
  t.equal(again.exitCode, 0);
  t.match(again.stdout, /1 of 1 cell taken over from part1/);
  t.equal(
    statSync(join(root, 'part1', nightIn('part1').cells[0]?.folder ?? '', 'results.json')).mtimeMs,
    before,
  );
});

t.test('the night after: what is expected now, what is fixed, what passes and should not', async (t) => {
  const night1 = nightIn('night1');
  const red = redOf(night1.cells[1]?.tests ?? []).map(({ name }) => name);
  t.ok(red.length > 0);
  // Now all that fails is expected to, and one test that passes as well
  const fails = [FILES['5.10-fast-fails.txt'], ...red, 'selftest@pass', 'interface@typo'].join('\n');
  writeFileSync(join(expectations, '5.10-fast-fails.txt'), fails);
  writeFileSync(join(expectations, '5.10+series-fast-fails.txt'), '');
  const second = await run('nightly', 'small.toml', '--results', 'night2');
  t.equal(second.exitCode, 1, 'exit status', { output: second.output.slice(-3000) });
  const night = nightIn('night2');
  t.equal(judged(night, 1, 'selftest@pass'), 'unexpected-pass');
  for (const name of red) t.equal(judged(night, 1, name), 'expected-fail', name);
  t.match(night.changes.map(({ kind, cell, test }) => `${kind} ${cell.split('/')[0]} ${test}`).sort(), [
    'newly failing debian:5.10+series selftest@fail',
    'unexpected pass debian:5.10 selftest@pass',
  ]);
  t.match(
    second.stdout,
    /unexpected pass: debian:5\.10\/fast\/2d\/check {2}selftest@pass: was pass on .*, and is expected to fail/,
  );

  const history = await run('history', '--test', 'selftest@fail');
  t.match(history.stdout, /debian:5\.10\+series\/fast\/2d\/check {2}fF /);
  t.match((await run('history')).stdout, /small: 2 nights/);
});

t.test(
  'Ctrl-C ends a night in order: what was not run is said, and the next run goes on there',
  async (t) => {
    writeFileSync(
      join(root, 'stopped.toml'),
      `[[include]]
kernel = "debian:5.10+series"
only = ["selftest@pass"]
[[include]]
kernel = "debian:5.10+series"
gpu = "none"
only = ["selftest@silent"]
[[include]]
kernel = "debian:5.10+series"
cpus = 2
only = ["selftest@pass"]
`,
    );
    const args = [join(projectRoot, 'bin', 'fencelab.js'), 'nightly', 'stopped.toml', '--results', 'stopped'];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    const second = join(root, 'stopped', 'cells', 'debian-5.10+series-fast-none-check', 'latest', 'guest-0');
    for (let n = 0; n < 6000 && !existsSync(second); n++) await sleep(50);
    child.kill('SIGINT');
    t.same(await exited, [130, null]);
    const night = nightIn('stopped');
    t.match(night.cells, [
      { verdict: 'holds' },
      { verdict: 'notrun', reason: 'interrupted' },
      { verdict: 'notrun', reason: 'interrupted' },
    ]);
    writeFileSync(
      join(root, 'stopped.toml'),
      readFileSync(join(root, 'stopped.toml'), 'utf8').replace('silent', 'pass'),
    );
    const again = await run('nightly', 'stopped.toml', '--results', 'stopped');
    t.equal(again.exitCode, 0, 'exit status', { output: again.output.slice(-3000) });
    t.match(again.stdout, /1 of 3 cells taken over/);
    const whole = nightIn('stopped');
    t.match(whole.cells, [{ verdict: 'holds' }, { verdict: 'holds' }, { verdict: 'holds' }]);
    t.equal(whole.cells[0]?.startedAt, night.cells[0]?.startedAt);
  },
);
