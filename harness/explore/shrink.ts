// SPDX-License-Identifier: MIT
import { type Batch, passes, printScript, repeated, type Script } from '../../models/index.js';
import { NoGuest } from './guest-runner.js';
import { programOf } from './remainder.js';
import type { Ran, Runner } from './runner.js';

export interface ShrinkOrder {
  readonly runner: Runner;
  /** What failed. */
  readonly ran: Ran;
  /** Whether something else that was run fails in the same way. */
  same(ran: Ran): boolean;
  /** performance.now() after which nothing more is tried. */
  readonly until: number;
  readonly signal: AbortSignal;
  onProgress?(ops: number, trials: number): void;
}

export interface Shrunk {
  /** The smallest that failed; its outcome is of that run. */
  readonly ran: Ran;
  readonly script: Script;
  /** How often it was done in that run: a race need not show at the first try. */
  readonly times: number;
  readonly trials: number;
  /** Nothing can be taken from it: all was tried. */
  readonly minimal: boolean;
}

/** Candidates that share a guest. Each that kills its guest costs a boot, so then only a few. */
const GROUP = 32;
const DEADLY_GROUP = 4;
/** A race is tried so often in one run, and in so many runs with other pauses. */
const RACE_TIMES = 60;
const RACE_RUNS = 4;

/**
 * The smallest program that fails in the same way: first the program of the batch alone, or with as few before it as it
 * takes, then whatever can be cut from it. Undefined if it does not fail a second time. Every distinct program is tried
 * once (a race: many times).
 */
export async function shrink(order: ShrinkOrder): Promise<Shrunk | undefined> {
  return new Shrinking(order).run();
}

/** A program that failed, and the run in which it did. */
interface Failing {
  readonly script: Script;
  readonly ran: Ran;
}

class Shrinking {
  readonly #order: ShrinkOrder;
  readonly #tried = new Set<string>();
  readonly #races: boolean;
  readonly #group: number;
  #trials = 0;
  #noGuest = false;

  constructor(order: ShrinkOrder) {
    this.#order = order;
    this.#races = order.ran.batch.script.events.some(({ thread }) => (thread ?? 0) !== 0);
    const group = order.ran.outcome.kind === 'died' ? DEADLY_GROUP : GROUP;
    this.#group = Math.max(1, Math.floor(group / (this.#races ? RACE_RUNS : 1)));
  }

  async run(): Promise<Shrunk | undefined> {
    let best = await this.#firstFailing(startsOf(this.#order.ran));
    if (best === undefined) return undefined;
    for (let pass = 0; ; pass++) {
      const next: (() => Generator<Script>) | undefined = passes(best.script)[pass];
      if (next === undefined || this.#isOver()) {
        const times = this.#races ? RACE_TIMES : 1;
        return { ...best, times, trials: this.#trials, minimal: next === undefined };
      }
      const smaller: Failing | undefined = await this.#firstFailing(next());
      if (smaller === undefined) continue;
      best = smaller;
      pass = -1;
    }
  }

  #isOver(): boolean {
    return this.#noGuest || performance.now() >= this.#order.until || this.#order.signal.aborted;
  }

  /** The first candidate that fails; groups of them are run together. */
  async #firstFailing(candidates: Iterable<Script>): Promise<Failing | undefined> {
    let group: Script[] = [];
    for (const candidate of candidates) {
      const text = printScript(candidate);
      if (this.#tried.has(text)) continue;
      this.#tried.add(text);
      group.push(candidate);
      if (group.length < this.#group) continue;
      const found = await this.#tryGroup(group);
      if (found !== undefined || this.#isOver()) return found;
      group = [];
    }
    return group.length === 0 ? undefined : this.#tryGroup(group);
  }

  async #tryGroup(group: readonly Script[]): Promise<Failing | undefined> {
    const { runner, signal, same, onProgress, ran } = this.#order;
    const trials = group.flatMap((script) => this.#trialsOf(ran.batch, script));
    const all = await runner
      .run(
        trials.map(({ batch }) => batch),
        signal,
      )
      .catch((error: unknown) => {
        if (error instanceof NoGuest) return undefined;
        throw error;
      });
    // On a busy machine emulated guests fail to boot: what has been found so far is what there is
    if (all === undefined) {
      this.#noGuest = true;
      return undefined;
    }
    const at = all.findIndex((one) => !signal.aborted && same(one));
    const [trial, found] = [trials[at], all[at]];
    onProgress?.(trial?.script.events.length ?? ran.batch.script.events.length, this.#trials);
    return trial === undefined || found === undefined ? undefined : { script: trial.script, ran: found };
  }

  #trialsOf({ mode }: Batch, script: Script): { script: Script; batch: Batch }[] {
    const runs = this.#races ? RACE_RUNS : 1;
    return Array.from({ length: runs }, (_, n) => {
      this.#trials++;
      const whole = this.#races ? repeated(script, RACE_TIMES) : script;
      const pauses = this.#races ? (mode.pauses ?? 0) + n + 1 : mode.pauses;
      const batch = { name: `trial-${this.#trials}`, script: whole, starts: [0], mode: { ...mode, pauses } };
      return { script, batch };
    });
  }
}

/** The program that failed with what prepares for it, then with more and more of those before it, then all up to it. */
function* startsOf(ran: Ran): Generator<Script> {
  const { batch } = ran;
  const { script, starts } = batch;
  const [first = 0] = starts;
  const program = programOf(ran) ?? starts.length - 1;
  const end = starts[program + 1] ?? script.events.length;
  for (let before = 0; before < program; before = before * 4 + 1) {
    const from = starts[program - before] ?? first;
    yield { ...script, events: [...script.events.slice(0, first), ...script.events.slice(from, end)] };
  }
  yield { ...script, events: script.events.slice(0, end) };
  yield script;
}
