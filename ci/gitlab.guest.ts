// SPDX-License-Identifier: MIT
// ci/gitlab-ci.yml as it is, run by gitlab-ci-local: GitLab's own schema, its parallel jobs, caches and artifacts. Each job
// has a copy of the tracked files for itself, as with GitLab.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { projectRoot } from '../harness/folders.js';
import { type Finished, run } from '../harness/process/run.js';
import { parseNight } from '../harness/report/night-json.js';
import { allNodes, readXml } from '../harness/report/testing/read-junit.js';
import { makeClone } from './testing/clone.js';

// Its kernels may have to be built first.
t.setTimeout(1_500_000);

const clone = await makeClone();
t.teardown(() => clone.remove());
const STATE = '.gitlab-ci-local';

function pipeline(file: string, variables: Readonly<Record<string, string>>): Promise<Finished> {
  const values = Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
  const cli = join(projectRoot, 'node_modules', '.bin', 'gitlab-ci-local');
  return run(
    process.execPath,
    [
      ...[cli, '--file', file, '--state-dir', STATE],
      ...['--home', join(clone.aside, 'home'), '--force-shell-executor', '--shell-isolation'],
      ...['--no-artifacts-to-source', '--variable', 'CI_PIPELINE_SOURCE=schedule', ...values],
    ],
    { cwd: clone.folder, env: { FENCELAB_STATE: join(clone.aside, 'state') }, timeoutMs: 1_400_000 },
  );
}

/** A file that a job left as an artifact. */
const artifact = (job: string, ...path: string[]): string => {
  const file = join(clone.folder, STATE, 'artifacts', job, ...path);
  if (!existsSync(file)) throw new Error(`there is no artifact ${file}`);
  return readFileSync(file, 'utf8');
};

t.test('node_modules and dist are in the cache, as after the first night', async (t) => {
  // The same key as in the file: a job that only fills it, from here instead of from the registry
  const cached = '{ key: { files: [package-lock.json] }, paths: [node_modules/, dist/] }';
  const fill = `cp -al ${projectRoot}/node_modules . && cp -a ${projectRoot}/dist . && node bin/fencelab.js --version`;
  writeFileSync(
    join(clone.folder, 'fill.yml'),
    `fill:\n  cache:\n    - ${cached}\n  script:\n    - ${JSON.stringify(fill)}\n`,
  );
  const done = await pipeline('fill.yml', {});
  t.ok(done.ok, done.output);
  t.match(done.output, /cache created/);
});

t.test('two jobs and a merge become one night', async (t) => {
  const done = await pipeline('ci/gitlab-ci.yml', { NIGHT: 'ci/nightly-small.toml' });
  t.ok(done.ok, done.output);
  t.match(done.output, /json schema validated/);
  t.match(done.output, /imported cache/);
  const night = parseNight(artifact('merge', 'night', 'night.json'), 'night.json');
  t.same([...night.shards.here].sort(), [1, 2]);
  t.same(
    night.cells.map(({ verdict }) => verdict),
    ['holds', 'holds'],
  );
  const suites = allNodes(readXml(artifact('merge', 'night.xml')), 'testsuite');
  t.equal(suites.length, 2);
  t.match(artifact('merge', 'night.html'), /^<!doctype html>/);
  t.same(JSON.parse(artifact('merge', 'codequality.json')), []);
  t.match(artifact('merge', 'night.txt'), /^Subject: .*holds, 2 kernels$/m);
});

t.test('what is red fails the pipeline, after it has been reported', async (t) => {
  writeFileSync(
    join(clone.folder, 'ci', 'nightly-red.toml'),
    '[[matrix]]\nkernels = ["debian:5.10", "debian:6.1"]\nonly = ["interface"]\nminutes = 0.2\n',
  );
  await clone.must('git', ['add', '-A', 'ci']);
  const done = await pipeline('ci/gitlab-ci.yml', { NIGHT: 'ci/nightly-red.toml' });
  t.equal(done.exitCode, 1, done.output);
  t.match(done.output, /WARN\s+night: \[/, 'the shard that is red is allowed to fail');
  t.match(done.output, /FAIL\s+merge/);
  const [first]: unknown[] = JSON.parse(artifact('merge', 'codequality.json'));
  t.match(first, {
    check_name: /^interface@/,
    severity: 'major',
    location: { path: /^vm-images\/guest\/tests\/\w+\.c$/, lines: { begin: Number } },
  });
  t.match(readXml(artifact('merge', 'night.xml')).attributes, { failures: /^[1-9]/ });
});
