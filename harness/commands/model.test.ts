// SPDX-License-Identifier: MIT
// The commands that need no kernel, as a user runs them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { projectRoot } from '../folders.js';
import { fencelab } from './testing/cli.js';

const example = (name: string): string => join(projectRoot, 'vm-images', 'programs', name);

function file(t: Test, name: string, text: string): string {
  const path = join(t.testdirName, name);
  writeFileSync(path, text);
  return path;
}

t.setTimeout(300_000);

t.test('the model answers a program, and its answer is a trace that holds', async (t) => {
  t.testdir();
  const answer = await fencelab(['model', example('snapshot.prog')]);
  t.equal(answer.exitCode, 0, answer.output);
  t.match(answer.stdout, /^# .*snapshot\.prog, linux-5\.10\+series\nc0 = card -> 3\n/);
  t.match(answer.stdout, /\npoll s2 in -> 1 ready in\n/);
  const checked = await fencelab(['model', file(t, 'answer.trace', answer.stdout)]);
  t.equal(checked.exitCode, 0, checked.output);
  t.match(checked.stdout, /\nholds: 17 ops/);
});

t.test('a trace that violates is shown beside what is allowed', async (t) => {
  t.testdir();
  const trace = 't0 = timeline -> 3\ns0 = fence t0 1 -> 4\npoll s0 in -> 1 ready in\n';
  const r = await fencelab(['model', '--profile', '6.1', file(t, 'wrong.trace', trace)]);
  t.equal(r.exitCode, 1);
  t.match(r.stdout, /\n! poll s0 in +1 ready in +0 ready nothing\nviolates at op 2.*\n/);
  t.match(r.stdout, /\nP1: a poll says ready/);
});

t.test('what cannot be read is refused, and it is said what to write', async (t) => {
  t.testdir();
  const bad = file(t, 'bad.prog', 't0 = timeline\nimport b0 write s0 s1 s2 s3\n');
  const forks = file(t, 'forks.prog', 't0 = timeline\nfork 1\n');
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [['model', bad], /bad\.prog, line 2: import does not take "s2"|bad\.prog, line 2: "s1" is no memory/],
    [['run', bad], /bad\.prog, line 2/],
    [['run', forks], /forks\.prog, line 2: this op cannot be run: "fork".*\nTake it out/],
    [['run', join(t.testdirName, 'none.prog')], /there is no file or folder .*\nGive a program in text form/],
    [['model', '--profile', '4.19', bad], /Allowed choices are .*linux-5\.10\+series/],
    [['model'], /missing required argument/],
    [['design', '--depth', '0'], /whole number from 1 to 8/],
  ];
  for (const [args, says] of rows) {
    const r = await fencelab(args);
    t.equal(r.exitCode, 2, args.join(' '));
    t.match(r.stderr, says, args.join(' '));
  }
});

t.test('designs are compared in a table, with the shortest history of each broken promise', async (t) => {
  const r = await fencelab(['design', '--depth', '2']);
  t.equal(r.exitCode, 0, r.output);
  t.match(r.stdout, /^\| design \| P1 /);
  t.notMatch(r.stdout, /\| submission \|/);
  t.match(r.stdout, /\n[\d,]+ states\. The shortest history/);
  t.match(r.stdout, /\nreplace the exclusive fence \(v1, 2020-02-25\)\n {2}P\d: /);
  t.match(r.stderr, /Search/, 'progress is not in the way of the table');
  const all = await fencelab(['design', '--depth', '2', '--all']);
  t.match(all.stdout, /^\| design \| P1 [\s\S]*\n\| design \| submission \| P1 /);
});

t.test('help has examples', async (t) => {
  for (const name of ['run', 'model', 'design', 'check', 'pack']) {
    const r = await fencelab([name, '--help']);
    t.equal(r.exitCode, 0);
    t.match(r.stdout, /Examples:\n {2}fencelab/, name);
  }
});
