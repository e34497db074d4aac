// SPDX-License-Identifier: MIT
import type { Reached as ReachedPlace } from '../trace/frame.js';

/** How many places an op was the first to reach. */
export interface Fresh {
  readonly op: number;
  readonly places: number;
}

/**
 * The places that were reached in a whole run. Each guest tells of what is new to it, and several guests of one kernel
 * reach the same: here it counts once.
 */
export class Reached {
  readonly #places = new Set<number>();

  get size(): number {
    return this.#places.size;
  }

  get places(): ReadonlySet<number> {
    return this.#places;
  }

  /** What of this is new to the run, by op in rising order: what a strategy wants to hear of a batch. */
  add(reached: readonly ReachedPlace[]): Fresh[] {
    const fresh = new Map<number, number>();
    for (const { place, op } of reached) {
      if (this.#places.has(place)) continue;
      this.#places.add(place);
      fresh.set(op, (fresh.get(op) ?? 0) + 1);
    }
    return [...fresh].sort(([a], [b]) => a - b).map(([op, places]) => ({ op, places }));
  }
}
