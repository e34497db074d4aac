// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { CASES } from '../cases/cases.js';
import { check } from '../check/checker.js';
import type { Verdict } from '../check/verdict.js';
import { profileNamed } from '../profiles/profiles.js';
import { CONTRACT } from '../rules/contract.js';
import { parseScript } from '../text/parse.js';
import { encodeAll } from '../trace/record.js';
import { recordCalls } from '../traffic/record.js';
import { MUTANTS, type Mutant } from './mutants.js';

const programs = CASES.map(({ name, kernels, trace }) => {
  const script = parseScript(trace);
  return {
    name,
    kernels,
    calls: script.events.map(({ call, thread }) => ({
      ...call,
      ...(thread === undefined ? {} : { thread }),
    })),
    words: encodeAll(script.events),
  };
});

/** What the right model says of the mutant's traces, and what the mutant says of right ones. */
function condemnations({ change, kernel }: Mutant): Verdict[] {
  const rules = profileNamed(kernel)?.rules;
  if (rules === undefined) throw new Error(`no profile ${kernel}`);
  const mutant = { ...rules, ...change };
  return programs
    .filter((program) => program.kernels.includes(kernel))
    .flatMap(({ calls, words }) => [check(rules, recordCalls(mutant, calls)), check(mutant, words)])
    .filter((verdict) => verdict.kind !== 'holds');
}

for (const mutant of MUTANTS)
  test(mutant.name, async (t) => {
    const found = condemnations(mutant);
    t.ok(found.length > 0, 'a program of cases/ shows it');
    const promises = found.map((v) => (v.kind === 'violates' ? v.finding.promise : v.kind));
    t.ok(promises.includes(mutant.broken), `${mutant.broken} is among ${promises.join(', ')}`);
  });

test('every rule is broken by a mutant', async (t) => {
  const broken = new Set(MUTANTS.flatMap(({ change }) => Object.keys(change)));
  t.same(
    Object.keys(CONTRACT).filter((rule) => !broken.has(rule)),
    [],
  );
});

test('no kernel is condemned for what it does right', async (t) => {
  for (const { name, kernels, calls } of programs)
    for (const kernel of kernels) {
      const rules = profileNamed(kernel)?.rules;
      if (rules !== undefined)
        t.equal(check(rules, recordCalls(rules, calls)).kind, 'holds', `${name} on ${kernel}`);
    }
});
