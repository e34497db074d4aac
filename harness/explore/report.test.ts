// SPDX-License-Identifier: MIT
// What is written down of a failure, word by word, and which failures are one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Batch, parseScript, profileNamed } from '../../models/index.js';
import type { Splat } from '../result/result.js';
import { Findings, type SearchedAs } from './findings.js';
import type { Ran } from './runner.js';
import { signatureOf } from './signature.js';
import { ModelRunner } from './testing/model-runner.js';

const TRUE = profileNamed('linux-5.10+series')?.rules;
if (TRUE === undefined) throw new Error('there is no such profile');
const RUNNER = new ModelRunner({ ...TRUE, writeKeepsReads: false }, TRUE);
const SIGNAL = new AbortController().signal;

const AS: SearchedAs = {
  ...{ kernel: 'debian:5.10', patch: 'auto', profile: 'fast', release: '5.10.262', gpu: '2d', cpus: 1 },
  ...{ strategy: 'random', seed: 7 },
};

/** Shrunk, with the lowest names. */
const PROGRAM = `# P1, observe: t is lost: not there any more, or not waited for
#: signature P1, observe: t is lost: not there any more, or not waited for
#: kernel debian:5.10
#: patch auto
#: profile fast
#: release 5.10.262
#: gpu 2d
#: cpus 1
#: strategy random
#: seed 7
#: count 1
#: mode careful
c0 = card
g0 = dumb c0
b0 = prime c0 g0
t0 = timeline
t1 = timeline
s0 = fence t0 1
s1 = fence t1 1
import b0 read s0
import b0 write s1
observe b0
`;

const REPORT = `shrunk from 12 ops to 10 in N trials

P1, observe: t is lost: not there any more, or not waited for
seen 1 times, by random

violates at op 9 (word 72): observe b0
  got      0 ready nothing reader t1:pending writer t1:pending
  allowed  0 ready nothing reader t1:pending writer t0:pending t1:pending
P1: t0 is lost: not there any more, or not waited for
before it:
  t0  fd 5  timeline at 0
  t1  fd 6  timeline at 0
  s0  fd 7  sync_file of t0#1
  s1  fd 8  sync_file of t1#1
  b0  fd 4  buffer: written by t1#1; read by t0#1
  c0  fd 3  vgem card with 1 buffers
  slots:
    buffer  usage  fence
    b0      WRITE  t1#1
    b0      READ   t0#1
`;

async function ranOf(text: string): Promise<Ran> {
  const batch: Batch = {
    ...{ name: 'x', script: parseScript(text), starts: [0], mode: { careful: true, observe: false } },
  };
  const [ran] = await RUNNER.run([batch]);
  if (ran === undefined) throw new Error('it was not run');
  return ran;
}

const program = (reader: string, writer: string): string => `c0 = card
g0 = dumb c0
b7 = prime c0 g0
${reader} = timeline
${writer} = timeline
s4 = fence ${reader} 5
s5 = fence ${writer} 1
poll s5 in
import b7 read s4
import b7 read+write s5
poll b7 out
observe b7
`;

async function saved(t: Test, text: string) {
  const folder = t.testdir();
  const findings = new Findings({ folder, shrinkMs: 60_000, say: () => undefined });
  await findings.add(await ranOf(text), async () => RUNNER, AS, SIGNAL);
  const [finding] = findings.all;
  if (finding === undefined) throw new Error('nothing was found');
  const read = (name: string): string => readFileSync(join(finding.folder, name), 'utf8');
  return { finding, read };
}

t.test('a failure as it is saved', async (t) => {
  const { read } = await saved(t, program('t3', 't9'));
  t.match(read('original.prog'), /#: seed 7\n[\s\S]*t3 = timeline\n/);
  t.equal(read('program.prog'), PROGRAM);
  t.equal(read('report.txt').replace(/ in \d+ trials/, ' in N trials'), REPORT);
});

t.test('which variables they were makes no difference, what is broken does', async (t) => {
  const [one, two] = [await ranOf(program('t3', 't9')), await ranOf(program('t0', 't1'))];
  t.equal(signatureOf(one), signatureOf(two));
  t.match(signatureOf(one), /^P1, observe: t is lost/);
  const splat: Splat = { title: 'WARNING: dma_fence_release', kind: 'warning', text: '' };
  const warned: Ran = { ...one, verdict: undefined, result: { ...one.result, splats: [splat] } };
  t.equal(signatureOf({ ...warned, outcome: { ...warned.outcome, kind: 'holds' } }), splat.title);
  const hung: Ran = {
    ...one,
    outcome: { ...one.outcome, kind: 'died' },
    result: { ...one.result, outcome: 'hang', failures: [{ where: '-', text: 'no word for 30 s' }] },
  };
  t.equal(signatureOf(hung), 'hang: no word for 30 s');
  t.equal(new Set([one, warned, hung].map(signatureOf)).size, 3);
});
