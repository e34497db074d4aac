// SPDX-License-Identifier: MIT
import t from 'tap';
import { check } from '../check/checker.js';
import { profileNamed } from '../profiles/profiles.js';
import { NOMEM, recordFaulty } from '../traffic/faulty.js';
import { recordCalls } from '../traffic/record.js';
import { Pressure } from './pressure.js';

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
    t.same(new Pressure(rules, 3).next(), batches[0], 'the same seed gives the same programs');
    const other = new Pressure(rules, 4);
    other.next();
    t.notSame(other.next(), batches[1]);
  });
