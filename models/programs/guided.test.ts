// SPDX-License-Identifier: MIT
import t from 'tap';
import { checkTrace } from '../check/trace.js';
import { MUTANTS } from '../mutants/mutants.js';
import type { Call } from '../ops/call.js';
import { makeCall } from '../ops/make-call.js';
import { letterOf, variable } from '../ops/operation.js';
import type { ProfileName } from '../profiles/profile.js';
import { profileNamed } from '../profiles/profiles.js';
import type { Rules } from '../rules/rules.js';
import { printCall } from '../text/print.js';
import { decode } from '../trace/record.js';
import { randomFrom } from '../traffic/random.js';
import { recordCalls } from '../traffic/record.js';
import { batchOf } from './batch.js';
import { mutate } from './guided/mutate.js';
import { Guided } from './guided.js';
import type { Batch, Outcome } from './strategy.js';

const rulesOf = (name: ProfileName): Rules => {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`no profile is called ${name}`);
  return profile.rules;
};
const SERIES = rulesOf('linux-5.10+series');
const CARD = makeCall('card', variable('c', 0));

const callsOf = ({ script }: Batch): Call[] => script.events.map(({ call }) => call);
const programsOf = (batch: Batch): Call[][] =>
  batch.starts.map((start, n) => callsOf(batch).slice(start, batch.starts[n + 1]));
const textOf = (calls: readonly Call[]): string => calls.map(printCall).join('; ');

const outcome = (batch: Batch, reached: Outcome['reached'] = []): Outcome => ({
  batch,
  kind: 'holds',
  ops: batch.script.events.length,
  reached,
});

/** What seed 7 makes: the first after those that every search begins with, and the last of the first batch. */
const FIRST = 'deadline s3';
const LAST =
  'deadline s3; s2 = merge s7 s5 1; deadline s3; b0 = heap; s7 = merge s1 s6; ' +
  'observe b0; info s2 16; info s7 16; close s2; close b0; close s7';

t.test('a seed makes the same programs, whatever else there is', async (t) => {
  const [a, b] = [new Guided(SERIES, 7), new Guided(SERIES, 7)];
  for (let n = 0; n < 3; n++) t.same(a.next(), b.next());
  t.not(textOf(callsOf(new Guided(SERIES, 8).next())), textOf(callsOf(new Guided(SERIES, 7).next())));
  const programs = programsOf(new Guided(SERIES, 7).next()).map(textOf);
  t.equal(programs[10], FIRST);
  t.equal(programs[299], LAST);
});

t.test('what the model says would hold does, and nothing is left open', async (t) => {
  for (const name of ['linux-5.10', 'linux-5.10+series', '6.1', '7.3'] as const) {
    const rules = rulesOf(name);
    const guided = new Guided(rules, 1);
    for (let n = 0; n < 2; n++) {
      const batch = guided.next();
      const last = makeCall('other', variable('o', 900));
      const words = recordCalls(rules, [...callsOf(batch), last]);
      t.match(checkTrace(rules, words, batch.script.setting), { kind: 'holds' }, `${name}, batch ${n + 1}`);
      t.equal(lastResult(words), batch.script.setting.first + 1, 'only the card is open');
    }
  }
});

function lastResult(words: Int32Array): number | undefined {
  let [at, last] = [0, 0];
  for (; at < words.length; at += (words[at] ?? 0) & 0xffff) last = at;
  return decode(words, last).results[0]?.ret;
}

t.test('a program that reaches new code is kept, and others are made from it', async (t) => {
  const guided = new Guided(SERIES, 3, true);
  const batch = guided.next();
  t.equal(batch.mode.cover, true);
  t.equal(guided.corpus.reached, 0);
  // An op that no random program has
  const odd = makeCall('wait', 0);
  const found = batchOf(
    'x',
    [CARD],
    [
      [makeCall('heap', variable('b', 0))],
      [makeCall('heap', variable('b', 0)), odd, makeCall('close', variable('b', 0))],
    ],
  );
  guided.heard(outcome(found, [{ op: 3, places: 5 }]));
  t.equal(guided.corpus.reached, 1);
  const [seen, programs] = [new Set<string>(), programsOf(guided.next())];
  for (const calls of programs) if (calls.some(({ op }) => op === odd.op)) seen.add(textOf(calls));
  t.ok(seen.size > 20, `${seen.size} different programs were made from it`);
});

t.test('reached code is charged to the program that its op is of, and the opening to nobody', async (t) => {
  const guided = new Guided(SERIES, 3, true);
  const batch = guided.next();
  guided.heard(outcome(batch, [{ op: 0, places: 9 }]));
  t.equal(guided.corpus.reached, 0);
  const [, second = 0, third = 0] = batch.starts;
  guided.heard(
    outcome(
      batch,
      [second, third - 1, third].map((op) => ({ op, places: 1 })),
    ),
  );
  t.equal(guided.corpus.reached, 2);
  guided.heard(outcome(batch, [{ op: second, places: 0 }]));
  guided.heard(outcome(batch));
  t.equal(guided.corpus.reached, 2);
});

t.test('it finds states without a kernel that tells', async (t) => {
  const guided = new Guided(SERIES, 5);
  const states: number[] = [];
  for (let n = 0; n < 6; n++) {
    t.equal(guided.next().mode.cover, undefined);
    states.push(guided.tally().states);
  }
  t.same(
    states,
    states.toSorted((a, b) => a - b),
  );
  t.ok((states.at(-1) ?? 0) > 2 * (states[0] ?? 0), `${states}`);
  t.ok((states.at(-1) ?? 0) > 400, `${states}`);
  t.equal(guided.tally().programs, 6 * 300);
  t.ok(guided.corpus.size > 300);
});

/** In how many programs each of these bugs is found; more would be a search that has become worse. */
const BUDGET: Readonly<Record<string, number>> = {
  'replace-the-exclusive-fence': 600,
  'a-write-drops-reads': 600,
  'export-is-no-snapshot': 600,
  'merge-keeps-each-of-a-timeline': 600,
  'pollout-ignores-reads': 600,
  'the-last-import-stays': 600,
  'descriptors-only-grow': 600,
  'a-closed-timeline-is-done': 600,
  'the-first-close-releases': 3000,
  'import-checks-in-reverse': 2400,
};

t.test('a kernel with one bug is found out within a budget', async (t) => {
  for (const [name, most] of Object.entries(BUDGET)) {
    const mutant = MUTANTS.find((one) => one.name === name);
    if (mutant === undefined) throw new Error(`no mutant is called ${name}`);
    const rules = rulesOf(mutant.kernel);
    const found = programsUntilFound(rules, { ...rules, ...mutant.change }, most);
    t.ok(found !== undefined && found <= most, `${name}: ${found ?? 'never'} of ${most}`);
  }
});

function programsUntilFound(rules: Rules, kernel: Rules, most: number): number | undefined {
  const guided = new Guided(rules, 1);
  while (guided.tally().programs < most) {
    const batch = guided.next();
    const verdict = checkTrace(rules, recordCalls(kernel, callsOf(batch)), batch.script.setting);
    if (verdict.kind === 'violates') return guided.tally().programs;
    guided.heard(outcome(batch));
  }
  return undefined;
}

t.test('a copy stays one of its own kind, however a program is changed', async (t) => {
  const random = randomFrom(5);
  let calls: Call[] = [makeCall('dup', variable('s', 1), variable('s', 0))];
  let copies = 0;
  for (let n = 0; n < 5000; n++) {
    calls = mutate(calls, calls, random);
    for (const { op, args } of calls) {
      if (op.name !== 'dup') continue;
      copies++;
      const [to = 0, from = 0] = args;
      if (letterOf(to) !== letterOf(from)) t.fail(printCall({ op, args }));
    }
  }
  t.ok(copies > 1000, `${copies} copies`);
});
