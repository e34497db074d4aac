// SPDX-License-Identifier: MIT
import type { Event, Setting } from '../ops/event.js';
import { OK } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { fingerprint } from '../state/view.js';
import { World } from '../state/world.js';
import { decode } from '../trace/record.js';
import { type Entry, isSequential, readHistory } from './history.js';
import { stepObserved } from './step.js';

/** Ops of several threads in one order in which all of them may have happened. */
export interface Order {
  /** Numbers of ops in the trace. Some that had not returned yet may be among them. */
  readonly ops: readonly number[];
  /** When each op of the trace was called and when it returned: see Entry. */
  readonly spans: readonly Pick<Entry, 'op' | 'called' | 'returned'>[];
  readonly sequential: boolean;
}

/** So many steps are tried for each op, and for all of them at least so many; after that, no order is shown. */
const STEPS_EACH = 4;
const LEAST_STEPS = 2000;
const MAX_WORLDS = 64;

/**
 * One order of the ops before number `until` in which each is at one moment and gives what it gave. Undefined where none
 * was found: ops may be in parts, or there are too many. For people: the verdict is checkTrace()'s.
 */
export function orderOf(rules: Rules, words: Int32Array, setting: Setting, until: number): Order | undefined {
  const { entries } = readHistory(words);
  const spans = entries.map(({ op, called, returned }) => ({ op, called, returned }));
  if (isSequential(words))
    return { ops: entries.slice(0, until).map(({ op }) => op), spans, sequential: true };
  const ops = new Ordering(rules, setting, words, entries, until).find();
  return ops === undefined ? undefined : { ops, spans, sequential: false };
}

/** The worlds after an op that gave what it gave; which number it got is nobody's promise where others went on. */
export function afterOp(worlds: readonly World[], event: Event): World[] {
  const { call, results, took, thread, start = 0 } = event;
  const [result] = results;
  if (result === undefined) return [];
  const seen = call.op.makes !== undefined && result.ret >= 0 ? { ...result, ret: OK } : result;
  const next = new Map<string, World>();
  for (const world of worlds) {
    world.until = Math.max(world.until, start);
    for (const after of stepObserved(world, call, seen, took, thread)) next.set(fingerprint(after), after);
  }
  return [...next.values()].slice(0, MAX_WORLDS);
}

interface Place {
  readonly worlds: readonly World[];
  readonly op: number;
  /** What else could come here. */
  readonly left: number[];
}

class Ordering {
  readonly #begin: World;
  readonly #words: Int32Array;
  readonly #entries: readonly Entry[];
  readonly #until: number;
  readonly #done: boolean[];

  constructor(rules: Rules, setting: Setting, words: Int32Array, entries: readonly Entry[], until: number) {
    this.#begin = new World(rules, setting, false);
    this.#words = words;
    this.#entries = entries;
    this.#until = until;
    this.#done = entries.map(() => false);
  }

  find(): number[] | undefined {
    const path: Place[] = [];
    let worlds: readonly World[] = [this.#begin];
    let left = this.#next();
    const most = LEAST_STEPS + STEPS_EACH * this.#until;
    for (let steps = 0; steps < most; steps++) {
      if (this.#missing() < 0) return path.map(({ op }) => op);
      const op = left.shift();
      if (op === undefined) {
        const back = path.pop();
        if (back === undefined) return undefined;
        this.#done[back.op] = false;
        worlds = path.at(-1)?.worlds ?? [this.#begin];
        left = back.left;
        continue;
      }
      const after = afterOp(worlds, decode(this.#words, this.#entries[op]?.at ?? 0));
      if (after.length === 0) continue;
      path.push({ worlds: after, op, left });
      this.#done[op] = true;
      worlds = after;
      left = this.#next();
    }
    return undefined;
  }

  /** The first op that has to be there and is not; -1 if all are. */
  #missing(): number {
    const at = this.#done.indexOf(false);
    return at < this.#until ? at : -1;
  }

  /** Ops that nothing has to come before, in the order in which they returned. */
  #next(): number[] {
    const first = this.#missing();
    if (first < 0) return [];
    const returned = this.#entries[first]?.returned ?? Number.POSITIVE_INFINITY;
    const found: number[] = [];
    for (let at = first; at < this.#entries.length; at++) {
      const entry = this.#entries[at] as Entry;
      // Whatever is called after the first has returned comes after it, and so does all that comes then of the records
      if (entry.called > returned && at > first + 256) break;
      if (this.#done[at] || entry.called > returned) continue;
      if (entry.before >= 0 && !this.#done[entry.before]) continue;
      // The one that is blamed cannot be among them
      if (at !== this.#until) found.push(at);
    }
    return found;
  }
}
