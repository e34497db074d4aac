// SPDX-License-Identifier: MIT
// Real git and the real command; only what says whether a kernel holds is made up: testing/bisect-fake.ts.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { projectRoot } from '../folders.js';
import { run } from '../process/run.js';
import { sha256Text } from '../record/folder.js';
import { History } from './testing/history.js';

t.setTimeout(600_000); // real processes, on machines that may be busy

const FAKE = join(projectRoot, 'dist/harness/commands/testing/bisect-fake.js');

/** A repository and a place for searches of it. */
async function lab(t: Test, words: readonly string[] = []) {
  const root = t.testdir({});
  const history = await History.create(join(root, 'linux'));
  const shas = await history.verdicts(words);
  // git writes an empty file of packed references where there is none, whatever bisection it is
  if (words.length > 0) await history.git('pack-refs', '--all');
  const results = join(root, 'results');
  const log = join(root, 'judged.log');
  const env = { FENCELAB_CACHE: join(root, 'cache'), FAKE_LOG: log, NO_COLOR: '1' };
  const args = (options: object) => [FAKE, JSON.stringify({ results, ...options })];
  const bisect = (options: object, more: Readonly<Record<string, string>> = {}) =>
    run(process.execPath, args(options), { env: { ...env, ...more } });
  const at = (n: number): string => shas[n - 1] ?? '';
  const range = { repo: history.folder, good: at(1), bad: shas.at(-1) ?? '' };
  const judged = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  const folder = () => join(results, readdirSync(results).find((name) => name.startsWith('bisect-')) ?? '');
  return { root, history, shas, at, range, bisect, judged, folder, args, env };
}

/** All that a bisection must not touch: HEAD, index, references, worktrees, what is checked out, settings. */
async function untouched({ folder, git }: { folder: string; git: History['git'] }): Promise<unknown> {
  const files = readdirSync(join(folder, '.git'), { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('objects'))
    .sort();
  const bytes = (name: string): string => {
    try {
      return sha256Text(readFileSync(join(folder, '.git', name), 'latin1')).slice(0, 8);
    } catch {
      return 'a folder';
    }
  };
  const content = files.map((name) => [name, bytes(name)]);
  return { content, status: await git('status', '--porcelain'), refs: await git('for-each-ref') };
}

const seen = (history: History) =>
  untouched({ folder: history.folder, git: (...args) => history.git(...args) });

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
  const { root, history, at, range, bisect, judged, folder } = await lab(t, words);
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

t.test('the same command again shows what was found, --restart searches anew', async (t) => {
  const { range, bisect, judged } = await lab(t, ['holds', 'holds', 'fails x', 'fails x']);
  t.equal((await bisect(range)).exitCode, 0);
  const first = judged().length;
  const again = await bisect(range);
  t.equal(again.exitCode, 0);
  t.match(again.stdout, /goes on from an earlier search/);
  t.match(again.stdout, /is the first bad commit\n {2}commit 3\n/);
  t.equal(judged().length, first, 'nothing is judged again');
  t.equal((await bisect({ ...range, restart: true })).exitCode, 0);
  t.equal(judged().length, 2 * first);
});

for (const [signal, status] of [
  ['SIGKILL', null],
  ['SIGINT', 130],
] as const)
  t.test(`a search that ${signal} ended goes on where it was`, async (t) => {
    const words = Array.from({ length: 40 }, (_, n) => (n < 23 ? 'holds' : 'fails x'));
    const { history, at, range, judged, bisect, args, env, folder } = await lab(t, words);
    await history.git('status');
    const before = await seen(history);
    const child = spawn(process.execPath, args(range), {
      env: { ...process.env, ...env, FAKE_SLOW: '300' },
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    while (judged().length < 4 && child.exitCode === null) await sleep(20);
    child.kill(signal);
    t.equal(await ended, status);
    if (signal === 'SIGINT') t.same(await seen(history), before, 'nothing is left in the repository');
    const state = readFileSync(join(folder(), 'state.json'), 'utf8');
    const kept = (JSON.parse(state) as { trials: unknown[] }).trials.length;
    t.ok(kept >= 3, `${kept} verdicts were kept`);
    const early = judged().length;
    const done = await bisect(range);
    t.equal(done.exitCode, 0, done.output);
    t.match(done.stdout, new RegExp(`${at(24)} is the first bad commit`));
    t.match(done.stdout, /taken up again once/);
    t.same(await seen(history), before);
    const ids = judged().map((line) => line.split(' ')[0]);
    t.equal(new Set(ids).size, ids.length - (early - kept), 'what was known was not judged again');
  });

t.test('where all between is skipped, the candidates are listed', async (t) => {
  const { at, range, bisect, folder } = await lab(t, ['holds', 'skip', 'skip', 'skip', 'fails x']);
  const done = await bisect(range);
  t.equal(done.exitCode, 1, done.output);
  t.match(done.stdout, /One of these 4 is the first bad commit/);
  for (const n of [2, 3, 4, 5]) t.match(done.stdout, new RegExp(`  ${at(n)} commit ${n}\n`));
  t.match(done.stdout, /3 could not be tested:\n/);
  t.match(done.stdout, /NOT NARROWED DOWN TO ONE/);
  t.match(readFileSync(join(folder(), 'bisect.log'), 'utf8'), /# only skipped commits left to test/);
});

t.test('ends that are not what the user says', async (t) => {
  const { at, range, bisect, history, root } = await lab(t, ['holds', 'fails x', 'skip', 'holds', 'fails x']);
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
    const { at, range, bisect, folder } = await lab(t, [
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
  const { history, bisect } = await lab(t);
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
  const { history, range, at, bisect, root } = await lab(t, ['holds', 'holds', 'fails x', 'fails x']);
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

t.test('how many runs a kernel has to pass', async (t) => {
  const { range, bisect, judged } = await lab(t, ['holds', 'fails x']);
  const done = await bisect({ ...range, rate: 0.05, confidence: 0.99 });
  t.equal(done.exitCode, 0);
  t.ok(
    judged().every((line) => line.endsWith(' 90')),
    judged().join('\n'),
  );
  t.match(
    done.stdout,
    /what holds passed 90 runs: if the failure shows in 5% of them, the chance that one of 1 is wrong is 0\.99%/,
  );
});

const PATCH = (n: number, verdict: string): string =>
  `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: A Developer <a@example.org>
Date: Sun, 22 Nov 2026 18:00:0${n} +0000
Subject: [PATCH ${n}/6] dma-buf: step ${n}

verdict: ${verdict}
---
diff --git a/a b/a
--- a/a
+++ b/a
@@ -1 +1 @@
-${n}
+${n + 1}
`;

t.test('which patch of a series broke it, or mended it', async (t) => {
  const { root, bisect, history } = await lab(t, ['holds']);
  const series = async (name: string, verdicts: readonly string[]) => {
    const folder = join(root, name);
    await mkdir(folder);
    for (const [n, verdict] of verdicts.entries())
      await writeFile(join(folder, `000${n + 1}-step.patch`), PATCH(n + 1, verdict));
    await writeFile(join(folder, 'series'), verdicts.map((_, n) => `000${n + 1}-step.patch\n`).join(''));
    return folder;
  };
  const on = history.folder;
  const breaks = await series('breaks', ['holds', 'skip', 'holds', 'fails x', 'fails x', 'fails x']);
  const broke = await bisect({ series: breaks, on, broke: true });
  t.equal(broke.exitCode, 0, broke.output);
  t.match(
    broke.stdout,
    /this patch broke it: 4\. 0004-step\.patch: dma-buf: step 4\n {2}A Developer <a@example\.org>, Sun, 22 Nov 2026 18:00:04/,
  );
  t.match(broke.stdout, /how it fails: import@one: P1/);

  const mends = await series('mends', ['fails x', 'fails x', 'holds', 'holds', 'skip', 'holds']);
  const fixed = await bisect({ series: mends, on, fixed: true, from: 1 });
  t.match(fixed.stdout, /this patch mended it: 3\. 0003-step\.patch/);
  t.equal(fixed.exitCode, 0);

  const unclear = await series('unclear', ['holds', 'skip', 'skip', 'fails x']);
  const open = await bisect({ series: unclear, on, broke: true });
  t.equal(open.exitCode, 1);
  t.match(open.stdout, /One of these 3 broke it[^\n]*\n {2}2\. 0002[^\n]*\n {2}3\. [^\n]*\n {2}4\. /);

  const wrong = await bisect({ series: breaks, on, fixed: true });
  t.equal(wrong.exitCode, 2, 'it fails with all of it');
  const both = await bisect({ series: breaks, on });
  t.match([both.exitCode, both.output], [2, /--broke or --fixed/]);
  const beyond = await bisect({ series: breaks, on, broke: true, to: 7 });
  t.match([beyond.exitCode, beyond.output], [2, /the series has 6 patches/]);
});

t.test('which options of a configuration make it fail', async (t) => {
  const { root, bisect, history, judged } = await lab(t, ['holds']);
  const config = async (name: string, on: readonly string[]) => {
    await writeFile(join(root, name), `# ${name}\n${on.map((symbol) => `CONFIG_${symbol}=y\n`).join('')}`);
    return join(root, name);
  };
  const more = Array.from({ length: 40 }, (_, n) => `OPTION_${n}`);
  const good = await config('good.config', ['BASE', 'OLD']);
  const bad = await config('bad.config', ['BASE', 'PARENT', 'CHILD', ...more]);
  const ask = (culprits: string) =>
    bisect({ config: [good, bad], on: history.folder, restart: true }, { FAKE_CULPRITS: culprits });

  const one = await ask('OPTION_17');
  t.equal(one.exitCode, 0, one.output);
  t.match(one.stdout, /it fails with\n {2}CONFIG_OPTION_17: n -> y\n\n/);
  t.match(one.stdout, /differ in 44 options/);
  t.ok(judged().length < 14, `${judged().length} kernels`);

  const two = await ask('OPTION_3 OPTION_30');
  t.match(
    two.stdout,
    /it fails with\n {2}CONFIG_OPTION_(3|30): n -> y\nand only together with\n {2}CONFIG_OPTION_(3|30): n -> y\n\n/,
  );

  const child = await ask('CHILD');
  t.match(
    child.stdout,
    /it fails with\n {2}CONFIG_(CHILD|PARENT): n -> y\nand only together with\n {2}CONFIG_(CHILD|PARENT): n -> y\n/,
  );
  t.match(child.stdout, /what the configuration then changes by itself\n {2}CONFIG_HELPER: n -> y/);
  t.match(child.stdout, /decides otherwise: CONFIG_(CHILD|HELPER) is [ny], not [ny]/);

  const odd = await config('odd.config', ['X']);
  await writeFile(odd, 'CONFIG_X=y\nno config\n');
  const refused = await bisect({ config: [good, odd], on: history.folder });
  t.match([refused.exitCode, refused.output], [2, /odd\.config, line 2: "no config" is no config line/]);
  t.match((await bisect({ config: [good], on: history.folder })).output, /wants two files/);
});

t.test('a state that cannot be read is said, and not thrown away', async (t) => {
  const { range, bisect, folder } = await lab(t, ['holds', 'fails x']);
  await bisect(range);
  await writeFile(join(folder(), 'state.json'), '{"formatVersion": 1, "trials"');
  const damaged = await bisect(range);
  t.match([damaged.exitCode, damaged.output], [2, /state\.json is damaged[\s\S]*--restart/]);
  t.equal((await bisect({ ...range, restart: true })).exitCode, 0);
});
