// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';
import { Graph, type Reached, type State, type Way } from './exhaustive-graph.js';
import { KIND, type SmallOp } from './exhaustive-op.js';
import { Path } from './exhaustive-path.js';

interface Frame {
  readonly path: Path;
  readonly ways: readonly Way[];
  next: number;
}

const NOTHING: State['idle'] = [];

/** A program, and ops that change nothing, which are tried at its end. */
export interface SmallProgram {
  readonly path: Path;
  readonly idle: State['idle'];
  /** It is the first that ends in its state. */
  readonly first: boolean;
}

/** An import that changes nothing may have changed what only later ops show, so each has a program of its own. */
const isAlone = ({ kind }: SmallOp): boolean => kind === KIND.import;

/** Every small program, shorter ones first, one at a time: there are far too many to be kept. */
export class SmallPrograms {
  readonly #graph: Graph;
  readonly #depth: number;
  readonly #everyOrder: number;
  /** The length that is tried now. */
  #length = 0;
  #stack: Frame[] = [];
  #waiting: SmallProgram[] = [];
  /** States that a program ended in. */
  readonly #seen = new Set<number>();
  /** States whose idle ops were tried. */
  readonly #tried = new Set<number>();

  /** `everyOrder`: up to this length, programs that differ only in the order of ops that commute are all tried. */
  constructor(rules: Rules, depth: number, everyOrder: number) {
    this.#graph = new Graph(rules);
    this.#depth = depth;
    this.#everyOrder = everyOrder;
  }

  /** States of the model that programs have ended in. */
  get states(): number {
    return this.#seen.size;
  }

  /** The next program; undefined if there is none. The first has no op of its own. */
  next(): SmallProgram | undefined {
    if (this.#seen.size === 0) return this.#program(new Path(), this.#graph.start);
    for (;;) {
      const waiting = this.#waiting.pop();
      if (waiting !== undefined) return waiting;
      const frame = this.#stack.at(-1);
      if (frame === undefined) {
        if (this.#length === this.#depth) return undefined;
        this.#length++;
        this.#stack.push(this.#frame(new Path(), this.#graph.start));
        continue;
      }
      const way = frame.ways[frame.next++];
      if (way === undefined) this.#stack.pop();
      else if (this.#length <= this.#everyOrder || !frame.path.isSecondOrder(way)) {
        const path = new Path(frame.path, way);
        if (path.length === this.#length) return this.#program(path, way.target);
        this.#stack.push(this.#frame(path, way.target));
      }
    }
  }

  #frame(path: Path, reached: Reached): Frame {
    return { path, ways: this.#graph.open(reached).ways, next: 0 };
  }

  #program(path: Path, reached: Reached): SmallProgram {
    this.#seen.add(reached.number);
    if (path.length === this.#depth || this.#tried.has(reached.number))
      return { path, idle: NOTHING, first: false };
    this.#tried.add(reached.number);
    const { idle } = this.#graph.open(reached);
    for (const op of idle.filter(isAlone).reverse()) this.#waiting.push({ path, idle: [op], first: false });
    return { path, idle: idle.filter((op) => !isAlone(op)), first: true };
  }

  /** How many programs there are if every order is tried. Opens all states that are not at the last depth. */
  count(): number {
    const known: Map<number, number>[] = [];
    const states = new Map<number, number>();
    const below = (reached: Reached, left: number): number => {
      if (left === 0) return 1;
      known[left] ??= new Map();
      const row = known[left];
      const before = row.get(reached.number);
      if (before !== undefined) return before;
      const { idle, ways } = this.#graph.open(reached);
      states.set(reached.number, idle.filter(isAlone).length);
      let found = 1;
      for (const { target } of ways) found += below(target, left - 1);
      row.set(reached.number, found);
      return found;
    };
    const found = below(this.#graph.start, this.#depth);
    return [...states.values()].reduce((sum, alone) => sum + alone, found);
  }
}
