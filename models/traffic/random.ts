// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { operationNamed } from '../ops/layout.js';
import { makeCall as call } from '../ops/make-call.js';
import { type Letter, NONE, type Operation, variable } from '../ops/operation.js';
import type { OperationName } from '../ops/operations.js';

/** Numbers from a seed (mulberry32): the same everywhere. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below) | 0;
  };
}

/** How often each op comes, of 100 or so. */
const WEIGHTS: readonly (readonly [OperationName, number])[] = [
  ['fence', 16],
  ['inc', 10],
  ['import', 16],
  ['export', 12],
  ['merge', 6],
  ['info', 8],
  ['poll', 12],
  ['observe', 8],
  ['sync', 4],
  ['attach', 4],
  ['signal', 4],
  ['dup', 1],
  ['close', 1],
  ['timeline', 1],
  ['drop', 1],
  ['dumb', 1],
  ['prime', 1],
];
const TOTAL = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
/** What an argument of that name should be; now and then it is anything else. */
const MEANT: Readonly<Record<string, Letter>> = { timeline: 't', buffer: 'b', file: 's', other: 's' };
/** What close() closes: letters as often as they stand here. A card is opened again at once, with new buffers. */
const CLOSED = 'ssssssssssssssttbbc';
const DEFAULTS: Record<Letter, number> = { t: 4, s: 8, b: 2, c: 1, g: 2, f: 3, o: 1, e: 1 };

/** Opens everything the other ops need. */
export function prologue(): Call[] {
  const calls = [call('card', variable('c', 0))];
  for (let n = 0; n < DEFAULTS.g; n++) {
    calls.push(call('dumb', variable('g', n), variable('c', 0)));
    calls.push(call('prime', variable('b', n), variable('c', 0), variable('g', n)));
  }
  for (let n = 0; n < DEFAULTS.t; n++) calls.push(call('timeline', variable('t', n)));
  return calls;
}

/**
 * Ops at random that mostly make sense. A variable that is made anew is closed before, so that descriptors do not run
 * out. `values` says how far timelines have come: fences are made a little ahead.
 */
export class Traffic {
  readonly #random: (below: number) => number;
  readonly #values = new Map<number, number>();
  readonly #made = new Set<number>();

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  #any(letters: string, name: string): number {
    const meant = this.#random(50) === 0 ? undefined : MEANT[name];
    const letter = meant ?? (letters[this.#random(letters.length)] as Letter);
    return this.#random(200) === 0 ? NONE : variable(letter, this.#random(DEFAULTS[letter]));
  }

  /** Flags that mean something to the op, mostly: ATTACH knows one bit, the others two. */
  #flags(op: Operation): number {
    if (this.#random(20) === 0) return this.#random(16);
    return op.name === 'attach' ? this.#random(2) : 1 + this.#random(3);
  }

  #pick(): OperationName {
    let left = this.#random(TOTAL);
    for (const [name, weight] of WEIGHTS) {
      left -= weight;
      if (left < 0) return name;
    }
    return 'poll';
  }

  /** The next op, after a close() if it has to be. */
  next(): Call[] {
    const name = this.#pick();
    const op = operationNamed(name) as Operation;
    const args = op.args.map(({ type, optional, name: what }) => {
      if (optional !== undefined) return this.#random(40) === 0 ? this.#random(3) : optional;
      if (type.kind === 'variable') return this.#any(op.name === 'close' ? CLOSED : type.letters, what);
      if (type.kind === 'flags') return this.#flags(op);
      if (what === 'room') return this.#random(9);
      return type.kind === 'choice' ? 0 : this.#random(3);
    });
    this.#followTimelines(op, args);
    if (op.name === 'close') return this.#closes(args[0] ?? NONE);
    if (op.name === 'drop') return [{ op, args }, call('dumb', args[1] ?? NONE, variable('c', 0))];
    if (op.makes === undefined) return [{ op, args }];
    const letter = op.name === 'dup' ? 's' : (op.makes[0] as Letter);
    let made = variable(letter, this.#random(DEFAULTS[letter]));
    // It is closed before: it cannot be what the op looks at
    while (letter === 's' && args.includes(made)) made = variable(letter, this.#random(DEFAULTS[letter]));
    if (op.name === 'dup') args[0] = variable('s', this.#random(DEFAULTS.s));
    const calls: Call[] = [{ op, args: [made, ...args] }];
    if ('tsb'.includes(letter) && this.#made.has(made)) calls.unshift(call('close', made));
    this.#made.add(made);
    // A new timeline begins at 0
    if (letter === 't') this.#values.delete(made);
    return calls;
  }

  #closes(closed: number): Call[] {
    const calls = [call('close', closed)];
    const card = variable('c', 0);
    if (closed !== card) return calls;
    calls.push(call('card', card));
    for (let n = 0; n < DEFAULTS.g; n++) calls.push(call('dumb', variable('g', n), card));
    return calls;
  }

  #followTimelines(op: Operation, args: number[]): void {
    const timeline = args[0] ?? NONE;
    const value = this.#values.get(timeline) ?? 0;
    if (op.name === 'fence') args[1] = value + this.#random(4);
    if (op.name === 'inc') this.#values.set(timeline, value + (args[1] ?? 0));
  }
}
