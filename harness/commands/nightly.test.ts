// SPDX-License-Identifier: MIT
// The commands as people type them, on kernels that cannot be tested: what guests say is in nightly.guest.ts.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { projectRoot } from '../folders.js';
import { FAKE_FILES, writeTree } from '../kernel/testing/fake-kernel.js';
import { cellOf, nightOf } from '../nightly/testing/nights.js';
import { parseNight } from '../report/night-json.js';
import type { Night } from '../result/night.js';
import { readNight } from './night-plan.js';
import { shardOf } from './nightly.js';
import { fencelab } from './testing/cli.js';
import { inProcess } from './testing/in-process.js';

t.setTimeout(600_000); // real processes, on machines that may be busy

const nightIn = (folder: string): Night =>
  parseNight(readFileSync(join(folder, 'night.json'), 'utf8'), folder);

/** A folder with a night's file, a history and a cache of its own, and the commands in it. */
async function lab(t: Test, toml: string) {
  const root = t.testdir({ 'n.toml': toml });
  const env = { FENCELAB_STATE: join(root, 'state'), FENCELAB_CACHE: join(root, 'cache'), CI: '' };
  const run = async (...args: string[]) => {
    const [before, folder] = [{ ...process.env }, process.cwd()];
    Object.assign(process.env, env);
    process.chdir(root);
    try {
      const { exitCode, stdout, stderr } = await inProcess(args);
      return { exitCode, stdout: stdout.trimEnd(), stderr, output: stdout + stderr };
    } finally {
      process.chdir(folder);
      process.env = before;
    }
  };
  /** In a process of its own: two at once. */
  const start = (...args: string[]) => fencelab(args, { cwd: root, env });
  return { root, run, start };
}

const GONE = `[kernels.gone]
kernel = "no/such/tree"
[kernels.broken]
kernel = "linux"
[[matrix]]
kernels = ["gone", "broken"]
`;

t.test('the files in ci are good', async (t) => {
  const nightly = readNight(join(projectRoot, 'ci', 'nightly.toml')).plan;
  t.ok(nightly.cells.length > 10);
  const kernels = new Set(nightly.cells.map(({ id }) => id.split('/')[0]));
  for (const kernel of ['debian:5.10+series', 'debian:6.1', 'debian:6.12', 'debian:7.3'])
    t.ok(kernels.has(kernel), kernel);
  t.equal(readNight(join(projectRoot, 'ci', 'nightly-small.toml')).plan.cells.length, 2);
});

t.test('--shard is I/N', async (t) => {
  t.same(shardOf('2/4'), { index: 2, of: 4 });
  for (const text of ['0/4', '5/4', '1', '1/0', 'a/b', '1/2/3', '-1/2', '1/9999', ' 1/2'])
    t.throws(() => shardOf(text), text);
});

t.test('cells that cannot be tested do not stop the others, and say why', async (t) => {
  const { root, run } = await lab(t, GONE);
  const files = { ...FAKE_FILES, 'drivers/dma-buf/dma-buf.c': '#error\n' };
  await writeTree(join(root, 'linux'), files);
  const night = join(root, 'night');
  const first = await run('nightly', 'n.toml', '--results', 'night');
  t.equal(first.exitCode, 125, 'exit status', { output: first.output.slice(-3000) });
  t.match(
    first.stdout,
    /cell 1\/2: gone[\s\S]*cell 2\/2: broken[\s\S]*\nNOTHING WAS TESTED: 2 cells: 2 could not be tested\nresults: {2}night$/,
  );
  t.match(first.stdout, /dma-buf\.c:1:2: error: #error seen/, 'what the compiler said');
  t.match(nightIn(night), {
    name: 'n',
    shards: { of: 1, here: [1] },
    cells: [
      { id: 'gone/fast/2d/check', verdict: 'untestable', reason: /no such file or folder/, tests: [] },
      { id: 'broken/fast/2d/check', verdict: 'untestable', reason: /does not build|not compile|failed/ },
    ],
  });
  const history = await run('history');
  t.match(history.stdout, /n: 1 night[\s\S]*0\/2[\s\S]*gone\/fast\/2d\/check {4}u {2}/);

  const again = await run('nightly', 'n.toml', '--results', 'night', '--time', '1s');
  t.equal(again.exitCode, 125);
  t.match(again.stdout, /0 of 2 cells taken over/, 'a cell that could not be tested is tried again');
  t.match(nightIn(night).cells[0], { verdict: 'notrun', reason: /^it takes 60 s, and of --time were left/ });

  for (const [args, words] of [
    [['--shard', '1/2'], /night has shard 1 of 1, and this is shard 1 of 2/],
    [['--history', 'n.toml'], /n\.toml is damaged/],
  ] as const) {
    const refused = await run('nightly', 'n.toml', '--results', 'night', ...args);
    t.equal(refused.exitCode, 2);
    t.match(refused.stderr, words);
  }
  t.equal(readFileSync(join(root, 'n.toml'), 'utf8'), GONE);
  writeFileSync(join(root, 'm.toml'), GONE);
  t.match(
    (await run('nightly', 'm.toml', '--results', 'night')).stderr,
    /has the night "n", and this is "m"/,
  );
});

t.test(
  'a misnamed file of expectations, and one with an error, end it before anything is done',
  async (t) => {
    const { root, run } = await lab(t, `${GONE}`);
    mkdirSync(join(root, 'expectations'));
    const file = join(root, 'expectations', 'gone-fast-fail.txt');
    writeFileSync(file, 'import\n');
    t.match(await run('nightly', 'n.toml'), {
      exitCode: 2,
      stderr: /gone-fast-fail\.txt: the name of a file of expectations ends in/,
    });
    rmSync(file);
    writeFileSync(join(root, 'expectations', 'gone-fast-fails.txt'), 'import\nexport and import\n');
    t.match(await run('nightly', 'n.toml'), {
      exitCode: 2,
      stderr: /expectations\/gone-fast-fails\.txt, line 2: /,
    });
  },
);

t.test('two shards that run at once on one cache build a kernel once', async (t) => {
  const { root, run, start } = await lab(
    t,
    '[kernels.fake]\nkernel = "linux"\n[[matrix]]\nkernels = "fake"\ngpus = ["2d", "none"]\n',
  );
  const files = { ...FAKE_FILES, 'drivers/dma-buf/slow.c': 'SLOW\n' };
  await writeTree(join(root, 'linux'), {
    ...files,
    Makefile: (FAKE_FILES['Makefile'] ?? '').replace('sleep 30', 'sleep 3'),
  });
  const shards = await Promise.all(
    [1, 2].map((n) => start('nightly', 'n.toml', '--shard', `${n}/2`, '--results', `part${n}`)),
  );
  for (const shard of shards)
    t.equal(shard.exitCode, 125, 'exit status', { output: shard.output.slice(-3000) });
  t.equal(readdirSync(join(root, 'cache', 'images')).length, 1);
  const [slot = ''] = readdirSync(join(root, 'cache', 'sources')).filter((name) => !name.startsWith('.'));
  const log = readFileSync(join(root, 'cache', 'sources', slot, 'build-fast.log'), 'utf8');
  t.equal([...log.matchAll(/CC {6}drivers\/dma-buf\/slow\.o/g)].length, 1, 'compiled once', { log });
  const merged = await run('merge', 'part2', 'part1', '--into', 'all');
  t.equal(merged.exitCode, 125);
  t.match(
    nightIn(join(root, 'all')).cells.map(({ verdict, shard }) => [verdict, shard]),
    [
      ['untestable', 1],
      ['untestable', 2],
    ],
  );
});

/** A part of a night as a shard leaves it, with a run in it. */
function writePart(root: string, index: number, word = 'pass'): void {
  const startedAt = '2026-11-24T01:00:00.000Z';
  const cells = ['a/fast/2d/check', 'b/fast/2d/check'].map((id, at) => {
    const folder = `cells/${id.replaceAll('/', '-')}/run`;
    return at + 1 === index
      ? cellOf(id, { 'import@x': word }, { shard: at + 1, startedAt, folder })
      : cellOf(id, {}, { shard: at + 1, verdict: 'missing', reason: `shard ${at + 1} of 2 is not here` });
  });
  const folder = join(root, `part${index}`);
  const own = cells[index - 1];
  mkdirSync(join(folder, own?.folder ?? '', 'guest-0'), { recursive: true });
  writeFileSync(join(folder, own?.folder ?? '', 'guest-0', 'console.log'), `of part ${index}`);
  symlinkSync('/etc/passwd', join(folder, own?.folder ?? '', 'elsewhere'));
  writeFileSync(
    join(folder, 'night.json'),
    JSON.stringify(nightOf(cells, { shards: { of: 2, here: [index] }, startedAt })),
  );
}

t.test(
  'merge: parts in any order, what is missing, what came late, and a folder that needs no other',
  async (t) => {
    const { root, run } = await lab(t, '');
    writePart(root, 1);
    writePart(root, 2);
    const one = await run('merge', 'part2', '--into', 'all');
    t.equal(one.exitCode, 1);
    t.match(
      one.stdout,
      /shard 1 of 2 is missing: a\/fast\/2d\/check\n[\s\S]*NOT AS EXPECTED: 2 cells: 1 missing\n/,
    );
    const both = await run('merge', 'part1', 'part1', '--into', 'all', '--html', 'all.html');
    t.match(
      readFileSync(join(root, 'all.html'), 'utf8'),
      /b \(6\.1\.1\) fast, 2d, check/,
      'a page of the whole',
    );
    t.equal(both.exitCode, 0, 'exit status', { output: both.output.slice(-3000) });
    t.match(both.stdout, /\nAS EXPECTED: 2 cells\nresults: {2}all$/);
    rmSync(join(root, 'part1'), { recursive: true });
    rmSync(join(root, 'part2'), { recursive: true });
    const night = nightIn(join(root, 'all'));
    t.same(night.shards, { of: 2, here: [1, 2] });
    for (const [at, { folder = '' }] of night.cells.entries()) {
      t.equal(readFileSync(join(root, 'all', folder, 'guest-0', 'console.log'), 'utf8'), `of part ${at + 1}`);
      t.notOk(existsSync(join(root, 'all', folder, 'elsewhere')), 'links out of a part are not taken along');
    }
    t.match(
      (await run('history')).stdout,
      /nightly: 1 night, newest first\n.*\n2026-11-24 01:00 +2\/2 +2 +0 /,
      'one night, not two',
    );
  },
);

t.test(
  'merge refuses what is no part, what is of another night, and folders with other things in them',
  async (t) => {
    const { root, run } = await lab(t, '');
    writePart(root, 1);
    mkdirSync(join(root, 'thesis'));
    writeFileSync(join(root, 'thesis', 'thesis.tex'), 'years of work');
    mkdirSync(join(root, 'bad'));
    writeFileSync(join(root, 'bad', 'night.json'), '{"formatVersion": 1');
    const other = nightIn(join(root, 'part1'));
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other', 'night.json'), JSON.stringify({ ...other, plan: 'b'.repeat(64) }));
    for (const [args, words] of [
      [['nowhere', '--into', 'all'], /there is no folder nowhere/],
      [['thesis', '--into', 'all'], /thesis has no night\.json/],
      [['bad', '--into', 'all'], /night\.json, line 1: this is not JSON/],
      [
        ['part1', 'other', '--into', 'all'],
        /part1 and other are not parts of one night: they were planned differently/,
      ],
      [['part1', '--into', './part1'], /--into \.\/part1 is one of the parts/],
      [['part1', '--into', 'thesis'], /--into thesis has other things in it: thesis\.tex/],
      [['part1', '--into', 'n.toml'], /--into n\.toml is not a folder/],
      [['part1'], /required option '--into/],
      [['part1', '--into', 'all', '--html', 'no/page.html'], /a report cannot be written to no\/page\.html/],
    ] as const) {
      const refused = await run('merge', ...args);
      t.equal(refused.exitCode, 2, args.join(' '));
      t.match(refused.stderr, words);
    }
    t.same(readdirSync(join(root, 'thesis')), ['thesis.tex']);
    t.notOk(existsSync(join(root, 'all', 'night.json')));
  },
);

t.test('history says what there is not', async (t) => {
  const { root, run } = await lab(t, '');
  t.match(await run('history'), { exitCode: 2, stderr: /there is no history yet/ });
  writePart(root, 1, 'fail');
  await run('merge', 'part1', '--into', 'all');
  t.match(await run('history', '--night', 'nightyl'), {
    exitCode: 2,
    stderr: /there was no night "nightyl"; is "nightly" meant\?/,
  });
  t.match(await run('history', '--test', 'import'), {
    exitCode: 2,
    stderr: /no night of these had a test "import"\nSome that are like it: import@x/,
  });
  t.match(await run('history', '--test', 'import@x'), {
    exitCode: 0,
    stdout: /a\/fast\/2d\/check {2}F +- +2026-11-24 fail$/,
  });
});
