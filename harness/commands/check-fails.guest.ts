// SPDX-License-Identifier: MIT
// The tool must be able to say no: kernels that are known to be wrong, and guests that die.
import t from 'tap';
import { isRed } from '../result/result.js';
import { checked } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

t.test('5.10 without the series fails, and it is said what is missing', async (t) => {
  const { process, summary } = await checked(t.testdir(), [
    '--patch',
    'none',
    '--only',
    'interface',
    '--only',
    'export',
  ]);
  t.equal(process.exitCode, 1);
  t.equal(summary.verdict, 'fails');
  t.match(
    summary.reason,
    /lacks the ioctls DMA_BUF_IOCTL_EXPORT_SYNC_FILE and DMA_BUF_IOCTL_IMPORT_SYNC_FILE/,
  );
  t.match(process.output, /lacks the ioctls/);
});

t.test('two attachments at once show what the readers of 5.10 do not see', async (t) => {
  const { process, summary } = await checked(t.testdir(), [
    ...['--patch', 'none', '--cpus', '2', '--only', 'vgem@race-*'],
  ]);
  t.equal(process.exitCode, 1);
  // Each is a race that need not come about, but one of the four does
  const red = summary.results.filter(isRed);
  t.ok(red.length > 0, `${red.length} of ${summary.results.length}`);
  for (const { failures, subtest } of red) t.match(failures, [{ text: /^P1: / }], subtest);
  t.match(summary.model, { profile: 'linux-5.10', violates: 0, undecided: 0 }, 'all of it is documented');
});

t.test('replacing the exclusive fence, the first design of 2020, breaks P1', async (t) => {
  const mutant = 'kernel-patch/mutants/5.10/replace-exclusive.patch';
  const patches = ['--patch', 'kernel-patch/linux-5.10', '--patch', mutant];
  const { process, summary } = await checked(t.testdir(), [
    ...patches,
    '--only',
    'order',
    '--only',
    'import',
  ]);
  t.equal(process.exitCode, 1);
  const red = summary.results.filter(isRed);
  t.ok(
    red.some((r) => r.failures.some((f) => f.text.startsWith('P1'))),
    'a message names the promise',
  );
  t.ok(
    red.some((r) => r.model?.kind === 'violates' && r.model.promise === 'P1'),
    'and so does the model, by itself',
  );
  t.match(process.output, /P1/);
});

t.test('a guest that dies costs one subtest, and the rest runs in a fresh one', async (t) => {
  const { process, summary, result } = await checked(t.testdir(), ['--only', 'selftest@*', '--guests', '1']);
  t.equal(process.exitCode, 1);
  const outcome = (name: string): string => result(`selftest@${name}`).outcome;
  t.equal(outcome('pass'), 'pass');
  t.equal(outcome('fail'), 'fail');
  t.equal(outcome('skip'), 'skip');
  t.equal(outcome('crash'), 'crash');
  t.equal(outcome('timeout'), 'timeout');
  t.equal(outcome('panic'), 'crash');
  t.equal(outcome('reboot'), 'crash');
  t.equal(outcome('silent'), 'hang');
  t.equal(summary.counts.notrun, 0, 'nothing is left out');
  const splat = result('selftest@splat');
  t.equal(splat.outcome, 'pass', 'the program itself says that all is well');
  t.ok(isRed(splat), 'the kernel log says otherwise');
  t.match(splat.splats[0]?.title, /WARNING/);
  t.match(
    summary.guests.map((g) => g.ended),
    ['panic', 'reboot', 'hang'],
  );
});

t.test('what the recorder cannot express is undecided, and red with --strict only', async (t) => {
  const only = ['--only', 'selftest@pass', '--only', 'selftest@untraced'];
  const { process, summary, result } = await checked(t.testdir(), only);
  t.equal(process.exitCode, 0, 'exit status', { output: process.output.slice(-3000) });
  t.match(result('selftest@untraced').model, { kind: 'undecided', reason: /dup2\(2\)/ });
  t.match(summary.model, { undecided: 1, violates: 0 });
  t.match(process.output, /\n1 undecided: .*dup2[\s\S]*\(selftest@untraced\)\n/);
  const strict = await checked(t.testdir(), [...only, '--strict']);
  t.equal(strict.process.exitCode, 1);
  t.match(strict.summary.reason, /could not decide 1 subtest/);
});
