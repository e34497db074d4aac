// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import type { Rules } from '../rules/rules.js';
import { batchOf, PLAIN } from './batch.js';
import { featuresOf } from './feature.js';
import { Growing, nothingSeen } from './growing.js';
import { leavesProgram } from './leaves.js';
import type { Batch, Strategy, Tally } from './strategy.js';

const MODE = { ...PLAIN, pressure: true };
/** Leaves of a file, one after the other: a list of the most takes more pages in a row than there are while memory is short. */
const LEAVES = [40, 2000, 400, 1000];
const ROUNDS = 2;
/** Of a program at random; now and then one of them is a scene. */
const GROWTH = { ops: 800, sceneEvery: 80, waits: 0, mayHang: false };

/**
 * Memory that is short: files of many leaves and programs at random, in turns. Each is a process of its own, for which
 * memory is taken away, and a file of thousands of leaves leaves more open than another program could bear.
 */
export class Pressure implements Strategy {
  readonly name = 'pressure';
  readonly #rules: Rules;
  readonly #seed: number;
  readonly #states = new Set<number>();
  readonly #seen = nothingSeen();
  #given = 0;
  #ops = 0;

  constructor(rules: Rules, seed = 1) {
    this.#rules = rules;
    this.#seed = seed;
  }

  next(): Batch {
    const n = this.#given++;
    const batch = batchOf(`pressure-${n + 1}`, [], [this.#program(n)], MODE);
    this.#ops += batch.script.events.length;
    // What the ops lead to where none is refused
    for (const feature of featuresOf(this.#rules, batch.script)) this.#states.add(feature);
    return batch;
  }

  #program(n: number): readonly Call[] {
    if (n % 2 === 0) return leavesProgram(LEAVES[(n / 2) % LEAVES.length] ?? 1, ROUNDS).calls;
    return new Growing(this.#rules, { ...GROWTH, seed: this.#seed * 7919 + n }, this.#seen).grow();
  }

  heard(): void {}

  tally(): Tally {
    return { programs: this.#given, ops: this.#ops, states: this.#states.size };
  }
}
