// SPDX-License-Identifier: MIT
import {
  type Batch,
  DEFAULT_SETTING,
  randomCalls,
  type Strategy,
  type Tally,
} from '../../../models/index.js';

/** A strategy that is as simple as can be: each batch is one program of random ops. */
export class RandomBatches implements Strategy {
  readonly name = 'random';
  readonly #ops: number;
  readonly #most: number;
  #seed: number;
  #given = 0;
  heardOf = 0;

  constructor(seed: number, most = Number.POSITIVE_INFINITY, ops = 2000) {
    this.#seed = seed * 1000;
    this.#most = most;
    this.#ops = ops;
  }

  next(): Batch | undefined {
    if (this.#given === this.#most) return undefined;
    this.#given++;
    const events = randomCalls(this.#seed++, this.#ops).map((call) => ({ call, results: [] }));
    return {
      name: `random-${this.#seed}`,
      script: { setting: DEFAULT_SETTING, events },
      starts: [0],
      mode: { careful: false, observe: false },
    };
  }

  heard(): void {
    this.heardOf++;
  }

  tally(): Tally {
    return { programs: this.#given, ops: this.#given * this.#ops, states: 0 };
  }
}
