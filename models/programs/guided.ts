// SPDX-License-Identifier: MIT
import { runAll } from '../check/hypotheses.js';
import type { Call } from '../ops/call.js';
import { makeCall } from '../ops/make-call.js';
import { letterOf, NONE, variable } from '../ops/operation.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { randomFrom } from '../traffic/random.js';
import { batchOf, PLAIN } from './batch.js';
import { type Random, randomCall } from './guided/calls.js';
import { Corpus } from './guided/corpus.js';
import { mutate } from './guided/mutate.js';
import { seedPrograms } from './guided/seeds.js';
import { shapeOf } from './guided/shape.js';
import type { Batch, Outcome, Strategy, Tally } from './strategy.js';
import { closing, leftOpen, looks, tidy } from './tidy.js';

/** Programs of a batch. */
const EACH = 300;
/** One in so many programs is random from beginning to end. */
const FRESH = 20;
const FRESH_CALLS = 12;
/** Programs that are thrown away in a row before a batch is given out as it is. */
const MOST_REFUSED = 1000;

const CARD = makeCall('card', variable('c', 0));
/** Ops that change nothing: the shape of the world is that of before. */
const LOOKS: ReadonlySet<string> = new Set(['info', 'observe', 'unknown', 'name', 'deadline']);

/**
 * Programs made from those that came somewhere new: to a shape of the model's world, or, where a kernel tells, to code
 * that no program had reached. Programs that the model says would kill the kernel, or that it cannot follow, are not
 * given out.
 */
export class Guided implements Strategy {
  readonly name = 'guided';
  readonly #rules: Rules;
  readonly #seed: number;
  readonly #random: Random;
  readonly #cover: boolean;
  readonly #corpus = new Corpus();
  readonly #shapes = new Set<string>();
  /** An op with its error, in a shape of the world. */
  readonly #met = new Set<string>();
  #seeds: (readonly Call[])[] = seedPrograms();
  #batches = 0;
  #programs = 0;
  #ops = 0;

  /** `cover`: the kernel is asked for what it reaches. Without it the model's shapes are all that is heard of. */
  constructor(rules: Rules, seed: number, cover = false) {
    this.#rules = rules;
    this.#seed = seed;
    this.#random = randomFrom(seed);
    this.#cover = cover;
  }

  /** Programs that others are made from, and how many of them because of the kernel. */
  get corpus(): { readonly size: number; readonly reached: number } {
    return { size: this.#corpus.size, reached: this.#corpus.reached };
  }

  next(): Batch {
    const programs: (readonly Call[])[] = [];
    for (let refused = 0; programs.length < EACH && refused < MOST_REFUSED; ) {
      const calls = this.#breed();
      const program = whole(calls);
      const fresh = this.#try(program);
      if (fresh === undefined) {
        refused++;
        continue;
      }
      if (fresh) this.#corpus.add(calls, this.#random);
      programs.push(program);
      refused = 0;
    }
    const mode = { ...PLAIN, ...(this.#cover ? { cover: true } : {}) };
    const batch = batchOf(`guided-${this.#seed}-${++this.#batches}`, [CARD], programs, mode);
    this.#programs += programs.length;
    this.#ops += batch.script.events.length;
    return batch;
  }

  #breed(): readonly Call[] {
    const random = this.#random;
    const seed = this.#seeds.pop();
    if (seed !== undefined) return seed;
    const parent = random(FRESH) === 0 ? undefined : this.#corpus.pick(random);
    if (parent === undefined)
      return Array.from({ length: 1 + random(FRESH_CALLS) }, () => randomCall(random));
    return mutate(parent, this.#corpus.pick(random) ?? parent, random);
  }

  /** Whether it comes to something new; undefined if it is not to be tried. */
  #try(program: readonly Call[]): boolean | undefined {
    const world = new World(this.#rules);
    run(world, CARD.op.code, CARD.args, 0);
    let shape = '';
    const [shapes, met] = [[] as string[], [] as string[]];
    for (const { op, args } of program) {
      // One of the items that an epoll may report
      if (op.name === 'woken') runAll(world, op.code, args, 0);
      else run(world, op.code, args, 0);
      if (world.crashed || world.beyond !== undefined) return undefined;
      met.push(`${op.code} ${Math.min(0, world.answer.ret)} ${shape}`);
      if (LOOKS.has(op.name)) continue;
      shape = shapeOf(world);
      shapes.push(shape);
    }
    for (const one of shapes) this.#shapes.add(one);
    const before = this.#met.size;
    for (const one of met) this.#met.add(one);
    return this.#met.size > before;
  }

  /** Programs that were the first to reach some code are kept. */
  heard({ batch, reached }: Outcome): void {
    const { script, starts } = batch;
    const found = new Set(
      (reached ?? [])
        .filter(({ places }) => places > 0)
        .map(({ op }) => starts.findLastIndex((at) => at <= op)),
    );
    for (const program of found) {
      if (program < 0) continue;
      const calls = script.events.slice(starts[program], starts[program + 1]).map(({ call }) => call);
      this.#corpus.addReached(core(calls), this.#random);
    }
  }

  tally(): Tally {
    return { programs: this.#programs, ops: this.#ops, states: this.#shapes.size };
  }
}

/** Ends with nothing open: what is made again is closed before, and all that is left is looked at, moved on and closed. */
function whole(calls: readonly Call[]): Call[] {
  const open = new Set<number>();
  const all: Call[] = [];
  for (const call of calls) {
    const { op, args } = call;
    const [first = NONE, second = NONE] = args;
    if (op.makes !== undefined && first !== NONE) {
      if (open.has(first)) all.push(closing(first));
      open.add(first);
    } else if (op.name === 'close') open.delete(first);
    else if (op.name === 'drop' || op.name === 'signal') open.delete(second);
    all.push(call);
  }
  return [...all, ...looks(all), ...drain(all), ...tidy(all)];
}

/** Timelines move on one by one: what a buffer has lost is missed only then. */
function drain(calls: readonly Call[]): Call[] {
  const open = leftOpen(calls);
  const of = (letter: string): number[] => [...open.keys()].filter((one) => letterOf(one) === letter);
  const seen = of('b').map((buffer) => makeCall('observe', buffer));
  return seen.length === 0 ? [] : of('t').flatMap((timeline) => [makeCall('inc', timeline, 1), ...seen]);
}

const AT_END: ReadonlySet<string> = new Set(['observe', 'info', 'inc', 'signal', 'close', 'drop']);

/** Without what whole() has put behind it, about: those calls come back when it is given out again. */
function core(calls: readonly Call[]): readonly Call[] {
  const last = calls.findLastIndex(({ op }) => !AT_END.has(op.name));
  return last < 0 ? calls : calls.slice(0, last + 1);
}
