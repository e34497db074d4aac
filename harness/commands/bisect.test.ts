// SPDX-License-Identifier: MIT
// Real git and the real command; only what says whether a kernel holds is made up: testing/bisect-fake.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { bisectLab, seen } from './testing/bisect-lab.js';

t.setTimeout(600_000); // real processes, on machines that may be busy

t.test('the first bad commit is found, and the checkout is as it was', async (t) => {
  const words = [
    'holds',
    'holds',
    'holds',
    'skip',
    'skip',
    'holds',
    'fails x',
    'skip',
    'fails x',
    'fails x',
    'fails x',
  ];
  const { root, history, at, range, bisect, judged, folder } = await bisectLab(t, words);
  // A bisection of the user's own, with its own good and bad, and work that is not committed
  await history.git('bisect', 'start', at(11), at(2));
  history.write({ verdict: 'being edited\n', 'new file': 'new\n' });
  // And a hook that leaves something behind
  const hook = join(history.folder, '.git/hooks/post-checkout');
  await writeFile(hook, `#!/bin/sh\ntouch ${join(root, 'hooked')}\n`, { mode: 0o755 });
  await history.git('status');
  const before = await seen(history);
  const done = await bisect(range);
  t.notOk(existsSync(join(root, 'hooked')), 'hooks are not run');
  t.equal(done.exitCode, 0, done.output);
  t.match(
    done.stdout,
    new RegExp(`${at(7)} is the first bad commit\n  commit 7\n  A Developer <a@example.org>, 2026-01`),
  );
  t.match(done.stdout, /how it fails: import@one: P1: t0 is lost\n {2}b0: t0 is lost\n {4}slots: none\n/);
  t.match(done.stdout, /\nFOUND\n/);
  t.same(await seen(history), before, 'every byte that is not an object');
  const ids = judged().map((line) => line.split(' ')[0]);
  t.same(ids.slice(0, 2), [at(11), at(1)], 'both ends come first');
  t.equal(new Set(ids).size, ids.length, 'nothing is judged twice');
  t.ok(ids.length < 9, `${ids.length} of 11`);
  const skips = judged().filter((line) => line.includes('skip')).length;
  if (skips > 0) t.match(done.stdout, /commit [458]: it does not build\n/);
  t.match(readFileSync(join(folder(), 'report.txt'), 'utf8'), /is the first bad commit/);

  // git's own replay comes to the same
  await history.git('reset', '-q', '--hard');
  await history.git('bisect', 'reset');
  const replayed = await history.git('bisect', 'replay', join(folder(), 'bisect.log'));
  t.match(replayed, new RegExp(`${at(7)} is the first bad commit`));
});

t.test('where all between is skipped, the candidates are listed', async (t) => {
  const { at, range, bisect, folder } = await bisectLab(t, ['holds', 'skip', 'skip', 'skip', 'fails x']);
  const done = await bisect(range);
  t.equal(done.exitCode, 1, done.output);
  t.match(done.stdout, /One of these 4 is the first bad commit/);
  for (const n of [2, 3, 4, 5]) t.match(done.stdout, new RegExp(`  ${at(n)} commit ${n}\n`));
  t.match(done.stdout, /3 could not be tested:\n/);
  t.match(done.stdout, /NOT NARROWED DOWN TO ONE/);
  t.match(readFileSync(join(folder(), 'bisect.log'), 'utf8'), /# only skipped commits left to test/);
});

t.test('ends that are not what the user says', async (t) => {
  const { at, range, bisect, history, root } = await bisectLab(t, [
    'holds',
    'fails x',
    'skip',
    'holds',
    'fails x',
  ]);
  const rows = [
    { options: { good: at(2), bad: at(5) }, status: 2, says: /The good end, \w+, fails: import@one: P1/ },
    {
      options: { good: at(1), bad: at(4) },
      status: 2,
      says: /The bad end, \w+, holds: nothing of what was asked/,
    },
    {
      options: { good: at(3), bad: at(5) },
      status: 125,
      says: /The good end, \w+, could not be tested: it does not build/,
    },
    { options: { good: at(1), bad: at(3) }, status: 125, says: /The bad end, \w+, could not be tested/ },
    { options: { good: at(1), bad: at(1) }, status: 2, says: /are the same commit/ },
    { options: { good: 'v9.9', bad: at(5) }, status: 2, says: /--good v9\.9: .* has no such commit/ },
    { options: { good: '--all', bad: at(5) }, status: 2, says: /no such commit/ },
    { options: { repo: join(root, 'nowhere') }, status: 2, says: /there is no such folder/ },
    { options: { repo: '/' }, status: 2, says: /git finds no repository there/ },
    { options: { path: ['no/such'] }, status: 2, says: /no commit touches no\/such/ },
    { options: { termOld: 'reset' }, status: 2, says: /--term-old reset: it is a command of git bisect/ },
    { options: { termOld: 'bad' }, status: 2, says: /both "bad"/ },
    { options: { bad: undefined }, status: 2, says: /--bad is missing/ },
    { options: { rate: 0.1, runs: 3 }, status: 2, says: /exclude each other/ },
    { options: { confidence: 0.9 }, status: 2, says: /--confidence needs --rate/ },
    { options: { series: 'x' }, status: 2, says: /--good is not for a search with --series|exclude/ },
  ];
  await history.git('status');
  const before = await seen(history);
  for (const { options, status, says } of rows) {
    const done = await bisect({ ...range, ...options });
    t.equal(done.exitCode, status, JSON.stringify(options));
    t.match(done.output, says);
    t.notMatch(done.output, /fencelab bug|\n\s+at /);
  }
  t.same(await seen(history), before);
});

t.test(
  'where the good commit is the later one, the fix is found; git knows it by the words given',
  async (t) => {
    const { at, range, bisect, folder } = await bisectLab(t, [
      'fails x',
      'fails x',
      'fails x',
      'holds',
      'holds',
      'holds',
    ]);
    const options = { repo: range.repo, good: at(6), bad: at(1) };
    const done = await bisect(options);
    t.equal(done.exitCode, 0, done.output);
    t.match(done.stdout, new RegExp(`${at(4)} is the first fixed commit`));
    t.match(done.stdout, /how it fails: import@one/, 'as it was before');
    const named = await bisect({ ...options, termOld: 'slow', termNew: 'fast' });
    t.match(named.stdout, new RegExp(`${at(4)} is the first fast commit`));
    const logs = readdirSync(join(folder(), '..')).map((name) =>
      readFileSync(join(folder(), '..', name, 'bisect.log'), 'utf8'),
    );
    t.ok(logs.some((log) => /^# slow: \[/m.test(log) && /^# first fast commit: \[/m.test(log)));
  },
);

t.test('only the first parents, and only some paths', async (t) => {
  const { history, bisect } = await bisectLab(t);
  const good = await history.commit('begin', { verdict: 'holds\n' });
  await history.git('checkout', '-q', '-b', 'side');
  const side = [
    await history.commit('side 1', { a: '1\n' }),
    await history.commit('side 2', { verdict: 'fails x\n' }),
    await history.commit('side 3', { a: '2\n' }),
  ];
  await history.git('checkout', '-q', 'main');
  await history.commit('main 1', { b: '1\n' });
  await history.git('merge', '-q', '--no-ff', '-m', 'merge side', 'side');
  const merge = await history.git('rev-parse', 'HEAD');
  const bad = await history.commit('main 2', { b: '2\n' });
  const range = { repo: history.folder, good, bad };
  t.match((await bisect(range)).stdout, new RegExp(`${side[1]} is the first bad commit`));
  t.match(
    (await bisect({ ...range, firstParent: true })).stdout,
    new RegExp(`${merge} is the first bad commit`),
  );
  const limited = await bisect({ ...range, path: ['verdict'] });
  t.match(limited.stdout, /of 1 commit from/);
  t.match(limited.stdout, new RegExp(`${side[1]} is the first bad commit`));
});

t.test('in a bare repository, and beside a worktree of the user', async (t) => {
  const { history, range, at, bisect, root } = await bisectLab(t, ['holds', 'holds', 'fails x', 'fails x']);
  const bare = join(root, 'bare.git');
  await history.git('clone', '-q', '--bare', history.folder, bare);
  t.match((await bisect({ ...range, repo: bare })).stdout, new RegExp(`${at(3)} is the first bad commit`));
  await history.git('worktree', 'add', '-q', join(root, 'other'), at(2));
  const before = await seen(history);
  t.match(
    (await bisect({ ...range, repo: join(root, 'other') })).stdout,
    new RegExp(`${at(3)} is the first bad commit`),
  );
  t.same(await seen(history), before, 'the other worktree is still there');
});
