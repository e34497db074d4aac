// SPDX-License-Identifier: MIT
import type { Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import { type Beginning, type Configuration, Search } from './concurrent.js';
import type { Entry } from './history.js';

/** Ops between two moments at which nothing is pending. */
interface Stretch {
  readonly entries: readonly Entry[];
  /** Some of them overlap; otherwise they come one after the other. */
  readonly overlaps: boolean;
}

/**
 * Cuts a history where nothing is pending: after each op that all those called before it have returned with. Ops that
 * overlap with none are put together. Intervals are closed, see Search.
 */
export function stretchesOf(entries: readonly Entry[]): Stretch[] {
  const found: { entries: Entry[]; overlaps: boolean }[] = [];
  let group: Entry[] = [];
  let until = Number.NEGATIVE_INFINITY;
  const close = (): void => {
    const last = found.at(-1);
    if (group.length === 1 && last !== undefined && !last.overlaps) last.entries.push(...group);
    else if (group.length > 0) found.push({ entries: group, overlaps: group.length > 1 });
    group = [];
  };
  for (const entry of entries.toSorted((a, b) => a.called - b.called || a.op - b.op)) {
    if (entry.called > until) close();
    group.push(entry);
    until = Math.max(until, entry.returned);
  }
  close();
  return found;
}

/**
 * A history stretch by stretch. Where every op of a stretch can have been at one moment, that is what it is taken for;
 * the weaker rules are for the stretches that need them. An order that is found so is one of the whole trace. If none is
 * found, it may be that an earlier stretch was to be read by the weaker rules though it did not need them: then it takes a
 * Search of all of it to say so.
 */
export class Stretches {
  readonly #rules: Rules;
  readonly #words: Int32Array;
  readonly #setting: Setting;
  readonly #stretches: readonly Stretch[];
  #begin: Beginning;
  #search: Search | undefined;

  /** It takes `begin` for its own: a search may change the worlds that it begins with. */
  constructor(
    rules: Rules,
    words: Int32Array,
    entries: readonly Entry[],
    setting: Setting,
    begin: Beginning,
  ) {
    this.#rules = rules;
    this.#words = words;
    this.#setting = setting;
    this.#stretches = stretchesOf(entries);
    this.#begin = begin;
  }

  /** The op that was looked at last. */
  get current(): Entry | undefined {
    return this.#search?.current;
  }

  /** The first op that no order explains in this way; undefined if there is an order. Throws GivesUp. */
  run(): Entry | undefined {
    for (const stretch of this.#stretches) {
      // A search may change the worlds that it begins with
      const kept = stretch.overlaps ? this.#begin.configurations.map(copied) : [];
      const broken = this.#through(stretch, this.#begin.configurations, false);
      if (broken === undefined) continue;
      if (!stretch.overlaps || this.#through(stretch, kept, true) !== undefined) return broken;
    }
    return undefined;
  }

  #through({ entries }: Stretch, from: readonly Configuration[], inParts: boolean): Entry | undefined {
    const begin = { ...this.#begin, configurations: from };
    this.#search = new Search(this.#rules, this.#words, entries, this.#setting, inParts, begin);
    const broken = this.#search.run();
    const { configurations } = this.#search;
    this.#begin = {
      ...begin,
      configurations: configurations.map(({ world }) => ({ world, ahead: 0, trail: undefined })),
    };
    return broken;
  }
}

const copied = ({ world }: Configuration): Configuration => ({
  world: cloneWorld(world),
  ahead: 0,
  trail: undefined,
});
