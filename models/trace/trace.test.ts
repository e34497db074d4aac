// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { CASES } from '../cases/cases.js';
import { check } from '../check/checker.js';
import { linux510series } from '../profiles/linux-5.10.js';
import { profileNamed } from '../profiles/profiles.js';
import { anyEvent } from '../text/arbitrary.js';
import { parseScript } from '../text/parse.js';
import { recordFault } from './fault.js';
import { decode, encode, encodeAll } from './record.js';

const anyTraced = anyEvent({ minLength: 1, maxLength: 1 });

test('a record decodes to the event it was made of', async (t) => {
  fc.assert(
    fc.property(anyTraced, (event) => {
      const words = Int32Array.from(encode(event) ?? []);
      t.equal(recordFault(words, 0, words.length), undefined);
      t.same(decode(words, 0), { start: 0, took: 0, ...event });
    }),
    { numRuns: 500 },
  );
});

test('a trace that is cut short is undecided there, and what came before holds', async (t) => {
  const words = encodeAll(parseScript(CASES[2]?.trace ?? '').events);
  const { rules } = linux510series;
  const starts = new Set<number>();
  for (let at = 0; at < words.length; at += (words[at] ?? 0) & 0xffff) starts.add(at);
  for (let cut = 0; cut < words.length; cut++) {
    const verdict = check(rules, words.slice(0, cut));
    t.equal(verdict.kind, starts.has(cut) ? 'holds' : 'undecided', `cut at ${cut}`);
    if (verdict.kind === 'undecided') t.ok(starts.has(verdict.offset) && /cut off/.test(verdict.reason));
  }
});

test('a trace out of order is not believed', async (t) => {
  const trace = 't0 = timeline -> 3 @100+5\ninc t0 1 -> 0 @50+1';
  const verdict = check(linux510series.rules, encodeAll(parseScript(trace).events));
  t.match(verdict, { kind: 'undecided', op: 1, reason: /reordered/ });
});

test('no bytes make the checker fail by itself, and none that differ are taken for the same', async (t) => {
  const traces = CASES.map((one) => ({
    words: encodeAll(parseScript(one.trace).events),
    rules: (profileNamed(one.kernels[0] ?? '') ?? linux510series).rules,
  }));
  const damage = fc.record({
    which: fc.nat({ max: traces.length - 1 }),
    at: fc.nat(),
    word: fc.oneof(fc.integer(), fc.integer({ min: -30, max: 300 })),
    bit: fc.nat({ max: 31 }),
    flip: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      const first = traces[damages[0]?.which ?? 0];
      if (first === undefined) return;
      const words = first.words.slice();
      for (const { at, word, bit, flip } of damages) {
        const place = at % words.length;
        words[place] = flip ? (words[place] ?? 0) ^ (1 << bit) : word;
      }
      t.ok(['holds', 'violates', 'undecided'].includes(check(first.rules, words).kind));
    }),
    { numRuns: 3000 },
  );
});

test('random words are never a trace that holds', async (t) => {
  fc.assert(
    fc.property(fc.int32Array({ minLength: 1, maxLength: 40 }), (words) => {
      t.not(check(linux510series.rules, words).kind, 'holds');
    }),
    { numRuns: 1000 },
  );
});
