// SPDX-License-Identifier: MIT
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../process/run.js';
import { beginBuild, endBuild, recoverBuild } from './recover.js';

const never = new AbortController().signal;

t.test('after a build that was cut short, what was written last goes', async (t) => {
  const out = t.testdir({ 'old.o': 'whole', 'new.o': 'ha', '.config': 'CONFIG_A=y' });
  const minutesAgo = new Date(Date.now() - 5 * 60_000);
  await utimes(join(out, 'old.o'), minutesAgo, minutesAgo);
  t.equal(await recoverBuild(out, never), false, 'no build was under way');
  t.same((await readdir(out)).sort(), ['.config', 'new.o', 'old.o']);

  await beginBuild(out);
  t.equal(await recoverBuild(out, never), true);
  t.same((await readdir(out)).sort(), ['.config', '.fencelab-building', 'old.o']);
  await endBuild(out);
  t.equal(await recoverBuild(out, never), false);
});

t.test('a process group ends as a whole', async (t) => {
  const control = new AbortController();
  const mark = `fencelab-test-${process.pid}`;
  const script = `(exec -a ${mark} sleep 60) & wait`;
  setTimeout(() => control.abort(), 500);
  const done = await run('bash', ['-c', script], { group: true, signal: control.signal });
  t.match(done, { ok: false, cancelled: true });
  const left = await run('pgrep', ['-f', `^${mark}`]);
  t.equal(left.stdout, '', 'nothing that it had started goes on');
});
