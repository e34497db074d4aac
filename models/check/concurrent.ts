// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING, type Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import { exactFingerprint } from '../state/fingerprint.js';
import { World } from '../state/world.js';
import { attempt, GivesUp } from './attempt.js';
import { blame } from './blame.js';
import { hasFirstOrder } from './first-order.js';
import { type Entry, madeIn, readHistory } from './history.js';
import { onlyPolled } from './listed.js';
import { Pending } from './pending.js';
import { related } from './related.js';
import { Stretches } from './stretches.js';
import { prune, statesOf, type Trail } from './trail.js';
import type { Verdict } from './verdict.js';
import { attemptInParts } from './weak.js';

/** More states than this at once, or more attempts to explain one op, and the search gives up: undecided. */
export const MAX_CONFIGURATIONS = 4096;
const MAX_ATTEMPTS = 50_000;
/**
 * States that are looked at to explain ops, or told apart, before the search knows again what it is in. In parts an op may
 * have seen each state of a long interval, so that few attempts can be minutes of work; this is some ten seconds.
 */
const MAX_WORK = 1_000_000;
/** So many configurations cost less than finding out which are the same. */
const FEW = 4;

/** One way in which everything that has returned can have happened: the world, and who is ahead. */
export interface Configuration {
  readonly world: World;
  /** Bits of pending ops that have happened in this world though they have not returned. */
  readonly ahead: number;
  /** States before this one that pending ops may have seen; only where ops may be in parts. */
  readonly trail: Trail | undefined;
}

/** Where a search begins: at the beginning of a trace, or where nothing is pending. */
export interface Beginning {
  readonly configurations: readonly Configuration[];
  /** Of the whole trace: variables that are made, and ops whose sync_file is told from another by what is pending. */
  readonly variables: readonly number[];
  readonly onlyPolled: ReadonlySet<Entry>;
}

export const beginningOf = (
  rules: Rules,
  words: Int32Array,
  entries: readonly Entry[],
  setting: Setting,
): Beginning => ({
  configurations: [{ world: new World(rules, setting, false), ahead: 0, trail: undefined }],
  variables: madeIn(words, entries),
  onlyPolled: onlyPolled(rules, words, entries),
});

/**
 * Is there an order of all ops in which the model allows each result, and in which every op happens at one moment of its
 * own interval? Just-in-time linearization (Wing and Gong, "Testing and verifying concurrent objects", 1993; Lowe,
 * "Testing for linearizability", 2017): going through calls and returns in order of time, an op is made to happen at its
 * return at the latest, before it any of those that have been called and have not returned.
 *
 * Intervals are CLOSED: an op that returns at 2 us overlaps one that is called at 2 us. Two CPUs of the guest can read
 * the same microsecond. With open ends `inc t0 1` in [1, 2) would come strictly before `poll s0 in` in [2, 3), and a
 * correct kernel that still says "not ready" would be condemned:
 *
 *     0.0: inc t0 1 -> 0 @1+1
 *     0.1: poll s0 in -> 0 ready nothing @2+1
 *
 * So at the same time calls come before returns. Two ops of one thread never overlap: they happen in order of records.
 */
export class Search {
  readonly #words: Int32Array;
  readonly #entries: readonly Entry[];
  readonly pending: Pending;
  configurations: Configuration[];
  /** Ops that look at several fences need not be at one moment: see attemptInParts(). */
  readonly #inParts: boolean;
  #attempts = 0;
  #work = 0;
  /** How many configurations there were when those that were there twice were last left out. */
  #lastDistinct = 1;
  readonly #texts = new WeakMap<World, string>();
  /** The op whose return is looked at. */
  current: Entry | undefined;
  /** Variables that are made in the trace. */
  readonly #variables: readonly number[];
  /** Ops whose sync_file is told from another by what is pending alone. In parts an array may be late: they differ. */
  readonly #onlyPolled: ReadonlySet<Entry>;

  constructor(
    rules: Rules,
    words: Int32Array,
    entries: readonly Entry[],
    setting: Setting,
    inParts = false,
    begin = beginningOf(rules, words, entries, setting),
  ) {
    this.#inParts = inParts;
    this.#words = words;
    this.#entries = entries;
    this.pending = new Pending(entries);
    this.#variables = begin.variables;
    this.#onlyPolled = inParts ? new Set() : begin.onlyPolled;
    this.configurations = [...begin.configurations];
  }

  /**
   * Goes on to the return of each op. The first that no configuration explains, with `configurations` as they were before
   * it if ops may be in parts; undefined if there is an order.
   */
  run(): Entry | undefined {
    for (const entry of this.#entries.toSorted((a, b) => a.returned - b.returned || a.op - b.op)) {
      this.pending.callAll(entry.returned);
      this.current = entry;
      const next = this.configurations.flatMap((configuration) => this.#returns(configuration, entry));
      if (next.length === 0) return entry;
      this.configurations = this.#inParts ? this.#distinct(next) : this.#fewer(next);
      if (this.configurations.length > MAX_CONFIGURATIONS) throw new GivesUp('too many states are possible');
      this.pending.returned(entry);
      if (this.#inParts) this.#forget();
      const [only, ...more] = this.configurations;
      if (more.length === 0 && only?.trail === undefined) this.#work = 0;
    }
    return undefined;
  }

  /** What a configuration becomes when `entry` returns. */
  #returns(from: Configuration, entry: Entry): Configuration[] {
    const bit = this.pending.bitOf(entry);
    if ((from.ahead & bit) !== 0) return [{ ...from, ahead: from.ahead & ~bit }];
    this.#attempts = 0;
    const others = this.related(from.world, entry, from.ahead);
    if (others.length === 0 && !this.#inParts)
      return this.#attempt(from.world, entry).map((world) => ({ ...from, world }));
    const found: Configuration[] = [];
    this.walk(from, others, (at) => {
      for (const world of this.#next(at, entry)) found.push(this.#after(at, entry, world, at.ahead));
    });
    return found;
  }

  /** Every configuration that `others`, or some of them, can lead to in any order, with the one given first. */
  walk(
    from: Configuration,
    others: readonly Entry[],
    visit: (at: Configuration) => void,
    seen = new Set<string>(),
  ): void {
    visit(from);
    for (const entry of others) {
      if (!this.pending.isNext(entry, from.ahead)) continue;
      const ahead = from.ahead | this.pending.bitOf(entry);
      const left = others.filter((other) => other !== entry);
      for (const world of this.#next(from, entry)) {
        const next = this.#after(from, entry, world, ahead);
        const key = others.length === 1 ? '' : this.#keyOf(next);
        if (key !== '' && seen.has(key)) continue;
        seen.add(key);
        this.walk(next, left, visit, seen);
      }
    }
  }

  /** States that nobody can have seen any more. */
  #forget(): void {
    this.configurations = this.configurations.map((one) => ({
      ...one,
      trail: prune(one.trail, this.pending),
    }));
  }

  #after(from: Configuration, cause: Entry, world: World, ahead: number): Configuration {
    if (!this.#inParts) return { world, ahead, trail: undefined };
    return {
      world,
      ahead,
      trail: { world: from.world, cause, calls: this.pending.calls, before: from.trail },
    };
  }

  #attempt(world: World, entry: Entry): readonly World[] {
    const worlds = attempt(world, entry, this.#words, this.pending.overlapping(entry));
    if (this.#onlyPolled.has(entry))
      for (const after of worlds) {
        const file = after.file(this.#words[entry.first] as number);
        if (file?.kind === 'sync') file.onlyPolled = true;
      }
    return worlds;
  }

  /** The worlds after an op; the one before stays as it is. */
  #next({ world, trail }: Configuration, entry: Entry): readonly World[] {
    if (++this.#attempts > MAX_ATTEMPTS) throw new GivesUp('too many orders are possible');
    if (!this.#inParts) return this.#attempt(cloneWorld(world), entry);
    const states = statesOf(world, trail, entry, this.pending, this.#words);
    this.#spend(states.length);
    return attemptInParts(states, entry, this.#words, this.pending.overlapping(entry));
  }

  #spend(states: number): void {
    this.#work += states;
    if (this.#work > MAX_WORK) throw new GivesUp('too many states would have to be looked at');
  }

  #keyOf({ world, ahead, trail }: Configuration): string {
    if (this.#inParts) this.#spend(1);
    let key = `${ahead} ${this.#textOf(world)}`;
    for (let at = trail; at !== undefined; at = at.before, this.#spend(1))
      key += `\n${at.cause.op} ${at.calls} ${this.#textOf(at.world)}`;
    return key;
  }

  /** In parts no world changes once it is there, so its text is made once. */
  #textOf(world: World): string {
    if (!this.#inParts) return exactFingerprint(world, this.#variables);
    const known = this.#texts.get(world);
    if (known !== undefined) return known;
    const text = exactFingerprint(world, this.#variables);
    this.#texts.set(world, text);
    return text;
  }

  /** Leaves those out that there are twice, but only when it is worth the look: there are twice as many as last time. */
  #fewer(configurations: Configuration[]): Configuration[] {
    if (configurations.length === 1) this.#lastDistinct = 1;
    if (configurations.length <= Math.max(FEW, 2 * this.#lastDistinct)) return configurations;
    const found = this.#distinct(configurations);
    this.#lastDistinct = found.length;
    return found;
  }

  /** One of each: configurations that grew together again. */
  #distinct(configurations: readonly Configuration[]): Configuration[] {
    if (configurations.length === 1) return [...configurations];
    const known = new Map<string, Configuration>();
    for (const one of configurations) known.set(this.#keyOf(one), one);
    return [...known.values()];
  }

  /** The pending ops that could matter for `entry`. */
  related(world: World, entry: Entry, ahead: number): Entry[] {
    return related(world, entry, this.pending.others(entry, ahead), this.#words, this.#inParts);
  }
}

const atOneMoment = ({ op }: Entry): string =>
  `if every op is at one moment, none of the orders explains op ${op}`;

/** A trace of several threads. */
export function checkConcurrent(
  rules: Rules,
  words: Int32Array,
  setting: Setting = DEFAULT_SETTING,
  whole = true,
): Verdict {
  const { entries, fault } = readHistory(words);
  const complete = whole && fault === undefined;
  const begin = beginningOf(rules, words, entries, setting);
  const holds: Verdict =
    fault === undefined ? { kind: 'holds', ops: entries.length } : { kind: 'undecided', ...fault };
  const world = new World(rules, setting, false);
  if (hasFirstOrder(world, words, entries, begin.variables, begin.onlyPolled)) return holds;
  const stretches = new Stretches(rules, words, entries, setting, begin);
  let search: Pick<Search, 'current'> = stretches;
  let first: Entry | undefined;
  try {
    first = stretches.run();
    if (first !== undefined) {
      const whole = new Search(rules, words, entries, setting, true);
      search = whole;
      const broken = whole.run();
      if (broken !== undefined) return blame(whole, words, broken, entries, complete);
    }
  } catch (error) {
    if (!(error instanceof GivesUp)) throw error;
    const { op, at } = search.current ?? { op: 0, at: 0 };
    const reason = first === undefined ? error.message : `${error.message}; ${atOneMoment(first)}`;
    return { kind: 'undecided', op, offset: at, reason };
  }
  return holds;
}
