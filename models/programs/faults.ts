// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { DEFAULT_SETTING } from '../ops/event.js';
import { makeCall } from '../ops/make-call.js';
import { variable } from '../ops/operation.js';
import type { Rules } from '../rules/rules.js';
import { parseScript } from '../text/parse.js';
import { batchOf, PLAIN } from './batch.js';
import { Exhaustive } from './exhaustive.js';
import { faultTexts } from './fault-texts.js';
import { featuresOf } from './feature.js';
import { Growing, nothingSeen } from './growing.js';
import type { Batch, Strategy, Tally } from './strategy.js';
import { looks, tidy } from './tidy.js';

const MODE = { ...PLAIN, faults: true };
/** Ops of small programs whose allocations fail one by one. */
const DEPTH = 3;
/** Each op becomes some five, and a kernel that can be made to fail is slow. */
const OPS_EACH = 800;
const CARD = [makeCall('card', variable('c', 0))];

/** Lists grow at powers of two; a list that is full needs memory for the next fence. */
const LEAVES = [1, 2, 3, 4, 5, 8, 9, 16, 17, 33];

const t = (n: number): number => variable('t', n);
const s = (n: number): number => variable('s', n);
const b = (n: number): number => variable('b', n);
const o = (n: number): number => variable('o', n);

const callsOf = (text: string): Call[] => parseScript(text).events.map(({ call }) => call);
const whole = (calls: readonly Call[]): Call[] => [...calls, ...looks(calls), ...tidy(calls)];

/** Many leaves in a buffer, in a file and in both; then one more of each, and what exports and merges make of them. */
function manyLeaves(leaves: number, buffer: readonly Call[], access: number): Call[] {
  const calls = [...buffer];
  for (let n = 0; n < leaves; n++)
    calls.push(
      makeCall('timeline', t(n)),
      makeCall('fence', s(n), t(n), 1),
      makeCall('import', b(0), access, s(n)),
    );
  calls.push(
    makeCall('export', s(100), b(0), 2),
    makeCall('merge', s(101), s(100), s(0)),
    makeCall('info', s(101), 64),
    makeCall('import', b(0), 2, s(101)),
    makeCall('inc', t(0), 1),
    makeCall('export', s(102), b(0), 1),
    makeCall('merge', s(103), s(102), s(100)),
  );
  return whole(calls);
}

const VGEM = callsOf('g0 = dumb c0\nb0 = prime c0 g0');
const HEAP = callsOf('b0 = heap');

/** Below this number all descriptors are taken, then some are given back. */
const FULL = 40;

/** One op with so many descriptors left, and once more when there are enough. */
function exhausted(line: string, free: number): Call[] {
  const opening = callsOf(
    'g0 = dumb c0\nb0 = prime c0 g0\nt0 = timeline\nt1 = timeline\ns0 = fence t0 1\ns1 = fence t1 1\nimport b0 write s0\nimport b0 read s1',
  );
  return whole([
    ...opening,
    makeCall('limit', FULL),
    ...Array.from({ length: FULL }, (_, n) => makeCall('other', o(n))),
    ...Array.from({ length: free }, (_, n) => makeCall('close', o(n))),
    ...callsOf(line),
    makeCall('limit', DEFAULT_SETTING.limit),
    makeCall('observe', b(0)),
    ...callsOf(line.replace(/^(\w)9/, '$18')),
  ]);
}

/** Every op that makes a descriptor. */
const MAKERS = [
  ...['s9 = export b0 read', 's9 = export b0 write', 's9 = merge s0 s1', 's9 = fence t0 2', 't9 = timeline'],
  ...[
    'b9 = heap',
    'c9 = card',
    'b9 = prime c0 g0',
    'e9 = epoll',
    's9 = dup s0',
    'b9 = dup b0',
    't9 = dup t0',
  ],
  ...['c9 = dup c0', 'o9 = other', 's9 = export b0 write readonly', 's9 = merge s0 s1 0 readonly'],
];

/** The programs of all batches, without what prepares for a batch: that is the card, which is there. */
function* smallPrograms(small: Exhaustive): Generator<readonly Call[]> {
  for (let batch = small.next(); batch !== undefined; batch = small.next()) {
    const { starts, script } = batch;
    for (const [n, start] of starts.entries())
      yield script.events.slice(start, starts[n + 1]).map(({ call }) => call);
  }
}

/** Ops of a random program, about; now and then one of them is a scene. */
const RANDOM_OPS = 250;
const GROWTH = { sceneEvery: 80, waits: 0, mayHang: false };

/**
 * What fails on purpose. Each allocation of every op: in the states that matter to it, with many leaves, in all small
 * programs, and then in programs at random, for ever. And every op that makes a descriptor when there is none left, one,
 * or two. On an error nothing has changed, and the next try works: the model sees both.
 */
export class Faults implements Strategy {
  readonly name = 'faults';
  readonly #rules: Rules;
  readonly #seed: number;
  readonly #programs: Generator<readonly Call[], never>;
  readonly #states = new Set<number>();
  readonly #seen = nothingSeen();
  #batches = 0;
  #given = 0;
  #ops = 0;

  constructor(rules: Rules, seed = 1) {
    this.#rules = rules;
    this.#seed = seed;
    this.#programs = this.#all();
  }

  *#all(): Generator<readonly Call[], never> {
    for (const text of faultTexts()) yield whole(callsOf(text));
    for (const line of MAKERS) for (const free of [0, 1, 2]) yield exhausted(line, free);
    for (const leaves of LEAVES)
      for (const buffer of [VGEM, HEAP])
        for (const access of [1, 2]) yield manyLeaves(leaves, buffer, access);
    yield* smallPrograms(new Exhaustive(this.#rules, DEPTH, 1));
    for (let n = 1; ; n++) {
      const growth = { ...GROWTH, seed: this.#seed * 100_003 + n, ops: RANDOM_OPS };
      // It opens a card of its own and closes it
      const program = new Growing(this.#rules, growth, this.#seen).grow();
      yield [makeCall('close', variable('c', 0)), ...program, ...CARD];
    }
  }

  next(): Batch {
    const programs: (readonly Call[])[] = [];
    for (let ops = 0; ops < OPS_EACH; ) {
      const program = this.#programs.next().value;
      programs.push(program);
      ops += program.length;
    }
    const batch = batchOf(`faults-${++this.#batches}`, CARD, programs, MODE);
    this.#given += programs.length;
    this.#ops += batch.script.events.length;
    // What the ops lead to where none is refused
    for (const feature of featuresOf(this.#rules, batch.script)) this.#states.add(feature);
    return batch;
  }

  heard(): void {}

  tally(): Tally {
    return { programs: this.#given, ops: this.#ops, states: this.#states.size };
  }
}
