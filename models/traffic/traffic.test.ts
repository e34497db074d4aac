// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { PROFILES } from '../profiles/profiles.js';
import { decode } from '../trace/record.js';
import { randomCalls, recordCalls } from './record.js';

const OPS = 20_000;

/** Of the last quarter of a long trace: how often each op comes, and how often it succeeds. */
function lastQuarter(words: Int32Array): Map<string, { all: number; good: number }> {
  const seen = new Map<string, { all: number; good: number }>();
  let number = 0;
  for (let at = 0; at < words.length; at += (words[at] ?? 0) & 0xffff) {
    if (number++ < (OPS * 3) / 4) continue;
    const { call, results } = decode(words, at);
    const count = seen.get(call.op.name) ?? { all: 0, good: 0 };
    seen.set(call.op.name, count);
    count.all++;
    if ((results[0]?.ret ?? -1) >= 0) count.good++;
  }
  return seen;
}

test('random traffic does not run dry: late ops still find what they ask for', async (t) => {
  for (const { name, rules } of PROFILES.filter((profile) => profile.rules.has.import))
    for (const seed of [1, 2, 3]) {
      const seen = lastQuarter(recordCalls(rules, randomCalls(seed, OPS)));
      for (const op of ['fence', 'inc', 'import', 'export', 'merge', 'info', 'observe', 'poll', 'attach']) {
        const { all, good } = seen.get(op) ?? { all: 0, good: 0 };
        t.ok(good > all / 4, `${name}, seed ${seed}: ${op} ${good} of ${all}`);
      }
      const [all, good] = [...seen.values()].reduce((sum, c) => [sum[0] + c.all, sum[1] + c.good], [0, 0]);
      t.ok(good > all * 0.65, `${name}, seed ${seed}: ${good} of ${all}`);
    }
});
