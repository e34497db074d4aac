// SPDX-License-Identifier: MIT
// A search that was ended, or is asked for again: real git and a made-up judge, as in bisect.test.ts.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { bisectLab, seen } from './testing/bisect-lab.js';

t.setTimeout(600_000); // real processes, on machines that may be busy

t.test('the same command again shows what was found, --restart searches anew', async (t) => {
  const { range, bisect, judged } = await bisectLab(t, ['holds', 'holds', 'fails x', 'fails x']);
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

t.test('a patch behind "--" that was edited asks for new verdicts', async (t) => {
  const { root, range, bisect, judged } = await bisectLab(t, ['holds', 'fails x', 'fails x']);
  const patch = join(root, 'on-top.patch');
  const search = () => bisect(range, {}, ['--patch', patch]);
  const missing = await search();
  t.match([missing.exitCode, missing.output], [2, /on-top\.patch: there is no such file/]);
  await writeFile(patch, PATCH('one'));
  t.equal((await search()).exitCode, 0);
  const first = judged().length;
  await search();
  t.equal(judged().length, first, 'the same patch, the same search');
  await writeFile(patch, PATCH('another'));
  const edited = await search();
  t.equal(edited.exitCode, 0, edited.output);
  t.notMatch(edited.stdout, /goes on from an earlier search/);
  t.equal(judged().length, 2 * first);
});

const PATCH = (word: string): string => `--- a/file\n+++ b/file\n@@ -1 +1 @@\n-line\n+${word}\n`;

for (const [signal, status] of [
  ['SIGKILL', null],
  ['SIGINT', 130],
] as const)
  t.test(`a search that ${signal} ended goes on where it was`, async (t) => {
    const words = Array.from({ length: 40 }, (_, n) => (n < 23 ? 'holds' : 'fails x'));
    const { history, at, range, judged, bisect, args, env, folder } = await bisectLab(t, words);
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

t.test('a state that cannot be read is said, and not thrown away', async (t) => {
  const { range, bisect, folder } = await bisectLab(t, ['holds', 'fails x']);
  await bisect(range);
  await writeFile(join(folder(), 'state.json'), '{"formatVersion": 1, "trials"');
  const damaged = await bisect(range);
  t.match([damaged.exitCode, damaged.output], [2, /state\.json is damaged[\s\S]*--restart/]);
  t.equal((await bisect({ ...range, restart: true })).exitCode, 0);
});
