// SPDX-License-Identifier: MIT
import type { Event, Script } from '../ops/event.js';
import { NONE } from '../ops/operation.js';
import type { Rules } from '../rules/rules.js';
import { exactFingerprint } from '../state/fingerprint.js';
import { World } from '../state/world.js';
import { type Outcome, step } from './step.js';

/** Whoever looks at each way in which a program may go. */
export interface Follower {
  /** Op number `at` had that outcome, on the way that `path` tells of: what is to be told of it from then on. */
  goesOn(path: string, at: number, outcome: Outcome): string;
  /** From op `at` on nothing can be said: there are too many states, or the model cannot follow. */
  isLost(at: number): void;
}

/** More states than this at once, and nothing is said of what follows. */
const MAX_PLACES = 512;

/** A state in the middle of a block. */
interface Place {
  readonly world: World;
  readonly path: string;
  /** How many ops of each queue are done. */
  readonly done: readonly number[];
}

/**
 * Goes every way that a program may go: ops of thread 0 one after the other, those of other threads between them in every
 * order, each at one moment, with each outcome that the model allows. Gives the paths of those that came to an end.
 */
export function everyOrder(rules: Rules, { setting, events }: Script, follower: Follower): readonly string[] {
  const made = events.flatMap(({ call: { op, args } }) => (op.makes === undefined ? [] : [args[0] ?? NONE]));
  const variables = [...new Set(made)];
  let ways: readonly Pick<Place, 'world' | 'path'>[] = [{ world: new World(rules, setting), path: '' }];
  for (let at = 0; at < events.length; ) {
    const block = new Block(events, at);
    let places: readonly Place[] = ways.map((way) => ({ ...way, done: block.begin }));
    for (let n = at; n < block.end; n++) {
      const next = places.map((place) => block.goOn(place, follower));
      const known = next.every((some) => some !== undefined);
      places = distinct(
        next.flatMap((some) => some ?? []),
        variables,
      );
      const beyond = places.some(({ world }) => world.beyond !== undefined);
      if (known && !beyond && places.length > 0 && places.length <= MAX_PLACES) continue;
      follower.isLost(at);
      return [];
    }
    // A kernel that is down says nothing more
    ways = places.filter(({ world }) => !world.crashed);
    at = block.end;
  }
  return ways.map(({ path }) => path);
}

/** Where the ops from `from` on end that are side by side with it; behind it itself if it is of thread 0. */
export function blockEnd(events: readonly Event[], from: number): number {
  let end = from + 1;
  if ((events[from]?.thread ?? 0) !== 0)
    while (end < events.length && (events[end]?.thread ?? 0) !== 0) end++;
  return end;
}

/** Ops that are side by side, or one op. */
class Block {
  readonly end: number;
  readonly #events: readonly Event[];
  /** The ops of each thread. */
  readonly #queues: readonly (readonly number[])[];

  constructor(events: readonly Event[], from: number) {
    this.#events = events;
    this.end = blockEnd(events, from);
    const all = Array.from({ length: this.end - from }, (_, n) => from + n);
    const threads = [...new Set(all.map((n) => events[n]?.thread ?? 0))];
    this.#queues = threads.map((thread) => all.filter((n) => (events[n]?.thread ?? 0) === thread));
  }

  get begin(): readonly number[] {
    return this.#queues.map(() => 0);
  }

  /** One op further, with each thread that has one left. Undefined: the model does not say how. */
  goOn({ world, path, done }: Place, follower: Follower): Place[] | undefined {
    const places: Place[] = [];
    for (const [thread, queue] of this.#queues.entries()) {
      const at = queue[done[thread] ?? 0];
      const event = at === undefined ? undefined : this.#events[at];
      if (at === undefined || event === undefined) continue;
      const next = done.with(thread, (done[thread] ?? 0) + 1);
      if (world.crashed) {
        places.push({ world, path, done: next });
        continue;
      }
      const outcomes = step(world, event.call);
      if (outcomes.length === 0) return undefined;
      for (const outcome of outcomes)
        places.push({ world: outcome.world, path: follower.goesOn(path, at, outcome), done: next });
    }
    return places;
  }
}

function distinct(places: readonly Place[], variables: readonly number[]): readonly Place[] {
  if (places.length === 1) return places;
  const seen = new Map<string, Place>();
  for (const place of places) {
    const { world, path, done } = place;
    seen.set(`${done.join()} ${world.until} ${path} ${exactFingerprint(world, variables)}`, place);
  }
  return [...seen.values()];
}
