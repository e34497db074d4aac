// SPDX-License-Identifier: MIT
// Each "run:" step of ci/github-actions.yml, by bash as GitHub runs it, in a clone; artifacts are folders of the clone.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { projectRoot } from '../harness/folders.js';
import { type Finished, run } from '../harness/process/run.js';
import { parseNight } from '../harness/report/night-json.js';
import { makeClone } from './testing/clone.js';
import { expand, readWorkflow, type Step } from './testing/workflow.js';

// Its two kernels may have to be built first.
t.setTimeout(1_500_000);

const clone = await makeClone();
t.teardown(() => clone.remove());
await clone.must('cp', ['-al', join(projectRoot, 'node_modules'), '.']);
await clone.must('cp', ['-a', join(projectRoot, 'dist'), '.']);

const { jobs, env } = readWorkflow(readFileSync(join(projectRoot, 'ci', 'github-actions.yml'), 'utf8'));
const summary = join(clone.aside, 'summary.md');
appendFileSync(summary, '');

function step(job: string, name: string): Step {
  const found = jobs[job]?.steps.find((s) => s.name === name);
  if (found?.run === undefined) throw new Error(`${job} has no step "${name}" that runs something`);
  return found;
}

/** As GitHub does: bash that ends with the first command that fails. */
function ran(
  { run: script = '', env: own = {} }: Step,
  values: Readonly<Record<string, string>>,
): Promise<Finished> {
  const all = {
    "inputs.night || 'ci/nightly.toml'": 'ci/nightly-small.toml',
    'vars.FENCELAB_CACHE': process.env['FENCELAB_CACHE'] ?? '',
    ...values,
  };
  const set = Object.entries({ ...env, ...own }).map(([name, value]) => [name, expand(value, all)] as const);
  return run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', expand(script, all)], {
    cwd: clone.folder,
    env: {
      ...Object.fromEntries(set),
      FENCELAB_STATE: join(clone.aside, 'state'),
      GITHUB_STEP_SUMMARY: summary,
    },
  });
}

t.test('a job for each shard', async (t) => {
  const { shard = [], of = [] } = jobs['night']?.strategy?.matrix ?? {};
  for (const one of shard) {
    const values = { 'matrix.shard': `${one}`, 'matrix.of': `${of[0]}` };
    const done = await ran(step('night', 'Test'), values);
    t.ok(done.ok, done.output);
    const upload = jobs['night']?.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'));
    const path = expand(`${upload?.with?.['path']}`, values);
    t.ok(existsSync(join(clone.folder, path, 'night.json')), `${path} is what is uploaded`);
  }
});

t.test('the job that joins them, and its report', async (t) => {
  const merged = await ran(step('merge', 'Merge'), {});
  t.ok(merged.ok, merged.output);
  t.ok(existsSync(join(clone.folder, 'history', 'history.sqlite')), 'what the next night is compared with');
  const reported = await ran(step('merge', 'Report'), {});
  t.ok(reported.ok, reported.output);
  const night = parseNight(readFileSync(join(clone.folder, 'night', 'night.json'), 'utf8'), 'night.json');
  t.same(
    night.cells.map(({ verdict }) => verdict),
    ['holds', 'holds'],
  );
  t.match(readFileSync(summary, 'utf8'), /^```\nSubject: \[fencelab\] nightly-small .*\n[\s\S]*```\n$/);
  const upload = jobs['merge']?.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'));
  for (const name of `${upload?.with?.['path']}`.trim().split('\n'))
    t.ok(existsSync(join(clone.folder, name.trim())), `${name} is uploaded`);
});

t.test('a shard that could not run fails its job; one that is red does not', async (t) => {
  const test = step('night', 'Test');
  const none = { ...test, run: (test.run ?? '').replace('"$NIGHT"', 'none.toml') };
  t.equal((await ran(none, { 'matrix.shard': '1', 'matrix.of': '2' })).exitCode, 1);
  // The same line, with a command that ends as a red night does
  const red = { ...test, run: (test.run ?? '').replace(/node .*? \|\|/, '(exit 1) ||') };
  t.not(red.run, test.run, 'the line is found');
  t.equal((await ran(red, { 'matrix.shard': '1', 'matrix.of': '2' })).exitCode, 0);
});
