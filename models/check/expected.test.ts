// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { CASES } from '../cases/cases.js';
import { ERRNO } from '../kernel/errno.js';
import { MUTANTS } from '../mutants/mutants.js';
import type { Call, Result } from '../ops/call.js';
import { OK, type Script } from '../ops/event.js';
import { profileNamed } from '../profiles/profiles.js';
import { TEMPLATES } from '../programs/race-templates.js';
import type { Rules } from '../rules/rules.js';
import { parseScript } from '../text/parse.js';
import { printCall, printResult } from '../text/print.js';
import { decode } from '../trace/record.js';
import { randomFrom } from '../traffic/random.js';
import { type CallOf, randomCalls, recordCalls } from '../traffic/record.js';
import { type Expected, expectations, expectedTogether } from './expected.js';

const rulesOf = (name: string): Rules => {
  const rules = profileNamed(name)?.rules;
  if (rules === undefined) throw new Error(`no profile ${name}`);
  return rules;
};
const SERIES = rulesOf('linux-5.10+series');

/** As one of the results, with leaves in any order and no times. */
function plain({ op }: Call, result: Result): string {
  const lists = result.lists.map((list) =>
    list.map(({ who, status }) => ({ who, status })).sort((a, b) => a.who - b.who || a.status - b.status),
  );
  return printResult(op, { ...result, lists });
}

function resultsOf(words: Int32Array): Result[] {
  const results: Result[] = [];
  for (let at = 0; at < words.length; at += (words[at] ?? 0) & 0xffff) {
    const [result] = decode(words, at).results;
    if (result !== undefined) results.push(result);
  }
  return results;
}

const allows = ({ event, allowed }: Expected, got: Result): boolean =>
  allowed === undefined ||
  allowed.some(
    (one) => (one.ret === OK && got.ret >= 0) || plain(event.call, one) === plain(event.call, got),
  );

const scriptOf = (calls: readonly Call[]): Script => ({
  ...parseScript(''),
  events: calls.map((call) => ({ call, results: [] })),
});

test('what a kernel that is right gives is always expected, and nearly all of it is judged', async (t) => {
  for (const name of ['linux-5.10+series', '6.1', '7.3']) {
    let [judged, all] = [0, 0];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1 << 30 }), (seed) => {
        const calls = randomCalls(seed, 80);
        const got = resultsOf(recordCalls(rulesOf(name), calls));
        for (const [at, expected] of expectations(rulesOf(name), scriptOf(calls)).entries()) {
          const result = got[at];
          if (result === undefined) break;
          all++;
          if (expected.allowed !== undefined) judged++;
          if (!allows(expected, result))
            throw new Error(
              `${at}: ${printCall(expected.event.call)} -> ${plain(expected.event.call, result)}`,
            );
        }
      }),
      { numRuns: 60, seed: 1 },
    );
    t.ok(judged > all * 0.7, `${name}: ${judged} of ${all} are judged`);
  }
});

test('a kernel that is wrong gives what is not expected', async (t) => {
  const missed = MUTANTS.filter(
    ({ kernel, name }) => kernel === 'linux-5.10+series' && !/checks-in/.test(name),
  );
  const seen: string[] = [];
  for (const { name, change } of missed) {
    const bad = { ...SERIES, ...change };
    for (let seed = 1; seed < 30 && !seen.includes(name); seed++) {
      const calls = randomCalls(seed, 60);
      const got = resultsOf(recordCalls(bad, calls));
      const expected = expectations(SERIES, scriptOf(calls));
      if (got.some((result, at) => expected[at] !== undefined && !allows(expected[at], result)))
        seen.push(name);
    }
  }
  for (const name of [
    'replace-the-exclusive-fence',
    'a-write-drops-reads',
    'export-never-takes-reads',
    'descriptors-only-grow',
  ])
    t.ok(seen.includes(name), name);
});

const OTHERS = /^(?:fork|exit|take|commit|submit)$/;

test('cases hold their own expectations', async (t) => {
  let judged = 0;
  for (const { name, kernels, trace } of CASES) {
    const script = parseScript(trace);
    // Ops that take a second, and processes, are not of programs
    if (
      script.events.some(
        ({ call, start, thread }) => OTHERS.test(call.op.name) || start !== undefined || thread,
      )
    )
      continue;
    for (const kernel of kernels)
      for (const expected of expectations(rulesOf(kernel), script)) {
        const [got] = expected.event.results;
        if (got === undefined || got.ret === OK || expected.allowed === undefined) continue;
        judged++;
        const { call } = expected.event;
        if (!allows(expected, got)) t.fail(`${name}, ${kernel}: ${printCall(call)} -> ${plain(call, got)}`);
      }
  }
  t.ok(judged > 1000, `${judged} results`);
});

test('in whatever order threads come, their results are expected', async (t) => {
  const judged = new Map<string, boolean>();
  for (const { name, calls } of TEMPLATES)
    for (const rules of [SERIES, rulesOf('6.1')]) {
      const opening: Call[] = parseScript('c0 = card').events.map(({ call }) => call);
      const events = [...opening, ...calls].map(({ op, args, thread }: CallOf) => ({
        call: { op, args },
        results: [],
        ...(thread === undefined ? {} : { thread }),
      }));
      const looks = parseScript('observe b0\npoll b0 in+out').events;
      const script: Script = { ...parseScript(''), events: [...events, ...looks] };
      const expected = expectations(rules, script);
      for (let seed = 0; seed < 20; seed++) {
        const order = shuffled(script, randomFrom(seed));
        const got = resultsOf(
          recordCalls(
            rules,
            order.map((at) => script.events[at]?.call as Call),
          ),
        );
        for (const [n, at] of order.entries()) {
          const [one, result] = [expected[at], got[n]];
          if (one === undefined || result === undefined) break;
          if (!allows(one, result))
            t.fail(`${name}: ${printCall(one.event.call)} -> ${plain(one.event.call, result)}`);
        }
      }
      judged.set(`${name} ${rules === SERIES}`, expected.at(-2)?.allowed !== undefined);
    }
  // What is left behind two imports is judged, what was made while others worked is not
  for (const name of ['import-against-import', 'three-writers', 'import-against-close'])
    for (const series of [true, false]) t.equal(judged.get(`${name} ${series}`), true, name);
  t.equal(judged.get('there-and-back true'), false);
});

test('of two that exclude each other one has to fail, whichever it is', async (t) => {
  const script = parseScript(
    'c0 = card\ng0 = dumb c0\n0.1: f0 = attach c0 g0 read\n0.2: f1 = attach c0 g0 write\npoll none in',
  );
  const expected = expectations(SERIES, script);
  const together = expectedTogether(SERIES, script, expected);
  t.same(together?.ops, [2, 3]);
  t.same(
    together?.rows.map((row) => row.map((n, k) => expected[together.ops[k] ?? 0]?.allowed?.[n]?.ret)).sort(),
    [
      [-ERRNO.EBUSY, OK],
      [OK, -ERRNO.EBUSY],
    ],
  );
  const alone = parseScript('c0 = card\ng0 = dumb c0\nf0 = attach c0 g0 read');
  t.equal(expectedTogether(SERIES, alone, expectations(SERIES, alone)), undefined);
});

/** Places of ops: those of threads side by side in some order, each thread's own in its order. */
function shuffled({ events }: Script, random: (below: number) => number): number[] {
  const order: number[] = [];
  for (let at = 0; at < events.length; ) {
    let end = at + 1;
    if ((events[at]?.thread ?? 0) !== 0)
      while (end < events.length && (events[end]?.thread ?? 0) !== 0) end++;
    const queues = new Map<number, number[]>();
    for (let n = at; n < end; n++) {
      const thread = events[n]?.thread ?? 0;
      queues.set(thread, [...(queues.get(thread) ?? []), n]);
    }
    while (queues.size > 0) {
      const keys = [...queues.keys()];
      const key = keys[random(keys.length)] as number;
      const [first, ...rest] = queues.get(key) ?? [];
      if (first !== undefined) order.push(first);
      if (rest.length === 0) queues.delete(key);
      else queues.set(key, rest);
    }
    at = end;
  }
  return order;
}
