// SPDX-License-Identifier: MIT
import type { Event } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { eventOf, KIND, makesFile, type Names, named, type SmallOp, smallOp } from './exhaustive-op.js';
import { B, BUFFERS, CARD, does, G, OWN, T, TIMELINES } from './exhaustive-scope.js';
import { type Canonical, canonical } from './exhaustive-state.js';
import { type Touches, touches } from './exhaustive-touches.js';

/**
 * States of the model up to renaming, and what ops do to them. What a state has is known by its place in lists, so that a
 * state is the same whatever programs that reach it call its timelines, files and fences.
 */
export interface State {
  /** Ops that change nothing, refused ones too. */
  readonly idle: readonly SmallOp[];
  /** Ops that lead on, in the order of their ranks. */
  readonly ways: readonly Way[];
}

export interface Way {
  readonly op: SmallOp;
  readonly touches: Touches;
  readonly target: Reached;
  /** For each place in the state it leads to: the place before, or NEW. */
  readonly timelines: readonly number[];
  readonly files: readonly number[];
  readonly fences: readonly number[];
}

/** What the op has made. */
export const NEW = -1;

/** A state that was found, and how: enough to make its world again, as worlds are too large to be kept. */
export interface Reached {
  readonly number: number;
  /** The ops that led to it, with numbers of variables of its world. */
  readonly calls: readonly SmallOp[];
  readonly names: Names;
  state: State | undefined;
}

/** All states that were found, each opened when somebody wants to go on from it. */
export class Graph {
  readonly #start: World;
  readonly #known = new Map<string, Reached>();
  readonly #places = new Map<string, readonly number[]>();
  readonly start: Reached;

  constructor(rules: Rules) {
    const world = new World(rules);
    const once = ({ call: { op, args } }: Event) => run(world, op.code, args, 0);
    once(does('card', CARD));
    once(does('dumb', G, CARD));
    once(does('prime', B, CARD, G));
    for (let n = OWN + 1; n < BUFFERS; n++) {
      once(does('heap', B + n));
      once(does('open', G + n, CARD, B + n));
    }
    for (let n = 0; n < TIMELINES; n++) once(does('timeline', T + n));
    this.#start = world;
    this.start = this.#reach([], canonical(world, { timelines: [], files: [], fences: [], used: 0 }));
  }

  /** States that were found. */
  get size(): number {
    return this.#known.size;
  }

  #reach(calls: readonly SmallOp[], { key, ...names }: Canonical): Reached {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fresh = { number: this.#known.size, calls, names, state: undefined };
    this.#known.set(key, fresh);
    return fresh;
  }

  /** The world of a state, made again. */
  #world({ calls }: Reached): World {
    const world = cloneWorld(this.#start);
    const made = { files: 0, fences: 0 };
    for (const op of calls) act(world, op, made);
    return world;
  }

  /** For each place after an op the one before. Lists of places are few, so each is kept once. */
  #placesIn(before: readonly number[], after: readonly number[]): readonly number[] {
    const places = after.map((n) => before.indexOf(n));
    const text = places.join();
    const known = this.#places.get(text);
    if (known === undefined) this.#places.set(text, places);
    return known ?? places;
  }

  open(reached: Reached): State {
    reached.state ??= this.#expanded(reached);
    return reached.state;
  }

  #expanded(from: Reached): State {
    const { names, calls } = from;
    const before = this.#world(from);
    const { key } = canonical(before, names);
    const [idle, ways]: [SmallOp[], Way[]] = [[], []];
    for (const op of candidates(before, names)) {
      const byName = named(op, names);
      const world = cloneWorld(before);
      act(world, byName, { files: madeFiles(calls), fences: madeFences(calls) });
      if (world.beyond !== undefined || world.crashed) continue;
      const after = canonical(world, namesAfter(names, byName, calls, world.answer.ret));
      if (after.key === key) idle.push(op);
      else
        ways.push({
          op,
          touches: touches(before, names, op),
          target: this.#reach([...calls, byName], after),
          timelines: this.#placesIn(names.timelines, after.timelines),
          files: this.#placesIn(names.files, after.files),
          fences: this.#placesIn(names.fences, after.fences),
        });
    }
    return { idle, ways };
  }
}

const madeFiles = (calls: readonly SmallOp[]): number => calls.filter(({ kind }) => makesFile(kind)).length;
const madeFences = (calls: readonly SmallOp[]): number =>
  calls.filter(({ kind }) => kind === KIND.attach).length;

/** Does an op whose places are numbers of variables. Fences are so many steps ahead of where their timeline is. */
function act(world: World, op: SmallOp, made: { files: number; fences: number }): void {
  const timeline = op.kind === KIND.fence ? world.file(T + op.a) : undefined;
  const value = timeline?.kind === 'timeline' ? timeline.context.position + op.b : 0;
  const number = op.kind === KIND.attach ? made.fences : made.files;
  const { call } = eventOf(op, number, value);
  run(world, call.op.code, call.args, 0);
  if (world.answer.ret < 0) return;
  if (op.kind === KIND.attach) made.fences++;
  else if (makesFile(op.kind)) made.files++;
}

/** What is named after an op that gave `ret`. */
function namesAfter(before: Names, op: SmallOp, calls: readonly SmallOp[], ret: number): Names {
  if (ret < 0) return before;
  const { kind, a } = op;
  const { timelines, files, fences, used } = before;
  if (kind === KIND.attach) return { ...before, fences: [...fences, madeFences(calls)] };
  if (kind === KIND.signal) return { ...before, fences: fences.filter((n) => n !== a) };
  if (kind === KIND.closeFile) return { ...before, files: files.filter((n) => n !== a) };
  if (kind === KIND.closeTimeline) return { ...before, timelines: timelines.filter((n) => n !== a) };
  if (!makesFile(kind)) return before;
  const after = { ...before, files: [...files, madeFiles(calls)] };
  return kind === KIND.fence && a === used
    ? { ...after, timelines: [...timelines, used], used: used + 1 }
    : after;
}

/** Every op that has something to work on, by places, in the order of ranks. */
function candidates(world: World, names: Names): SmallOp[] {
  const found: SmallOp[] = [];
  const each = (count: number, add: (n: number) => void) => {
    for (let n = 0; n < count; n++) add(n);
  };
  const [timelines, files, fences] = [names.timelines.length, names.files.length, names.fences.length];
  const open = Array.from({ length: BUFFERS }, (_, n) => n).filter((n) => world.file(B + n) !== undefined);
  each(timelines + (names.used < TIMELINES ? 1 : 0), (t) => {
    for (const ahead of [1, 2]) found.push(smallOp(KIND.fence, t, ahead));
  });
  each(BUFFERS, (b) => {
    if (b !== OWN && !open.includes(b)) return;
    for (const access of [0, 1]) found.push(smallOp(KIND.attach, b, access));
  });
  for (const b of open) for (const access of [1, 2, 3]) found.push(smallOp(KIND.export, b, access));
  each(files, (s) => {
    for (const b of open) for (const access of [1, 2, 3]) found.push(smallOp(KIND.import, s, b, access));
  });
  each(files, (s) => each(files, (other) => found.push(smallOp(KIND.merge, s, other))));
  each(timelines, (t) => found.push(smallOp(KIND.inc, t)));
  each(fences, (f) => found.push(smallOp(KIND.signal, f)));
  for (const b of open) for (const events of [1, 4]) found.push(smallOp(KIND.pollBuffer, b, events));
  each(files, (s) => found.push(smallOp(KIND.pollFile, s)));
  each(files, (s) => found.push(smallOp(KIND.closeFile, s)));
  each(timelines, (t) => found.push(smallOp(KIND.closeTimeline, t)));
  for (const b of open) found.push(smallOp(KIND.closeBuffer, b));
  return found;
}
