// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  checkTrace,
  Exhaustive,
  encodeAll,
  parseScript,
  passes,
  printScript,
  profileNamed,
  Race,
  type Script,
} from '../../models/index.js';
import { FINDING_TRACE, Findings, PROGRAM, type SearchedAs } from './findings.js';
import { NoGuest } from './guest-runner.js';
import { parseHeader } from './header.js';
import type { Runner } from './runner.js';
import { Search } from './search.js';
import { shrink } from './shrink.js';
import { signatureOf, slugOf } from './signature.js';
import { ModelRunner } from './testing/model-runner.js';

const SERIES = 'linux-5.10+series';
const rulesOf = (name: string) => {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile.rules;
};
const TRUE = rulesOf(SERIES);
const DROPS = { ...TRUE, writeKeepsReads: false };
const NEVER = new AbortController().signal;

const AS: SearchedAs = {
  kernel: 'debian:5.10',
  patch: 'auto',
  profile: 'fast',
  release: '5.10.262',
  gpu: '2d',
  cpus: 1,
  strategy: 'exhaustive',
  seed: 1,
};

async function found(t: Test, runner: Runner, strategy = new Exhaustive(TRUE, 3)) {
  const said: string[] = [];
  const findings = new Findings({ folder: t.testdir(), shrinkMs: 60_000, say: (line) => said.push(line) });
  const score = await new Search({
    ...{ strategy, runner, lanes: 2, firstOps: 20_000, guestMilliseconds: 1000 },
    ...{ until: Number.POSITIVE_INFINITY, signal: NEVER },
    onFailure: (ran) => findings.add(ran, async () => runner, AS, NEVER),
  }).run();
  return { findings, score, said };
}

t.test('the same bug found many times is one finding, shrunk and saved', async (t) => {
  const { findings, score, said } = await found(t, new ModelRunner(DROPS, TRUE));
  t.ok(score.failures > 2, `${score.failures} failures`);
  t.equal(
    findings.all.reduce((sum, { count }) => sum + count, 0),
    score.failures,
  );
  t.ok(findings.all.length < score.failures);
  const lost = findings.all.find(({ signature }) => /^P1, observe: vgem is lost/.test(signature));
  t.ok(lost, findings.all.map(({ signature }) => signature).join('\n'));
  if (lost === undefined) return;
  const text = readFileSync(join(lost.folder, PROGRAM), 'utf8');
  t.match(parseHeader(text, 'x'), { ...AS, signature: lost.signature, count: lost.count, mode: 'plain' });
  const { events } = parseScript(text);
  t.ok(events.length <= 9, text);
  t.same(readdirSync(lost.folder).sort(), ['original.prog', 'program.prog', 'program.trace', 'report.txt']);
  const trace = parseScript(readFileSync(join(lost.folder, FINDING_TRACE), 'utf8'));
  t.equal(
    checkTrace(TRUE, encodeAll(trace.events), trace.setting).kind,
    'violates',
    'the trace is of what is reported',
  );
  t.match(readFileSync(join(lost.folder, 'report.txt'), 'utf8'), /shrunk from \d+ ops[\s\S]*violates at op/);
  t.ok(said.some((line) => line.startsWith('found: P1')));
});

t.test('nothing can be taken from what was shrunk', async (t) => {
  const { findings } = await found(t, new ModelRunner(DROPS, TRUE));
  for (const { signature, shrunk } of findings.all) {
    t.ok(shrunk?.minimal, signature);
    if (shrunk === undefined) continue;
    const runner = new ModelRunner(DROPS, TRUE);
    const fails = async (script: Script): Promise<boolean> => {
      const [ran] = await runner.run([{ ...shrunk.ran.batch, script }]);
      return ran !== undefined && signatureOf(ran) === signature;
    };
    t.ok(await fails(shrunk.script));
    for (const pass of passes(shrunk.script))
      for (const smaller of pass())
        t.notOk(await fails(smaller), `${signature}: smaller: ${printScript(smaller)}`);
  }
});

t.test('what does not fail again is saved as it was, and said', async (t) => {
  const bad = new ModelRunner(DROPS, TRUE);
  const good = new ModelRunner(TRUE, TRUE);
  // Only what the search itself gives it fails
  const flaky: Runner = {
    run: (batches) => (batches[0]?.name.startsWith('trial') ? good.run(batches) : bad.run(batches)),
  };
  const { findings, said } = await found(t, flaky);
  t.ok(findings.all.length > 0);
  for (const { shrunk, folder } of findings.all) {
    t.equal(shrunk, undefined);
    t.notOk(existsSync(join(folder, 'original.prog')));
  }
  t.ok(said.some((line) => /did not fail a second time; saved as it was/.test(line)));
});

t.test('a finding is kept where no guest boots any more to shrink it', async (t) => {
  const real = new ModelRunner(DROPS, TRUE);
  const runner: Runner = {
    run: async (batches) => {
      if (batches.some(({ name }) => name.startsWith('trial')))
        throw new NoGuest('the timer does not work', '');
      return real.run(batches);
    },
  };
  const { findings } = await found(t, runner);
  t.ok(findings.all.length > 0);
  for (const { shrunk, folder } of findings.all) {
    t.equal(shrunk, undefined);
    t.ok(existsSync(join(folder, PROGRAM)));
  }
});

t.test('a search that is right finds nothing', async (t) => {
  const { findings, score } = await found(t, new ModelRunner(TRUE, TRUE));
  t.same(findings.all, []);
  t.match(score, { programs: 4588, failures: 0, lost: 0 });
});

t.test('a race is tried again and again while it is shrunk', async (t) => {
  const runner = new ModelRunner(DROPS, TRUE);
  const strategy = new Race(3);
  for (let n = 0; n < 60; n++) {
    const [ran] = await runner.run([strategy.next()]);
    if (ran?.verdict?.kind !== 'violates') continue;
    const signature = signatureOf(ran);
    const shrunk = await shrink({
      ...{ runner, ran, signal: NEVER, until: performance.now() + 60_000 },
      same: (one) => signatureOf(one) === signature,
    });
    t.ok(shrunk !== undefined && shrunk.script.events.length < 16, signature);
    return;
  }
  t.fail('the race strategy does not find that writes drop reads');
});

t.test('names of signatures', async (t) => {
  t.equal(slugOf('P1, observe: t is lost'), 'p1-observe-t-is-lost');
  t.equal(slugOf('///'), 'finding');
  t.ok(slugOf('x'.repeat(200)).length <= 60);
});
