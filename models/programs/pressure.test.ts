// SPDX-License-Identifier: MIT
import t from 'tap';
import { check } from '../check/checker.js';
import { profileNamed } from '../profiles/profiles.js';
import { NOMEM, recordFaulty } from '../traffic/faulty.js';
import { recordCalls } from '../traffic/record.js';
import { Pressure } from './pressure.js';
import type { Batch } from './strategy.js';

const textOf = ({ script }: Batch): string =>
  script.events.map(({ call }) => `${call.op.name} ${call.args.join()}`).join('\n');

for (const kernel of ['linux-5.10+series', '6.1', '7.3'])
  t.test(`a file of many leaves, and a program at random: ${kernel}`, async (t) => {
    const rules = profileNamed(kernel)?.rules;
    if (rules === undefined) throw new Error(`no profile ${kernel}`);
    const strategy = new Pressure(rules, 3);
    const batches = Array.from({ length: 4 }, () => strategy.next());
    for (const { name, script, starts, mode } of batches) {
      t.same(starts, [0]);
      t.match(mode, { pressure: true, faults: undefined });
      const calls = script.events.map(({ call }) => call);
      t.match(check(rules, recordCalls(rules, calls)), { kind: 'holds' }, name);
      if (calls.length < 2000)
        t.equal(check(rules, recordFaulty(rules, script.events), NOMEM).kind, 'holds', `${name}, refused`);
    }
    const leaves = batches[2]?.script.events.filter(({ call }) => call.op.name === 'timeline').length ?? 0;
    t.ok(leaves > 1900, `${leaves} timelines`);
    t.match(strategy.tally(), { programs: 4 });
    const second = (seed: number): string => {
      const one = new Pressure(rules, seed);
      one.next();
      return textOf(one.next());
    };
    t.ok(second(3) === textOf(batches[1] as Batch), 'the same seed gives the same programs');
    t.ok(second(4) !== textOf(batches[1] as Batch), 'another gives others');
  });
