// SPDX-License-Identifier: MIT
import { setImmediate as turn } from 'node:timers/promises';
import type { Batch, Strategy } from '../../models/index.js';
import { NoGuest, whyUndecided } from './guest-runner.js';
import { programOf, remainder } from './remainder.js';
import { isFailure, type Ran, type Runner } from './runner.js';

export interface SearchOrder {
  readonly strategy: Strategy;
  readonly runner: Runner;
  /** Guests side by side. */
  readonly lanes: number;
  /** Ops that the first guests get, about; later ones get what is done in `guestMilliseconds`. */
  readonly firstOps: number;
  readonly guestMilliseconds: number;
  /** Guests are busy with other things than ops at their end: their kernel is scanned for leaks. */
  readonly scans?: boolean;
  /** performance.now() when all should be done: no guest is started that is not expected to end before. */
  readonly until: number;
  /** So many ms later those that are under way all the same are ended. */
  readonly slack?: number;
  /** Everything ends now. */
  readonly signal: AbortSignal;
  onProgress?(score: Score): void;
  /** Saves it, shrinks it. The number of the program in the batch, if it is known which one it was. */
  onFailure(ran: Ran): Promise<Handled>;
}

export interface Handled {
  /** The program of the batch that fails; undefined if nobody knows. */
  readonly program: number | undefined;
  /** Whether the programs behind it should be tried as well. */
  readonly goOn: boolean;
  /** It is a defect that was known: no failure of this search, though it costs what was behind it. */
  readonly documented?: true;
}

/** What was really judged, as against what was generated. */
export interface Score {
  readonly programs: number;
  readonly ops: number;
  /** Programs that were generated and of which nothing is known. */
  readonly lost: number;
  readonly failures: number;
  /** Times that a documented defect was met, and programs that were lost to it. */
  readonly documented: { readonly times: number; readonly lost: number };
  /** Programs that were under way when time was up. */
  readonly cut: number;
  /** Why nothing could be said, and of how many batches. */
  readonly undecided: ReadonlyMap<string, number>;
}

/** Programs that could not be judged for one reason; after as many, what is behind them in a batch is given up. */
const MOST_UNDECIDED = 100;

/** What the trace of one guest may take of our memory. */
const MOST_OPS = 1_000_000;

/** As long as a timer can be, in ms. */
const MOST_TIMER = 0x7fffffff;

/** How long a guest has worked on them, in ms. */
const workOf = (all: readonly Ran[]): number => all.reduce((sum, { result }) => sum + result.milliseconds, 1);

const opsOf = (batches: readonly Batch[]): number =>
  batches.reduce((sum, { script }) => sum + script.events.length, 0);

/** Gives a strategy's batches to guests until there are none left, or it is enough. */
export class Search {
  readonly #order: SearchOrder;
  readonly #again: Batch[] = [];
  readonly #undecided = new Map<string, number>();
  #programs = 0;
  #ops = 0;
  #lost = 0;
  #failures = 0;
  #documented = { times: 0, lost: 0 };
  #cut = 0;
  readonly #deadline = new AbortController();
  /** The strategy had nothing left. */
  exhausted = false;

  constructor(order: SearchOrder) {
    this.#order = order;
  }

  async run(): Promise<Score> {
    const { lanes, until, slack } = this.#order;
    const left = until + (slack ?? Number.POSITIVE_INFINITY) - performance.now();
    const timer = left < MOST_TIMER ? setTimeout(() => this.#deadline.abort(), left) : undefined;
    try {
      await Promise.all(Array.from({ length: lanes }, () => this.#lane()));
    } finally {
      clearTimeout(timer);
    }
    return this.score();
  }

  score(): Score {
    return {
      programs: this.#programs,
      ops: this.#ops,
      lost: this.#lost,
      failures: this.#failures,
      documented: this.#documented,
      cut: this.#cut,
      undecided: this.#undecided,
    };
  }

  async #lane(): Promise<void> {
    const { until, signal, runner, onProgress, guestMilliseconds, scans } = this.#order;
    let most = this.#order.firstOps;
    // What a guest takes besides its ops: to boot, and the scan for leaks
    let besides = 0;
    for (let now = performance.now(); now + besides < until && !signal.aborted; now = performance.now()) {
      const batches = this.#take(most);
      if (batches.length === 0) return;
      const all = await runner.run(batches, signal, this.#deadline.signal).catch((error: unknown) => {
        if (error instanceof NoGuest) return error.message;
        throw error;
      });
      if (signal.aborted) return;
      if (typeof all === 'string') {
        this.#notRun(batches, all);
        return;
      }
      const took = performance.now() - now;
      const worked = scans === true ? Math.min(took, workOf(all)) : took;
      besides = took - worked;
      const span = Math.min(guestMilliseconds, Math.max(0, until - now - took - besides));
      most = Math.min(MOST_OPS, Math.ceil((opsOf(batches) / worked) * span));
      for (const ran of all) {
        await this.#heard(ran);
        onProgress?.(this.score());
        await turn();
      }
    }
  }

  /** No guest booted for them: nothing is known of any, and there is no point in going on. */
  #notRun(batches: readonly Batch[], reason: string): void {
    const why = `no guest booted: ${reason}`;
    this.#undecided.set(why, (this.#undecided.get(why) ?? 0) + batches.length);
    this.#lost += batches.reduce((sum, { starts }) => sum + starts.length, 0);
  }

  /** As much as one guest should get. */
  #take(most: number): Batch[] {
    const { strategy } = this.#order;
    const taken: Batch[] = [];
    for (let ops = 0; ops < most; ) {
      const batch = this.#again.shift() ?? strategy.next();
      if (batch === undefined) {
        this.exhausted = true;
        break;
      }
      taken.push(batch);
      ops += batch.script.events.length;
    }
    return taken;
  }

  async #heard(ran: Ran): Promise<void> {
    const { strategy, onFailure } = this.#order;
    const { batch, outcome } = ran;
    if (ran.cut === true) {
      this.#cut += batch.starts.length;
      return;
    }
    strategy.heard(outcome);
    this.#ops += outcome.ops;
    if (!isFailure(ran)) {
      if (outcome.kind === 'holds') this.#programs += batch.starts.length;
      else this.#isUndecided(ran);
      return;
    }
    const { program, goOn, documented } = await onFailure(ran);
    if (documented) {
      const { times, lost } = this.#documented;
      this.#documented = { times: times + 1, lost: lost + batch.starts.length };
      return;
    }
    this.#failures++;
    if (program === undefined) {
      this.#lost += batch.starts.length;
      return;
    }
    this.#programs += program + 1;
    const rest = remainder(batch, program);
    if (rest === undefined) return;
    if (goOn) this.#again.push(rest);
    else this.#lost += rest.starts.length;
  }

  /** Programs before the one that could not be judged hold, and those behind it are tried again without it. */
  #isUndecided(ran: Ran): void {
    const why = whyUndecided(ran);
    const times = (this.#undecided.get(why) ?? 0) + 1;
    this.#undecided.set(why, times);
    const { batch, outcome } = ran;
    const program = programOf(ran);
    if (program === undefined || program < 0 || outcome.ops === 0) {
      this.#lost += batch.starts.length;
      return;
    }
    this.#programs += program;
    this.#lost++;
    const rest = remainder(batch, program);
    if (rest === undefined) return;
    if (times <= MOST_UNDECIDED) this.#again.push(rest);
    else this.#lost += rest.starts.length;
  }
}
