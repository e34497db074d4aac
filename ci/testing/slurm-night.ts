// SPDX-License-Identifier: MIT
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { projectRoot } from '../../harness/folders.js';
import { run } from '../../harness/process/run.js';
import { SlurmCluster } from './slurm-cluster.js';

/**
 * A whole night on a Slurm cluster that is there for it alone, to be looked at:
 * `node dist/ci/testing/slurm-night.js NIGHT.toml FOLDER [SHARDS]`.
 */
const [night = 'ci/nightly-small.toml', folder = 'results/slurm', shards = '2'] = process.argv.slice(2);
const A_DAY = 86_400_000;
const say = (text: string): void => void process.stdout.write(`${text.trimEnd()}\n`);

const own = mkdtempSync(join(tmpdir(), 'fl-slurm-'));
const began = performance.now();
const cluster = await SlurmCluster.start(own, Number(shards));
try {
  say(`$ ci/slurm/submit.sh -n ${shards} -f ${night} -o ${folder}`);
  const args = ['-n', shards, '-f', resolve(night), '-o', resolve(folder)];
  const sent = await run(join(projectRoot, 'ci', 'slurm', 'submit.sh'), args, { env: { ...cluster.env } });
  say(sent.output);
  const [, array, merge] = /^array job (\d+) .* merge job (\d+);/m.exec(sent.stdout) ?? [];
  if (array === undefined || merge === undefined) throw new Error('it was not submitted');
  say(`$ squeue\n${(await cluster.command('squeue', [])).stdout}`);
  for (const { task, state, exitCode } of await cluster.ended(array, A_DAY))
    say(`task ${task}: ${state} (${exitCode})`);
  for (const { state, exitCode } of await cluster.ended(merge, A_DAY)) say(`merge: ${state} (${exitCode})`);
  for (const log of [...Array.from({ length: Number(shards) }, (_, i) => `part-${i + 1}.log`), 'merge.log'])
    say(`$ cat ${folder}/${log}\n${readFileSync(join(folder, log), 'utf8')}`);
  say(`$ cat ${folder}/night.txt\n${readFileSync(join(folder, 'night.txt'), 'utf8')}`);
  say(`all of it took ${((performance.now() - began) / 1000).toFixed(0)} s`);
} finally {
  await cluster.stop();
  rmSync(own, { recursive: true, force: true });
}
