// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';
import { batchOf, PLAIN } from './batch.js';
import { Growing, nothingSeen } from './growing.js';
import type { Batch, Strategy, Tally } from './strategy.js';

/** Ops of a program, about. */
const OPS = 3000;
/** Every so many choices something is built up that ops at random would never come to. */
const SCENE_EVERY = 100;
/** Every so many programs one is run while signals come all the time, and may wait a few times for nothing. */
const SIGNALS_EVERY = 4;
const WAITS = 5;
/** A kernel that hangs costs half a minute: only so many programs may do what is known to hang some. */
const HANGS_EVERY = 10;

/**
 * Long programs at random, one a batch. The model runs beside them: of a few calls the one is done that nobody has tried
 * in a state like the one at hand, so that programs go on to where the model has not been (see feature.ts), and now and
 * then a scene is played: many leaves, deep merges, descriptors that run out, seqnos that wrap.
 */
export class RandomLong implements Strategy {
  readonly name = 'random';
  readonly #rules: Rules;
  readonly #seed: number;
  readonly #seen = nothingSeen();
  #batches = 0;
  #ops = 0;

  constructor(rules: Rules, seed: number) {
    this.#rules = rules;
    this.#seed = seed;
  }

  next(): Batch {
    const number = ++this.#batches;
    const signals = number % SIGNALS_EVERY === 0;
    const growth = {
      seed: this.#seed * 100_003 + number,
      ops: OPS,
      sceneEvery: SCENE_EVERY,
      waits: signals ? WAITS : 1,
      mayHang: number % HANGS_EVERY === 0,
    };
    const program = new Growing(this.#rules, growth, this.#seen).grow();
    this.#ops += program.length;
    const mode = signals ? { ...PLAIN, signals } : PLAIN;
    return batchOf(`random-${this.#seed}-${number}`, [], [program], mode);
  }

  heard(): void {}

  tally(): Tally {
    return { programs: this.#batches, ops: this.#ops, states: this.#seen.states.size };
  }
}
