// SPDX-License-Identifier: MIT
import type { Call } from '../../ops/call.js';
import type { Random } from './calls.js';

/** Programs of the model's that are remembered; then each new one takes the place of another. */
const MOST = 4000;
/** As many of the kernel's. */
const MOST_REACHED = 2000;
/** The newest are tried more often: what follows from them has not been looked at. */
const NEWEST = 64;

/** Programs from which others are made. */
export class Corpus {
  /** They came to a shape of the model that none before them had come to. */
  readonly #shapes: (readonly Call[])[] = [];
  /** They reached places in the kernel's code that none before them had reached. */
  readonly #reached: (readonly Call[])[] = [];

  get size(): number {
    return this.#shapes.length + this.#reached.length;
  }

  /** How many of them the kernel has asked for. */
  get reached(): number {
    return this.#reached.length;
  }

  add(calls: readonly Call[], random: Random): void {
    put(this.#shapes, calls, MOST, random);
  }

  addReached(calls: readonly Call[], random: Random): void {
    put(this.#reached, calls, MOST_REACHED, random);
  }

  /** One to go on from: half of the time one that reached new code, if there are any. Undefined if it is empty. */
  pick(random: Random): readonly Call[] | undefined {
    const from = this.#reached.length > 0 && random(2) === 0 ? this.#reached : this.#shapes;
    if (from.length === 0) return this.#reached[0];
    const newest = random(2) === 0 ? Math.min(NEWEST, from.length) : from.length;
    return from[from.length - 1 - random(newest)];
  }
}

function put(list: (readonly Call[])[], calls: readonly Call[], most: number, random: Random): void {
  if (list.length >= most) list.splice(random(most - NEWEST), 1);
  list.push(calls);
}
