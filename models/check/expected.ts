// SPDX-License-Identifier: MIT
import { CRASHED, type Result } from '../ops/call.js';
import { type Event, OK, type Script } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { printResult } from '../text/print.js';
import { blockEnd, everyOrder, type Follower } from './every-order.js';
import type { Outcome } from './step.js';
import { Unsure } from './unsure.js';
import { variants } from './variants.js';

/** What somebody who has no model at hand may expect of an op of a program. */
export interface Expected {
  readonly event: Event;
  /** Every result that is allowed; undefined: any is, as far as is known. `OK` as a number: any that is not negative. */
  readonly allowed: readonly Result[] | undefined;
}

/** Results that depend on each other. */
export interface Together {
  /** Ops of the program. */
  readonly ops: readonly number[];
  /** Every row of results that is allowed: for each of these ops its place in `allowed`. */
  readonly rows: readonly (readonly number[])[];
}

/**
 * Every result that the model allows for each op of a program, whatever came of those before it. Ops of thread 0 come one
 * after the other, those of other threads between them in every order. What is said is never too strict: where the model
 * allows more than can be listed, or an op of several parts looks at what other threads change (weak.ts), any result is.
 */
export function expectations(rules: Rules, script: Script): Expected[] {
  const { events } = script;
  const told = new Told(events);
  everyOrder(rules, script, told);
  const unsure = new Unsure(rules);
  const all: Expected[] = [];
  for (let at = 0; at < events.length; at = blockEnd(events, at)) {
    const block = events.slice(at, blockEnd(events, at));
    for (const [n, event] of block.entries())
      all.push({ event, allowed: unsure.judged(event, block, told.allowed(at + n)) });
  }
  return all;
}

/**
 * Ops of threads may each have several results, of which not all go together: of two that exclude each other one has to
 * fail, whichever it is. Undefined where that says nothing more than `expected` does, or too much.
 */
export function expectedTogether(
  rules: Rules,
  script: Script,
  expected: readonly Expected[],
): Together | undefined {
  if (!script.events.some(({ thread }) => (thread ?? 0) !== 0)) return undefined;
  const ops = expected.flatMap(({ allowed }, at) => ((allowed?.length ?? 0) > 1 ? [at] : []));
  if (ops.length < 2) return undefined;
  const rows = new Rows(expected, ops);
  const paths = everyOrder(rules, script, rows);
  if (rows.lost || paths.length === 0) return undefined;
  const distinct = [...new Set(paths)].filter(
    (path) => path.split(' ').filter((n) => n !== '').length === ops.length,
  );
  const all = ops.reduce((product, at) => product * (expected[at]?.allowed?.length ?? 1), 1);
  if (distinct.length === 0 || distinct.length >= all || distinct.length > MOST_ROWS) return undefined;
  return { ops, rows: distinct.map((path) => slots(path, ops.length).map(Number)) };
}

/** Nobody reads more. */
const MOST_ROWS = 64;

const slots = (path: string, length: number): string[] =>
  path === '' ? Array.from({ length }, () => '') : path.split(' ');

/** Results so far as a path: a word for each of some ops, empty for those to come. */
class Rows implements Follower {
  readonly #expected: readonly Expected[];
  readonly #ops: readonly number[];
  lost = false;

  constructor(expected: readonly Expected[], ops: readonly number[]) {
    this.#expected = expected;
    this.#ops = ops;
  }

  isLost(): void {
    this.lost = true;
  }

  goesOn(path: string, at: number, outcome: Outcome): string {
    const slot = this.#ops.indexOf(at);
    const { event, allowed = [] } = this.#expected[at] ?? {};
    if (slot < 0 || event === undefined) return path;
    const [result, ...more] = variants(event, outcome) ?? [];
    const place = result === undefined ? -1 : placeOf(event, allowed, result);
    if (more.length > 0 || place < 0) this.lost = true;
    return slots(path, this.#ops.length).with(slot, String(place)).join(' ');
  }
}

const placeOf = ({ call }: Event, allowed: readonly Result[], result: Result): number =>
  allowed.findIndex(
    (one) =>
      (one.ret === OK && result.ret >= 0) || printResult(call.op, one) === printResult(call.op, result),
  );

/** The results of each op, on all ways. */
class Told implements Follower {
  readonly #events: readonly Event[];
  readonly #results: readonly Map<string, Result>[];
  readonly #any: boolean[];

  constructor(events: readonly Event[]) {
    this.#events = events;
    this.#results = events.map(() => new Map());
    this.#any = events.map(() => false);
  }

  isLost(at: number): void {
    this.#any.fill(true, at);
  }

  goesOn(path: string, at: number, outcome: Outcome): string {
    const event = this.#events[at];
    const results = event === undefined ? undefined : variants(event, outcome);
    if (event === undefined || results === undefined) this.#any[at] = true;
    else for (const result of results) this.#results[at]?.set(printResult(event.call.op, result), result);
    return path;
  }

  /** A kernel that goes down says nothing: that is left out. */
  allowed(at: number): readonly Result[] | undefined {
    const results = [...(this.#results[at]?.values() ?? [])].filter(({ ret }) => ret !== CRASHED);
    return this.#any[at] === true || results.length === 0 ? undefined : results;
  }
}
