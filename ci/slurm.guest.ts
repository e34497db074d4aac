// SPDX-License-Identifier: MIT
// ci/slurm on a real cluster: slurmctld, slurmd and munged of Debian, started here and ended here.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { projectRoot } from '../harness/folders.js';
import { type Finished, run } from '../harness/process/run.js';
import { parseNight } from '../harness/report/night-json.js';
import { allNodes, readXml } from '../harness/report/testing/read-junit.js';
import type { Night } from '../harness/result/night.js';
import { SlurmCluster } from './testing/slurm-cluster.js';

// Its two kernels may have to be built first.
t.setTimeout(1_500_000);
const PATIENCE_MS = 1_200_000;
const SMALL = join(projectRoot, 'ci', 'nightly-small.toml');

// A short path: munged's socket has at most 107 characters
const folder = mkdtempSync(join(tmpdir(), 'fl-slurm-'));
const cluster = await SlurmCluster.start(join(folder, 'slurm'), 2);
t.teardown(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

const submit = (...args: string[]): Promise<Finished> =>
  run('ci/slurm/submit.sh', args, {
    cwd: projectRoot,
    env: { ...cluster.env, FENCELAB_STATE: join(folder, 'state') },
  });

/** Submits the small night, and says which jobs it became. */
async function submitted(...args: string[]): Promise<{ array: string; merge: string }> {
  const done = await submit('-f', SMALL, ...args);
  const [, array, merge] = /^array job (\d+) with 2 tasks, merge job (\d+);/m.exec(done.stdout) ?? [];
  if (array === undefined || merge === undefined) throw new Error(done.output);
  return { array, merge };
}

const text = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
const night = (name: string): Night => parseNight(text(name, 'night', 'night.json'), name);
const verdicts = ({ cells }: Night): string[] => cells.map(({ verdict }) => verdict);

t.test('two tasks and a merge become one night', async (t) => {
  const { array, merge } = await submitted('-n', '2', '-o', join(folder, 'whole'));
  const tasks = await cluster.ended(array, PATIENCE_MS);
  t.match(
    tasks,
    [
      { task: '1', state: 'COMPLETED', exitCode: '0:0' },
      { task: '2', state: 'COMPLETED', exitCode: '0:0' },
    ],
    `${text('whole', 'part-1.log')}\n${text('whole', 'part-2.log')}`,
  );
  t.match(await cluster.ended(merge, PATIENCE_MS), [{ state: 'COMPLETED' }], text('whole', 'merge.log'));
  const whole = night('whole');
  t.same(verdicts(whole), ['holds', 'holds']);
  t.same([...whole.shards.here].sort(), [1, 2]);
  t.equal(allNodes(readXml(text('whole', 'night.xml')), 'testsuite').length, 2);
  t.match(text('whole', 'night.html'), /^<!doctype html>/);
  t.match(text('whole', 'night.txt'), /^Subject: \[fencelab\] nightly-small .*holds, 2 kernels$/m);
});

t.test('a task that is cancelled while it runs: the night says what it did not do', async (t) => {
  const { array, merge } = await submitted('-n', '2', '-o', join(folder, 'killed'));
  const log = join(folder, 'killed', 'part-2.log');
  const end = performance.now() + PATIENCE_MS;
  const begun = (): boolean => {
    try {
      return /^cell 1\/1/m.test(readFileSync(log, 'utf8'));
    } catch {
      return false; // not yet there
    }
  };
  while (!begun() && performance.now() < end) await sleep(100);
  await cluster.command('scancel', [`${array}_2`]);
  const tasks = await cluster.ended(array, PATIENCE_MS);
  t.match(tasks, [{ state: 'COMPLETED' }, { state: 'CANCELLED' }], text('killed', 'part-2.log'));
  t.match(await cluster.ended(merge, PATIENCE_MS), [{ state: 'FAILED', exitCode: '1:0' }]);
  const whole = night('killed');
  t.same(verdicts(whole).sort(), ['holds', 'notrun']);
  t.match(
    whole.cells.find(({ verdict }) => verdict === 'notrun'),
    { shard: 2, reason: 'interrupted' },
  );
  t.match(text('killed', 'night.txt'), /^Subject: .* 1 missing$/m);
});

t.test('a task that never began: the night says which shard is missing', async (t) => {
  const { array, merge } = await submitted('-n', '2', '-o', join(folder, 'never'), '--', '--hold');
  await cluster.command('scancel', [`${array}_2`]);
  await cluster.command('scontrol', ['release', array]);
  const tasks = await cluster.ended(array, PATIENCE_MS);
  t.match(tasks, [{ task: '1', state: 'COMPLETED' }], 'the other is gone from the queue');
  t.match(await cluster.ended(merge, PATIENCE_MS), [{ state: 'FAILED', exitCode: '1:0' }]);
  t.match(text('never', 'merge.log'), /shard 2 of 2/);
  const whole = night('never');
  t.same(verdicts(whole).sort(), ['holds', 'missing']);
  t.same(whole.shards.here, [1]);
});

t.test('what cannot be submitted is refused before anything waits', async (t) => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['-n', '0'], /-n 0 is not a number of shards/],
    [['-n', '2', '-f', 'none.toml'], /there is no file none\.toml/],
    [['-n', '2', '-f', 'package.json', '-o', join(folder, 'bad')], /package\.json, line 1/],
    [['-n', '2', '-f', SMALL, '-o', join(folder, 'whole')], /has a night already/],
    [['-x'], /ci\/slurm\/submit\.sh \[-n SHARDS\]/],
  ];
  for (const [args, why] of wrong) {
    const { exitCode, output, stdout } = await submit(...args);
    t.match({ exitCode, output, stdout }, { exitCode: 2, output: why, stdout: /^$/ }, args.join(' '));
  }
});
