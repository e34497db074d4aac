// SPDX-License-Identifier: MIT
import { cloneWorld } from '../state/clone.js';
import { exactFingerprint } from '../state/fingerprint.js';
import type { World } from '../state/world.js';
import { attempt, GivesUp } from './attempt.js';
import type { Entry } from './history.js';
import { Pending, type Standing } from './pending.js';
import { related } from './related.js';

/** Longer histories keep too many states at once: each choice keeps the world before it. */
const MAX_ENTRIES = 1024;
/** Attempts for each op, on average, after which it is cheaper to look at all orders together. */
const ATTEMPTS_EACH = 16;

/** The return of one op, and what is pending then. */
interface Return {
  readonly entry: Entry;
  readonly bit: number;
  readonly pending: readonly Standing[];
}

interface State {
  readonly world: World;
  /** Bits of ops that are pending and have happened. */
  readonly ahead: number;
}

/** States that come after the return `at`, each made when it is asked for. */
interface Choice {
  readonly at: number;
  readonly states: Iterator<State>;
}

/**
 * Looks for one order of the ops of a history in which the model allows each result, every op being at one moment of its
 * interval. It goes on with the first state that explains a return and comes back to the others only if that leads
 * nowhere, where Search keeps all of them: of a correct kernel most histories have an order that is found at once.
 *
 * True: there is one, so the history holds. False says nothing: there is none, or it was not worth going on.
 */
export function hasFirstOrder(
  world: World,
  words: Int32Array,
  entries: readonly Entry[],
  variables: readonly number[],
  onlyPolled: ReadonlySet<Entry>,
): boolean {
  if (entries.length > MAX_ENTRIES) return false;
  try {
    return new FirstOrder(words, entries, variables, onlyPolled).run(world);
  } catch (error) {
    if (error instanceof GivesUp) return false;
    throw error;
  }
}

class FirstOrder {
  readonly #words: Int32Array;
  readonly #returns: readonly Return[];
  readonly #variables: readonly number[];
  readonly #onlyPolled: ReadonlySet<Entry>;
  readonly #choices: Choice[] = [];
  /** By the number of the return that comes next: states that lead nowhere, or that are being looked at. */
  readonly #seen: (Set<string> | undefined)[] = [];
  #attemptsLeft: number;

  constructor(
    words: Int32Array,
    entries: readonly Entry[],
    variables: readonly number[],
    onlyPolled: ReadonlySet<Entry>,
  ) {
    this.#words = words;
    this.#variables = variables;
    this.#onlyPolled = onlyPolled;
    this.#returns = returnsOf(entries);
    this.#attemptsLeft = entries.length * ATTEMPTS_EACH;
  }

  run(world: World): boolean {
    let state: State | undefined = { world, ahead: 0 };
    let furthest = 0;
    for (let at = 0; at < this.#returns.length; at++) {
      const came = this.#returns[at] as Return;
      // No state is known to lead nowhere from here on until the search has been further
      const known = at <= furthest && at > 0 && this.#isKnown(state, at);
      furthest = Math.max(furthest, at);
      if (!known && (state.ahead & came.bit) !== 0) {
        state = { world: state.world, ahead: state.ahead & ~came.bit };
        continue;
      }
      if (!known) this.#choices.push({ at, states: this.#after(state, came) });
      const next = this.#choose();
      if (next === undefined) return false;
      [state, at] = next;
    }
    return true;
  }

  /** The next state that nobody has looked at, and the return it comes after. */
  #choose(): readonly [State, number] | undefined {
    for (;;) {
      const choice = this.#choices.at(-1);
      if (choice === undefined) return undefined;
      const next = choice.states.next();
      if (next.done !== true) return [next.value, choice.at];
      this.#choices.pop();
    }
  }

  #isKnown(state: State, at: number): boolean {
    const seen = this.#seen[at] ?? new Set();
    this.#seen[at] = seen;
    const key = this.#keyOf(state);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  }

  #keyOf({ world, ahead }: State): string {
    return `${ahead} ${exactFingerprint(world, this.#variables)}`;
  }

  /** What a state becomes when an op returns: it alone, or with pending ops before it. */
  *#after(from: State, came: Return): Generator<State> {
    const { entry, pending } = came;
    const candidates: Entry[] = [];
    for (const one of pending)
      if (one.entry !== entry && (from.ahead & one.bit) === 0) candidates.push(one.entry);
    if (candidates.length === 0) {
      yield* this.#does(from.world, entry, came, from.ahead);
      return;
    }
    yield* this.#does(cloneWorld(from.world), entry, came, from.ahead);
    const others = related(from.world, entry, candidates, this.#words, false);
    yield* this.#withOthers(from, others, came, new Set());
  }

  *#withOthers(from: State, others: readonly Entry[], came: Return, seen: Set<string>): Generator<State> {
    for (const other of others) {
      const standing = came.pending.find(({ entry }) => entry === other);
      if (standing === undefined || !isNext(other, came, from.ahead)) continue;
      const left = others.filter((one) => one !== other);
      for (const next of this.#does(cloneWorld(from.world), other, came, from.ahead | standing.bit)) {
        if (others.length > 1) {
          const key = this.#keyOf(next);
          if (seen.has(key)) continue;
          seen.add(key);
        }
        yield* this.#does(cloneWorld(next.world), came.entry, came, next.ahead);
        yield* this.#withOthers(next, left, came, seen);
      }
    }
  }

  /** Does `entry` in `world`, which it may change. */
  *#does(world: World, entry: Entry, { pending }: Return, ahead: number): Generator<State> {
    if (--this.#attemptsLeft < 0) throw new GivesUp('too many orders are possible');
    const overlapping = pending.find((one) => one.entry === entry)?.overlapping ?? 0;
    for (const after of attempt(world, entry, this.#words, overlapping)) {
      if (this.#onlyPolled.has(entry)) {
        const file = after.file(this.#words[entry.first] as number);
        if (file?.kind === 'sync') file.onlyPolled = true;
      }
      yield { world: after, ahead };
    }
  }
}

/** Whether all that its thread did before has happened. */
function isNext(entry: Entry, { pending }: Return, ahead: number): boolean {
  const before = pending.find((one) => one.entry.op === entry.before);
  return before === undefined || (ahead & before.bit) !== 0;
}

function returnsOf(entries: readonly Entry[]): Return[] {
  const pending = new Pending(entries);
  return entries
    .toSorted((a, b) => a.returned - b.returned || a.op - b.op)
    .map((entry) => {
      pending.callAll(entry.returned);
      const found = { entry, bit: pending.bitOf(entry), pending: pending.standing() };
      pending.returned(entry);
      return found;
    });
}
