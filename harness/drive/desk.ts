// SPDX-License-Identifier: MIT
import { damageSplats, type SubtestState, unfinishedOutcome } from '../channel/state.js';
import { sortOut } from '../console/known.js';
import { readLog } from '../console/read-log.js';
import {
  endedWell,
  fullName,
  type ModelVerdict,
  type PlannedSubtest,
  type Splat,
  type SubtestResult,
} from '../result/result.js';
import type { Traces } from '../trace/traces.js';
import type { Evidence, GuestOutcome } from './guest.js';
import type { RunListener, RunOrder } from './run.js';

/** Reading a whole kernel log takes a while: so often is enough for the eye, in ms. */
const SHOW_EVERY_MS = 100;

/** How long the end of a trace may come after the end line of its subtest, in ms: they are read from two files. */
const TRACE_GRACE_MS = 500;

interface Ended {
  readonly state: SubtestState;
  readonly since: number;
}

/**
 * One guest's results. While it runs each is shown once its log is complete: the marker that closes a subtest in the
 * kernel log is written after its end line, so it is surely there when the next one starts. What counts is `close`, which
 * judges the whole stream again: later damage can still take a pass back. The model judges each trace once, as soon as it is whole.
 */
export class Desk {
  readonly #order: RunOrder;
  readonly #guest: number;
  readonly #listener: RunListener;
  /** Ended; what the kernel said of it may still come. */
  readonly #waiting: Ended[] = [];
  /** Ended, and all that belongs to it is there, but perhaps the end of its trace. */
  #complete: Ended[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastShown = Number.NEGATIVE_INFINITY;
  readonly #shown = new Set<string>();
  readonly #pids = new Map<number, string>();
  readonly #verdicts = new Map<string, ModelVerdict | undefined>();
  readonly #planned: ReadonlyMap<string, PlannedSubtest>;
  /** As the guest's kernel says it; undefined until it has. */
  #release: string | undefined;
  outside: readonly Splat[] = [];

  constructor(order: RunOrder, guest: number, listener: RunListener) {
    this.#order = order;
    this.#guest = guest;
    this.#listener = listener;
    this.#planned = new Map(order.plan.map((s) => [fullName(s), s]));
  }

  /** A subtest has ended. */
  add(state: SubtestState, evidence: Evidence): void {
    this.#pids.set(state.pid, fullName(state));
    if (!state.finished) return;
    this.#waiting.push({ state, since: performance.now() });
    this.#meet(evidence);
    if (evidence.traces.ended(state.pid)) this.#judge(state, evidence.traces, false);
  }

  /** Something else begins or ends: what ended before has its whole log. It is shown soon, and at once if nothing was lately. */
  settle(evidence: Evidence): void {
    this.#complete.push(...this.#waiting.splice(0));
    if (this.#complete.length === 0 || this.#timer !== undefined) return;
    const left = this.#lastShown + SHOW_EVERY_MS - performance.now();
    if (left <= 0) this.#showComplete(evidence);
    else this.#timer = setTimeout(() => this.#showComplete(evidence), left);
  }

  /** kmemleak reports late, so with it nothing is shown before the end. */
  #showComplete(evidence: Evidence): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastShown = performance.now();
    const console = evidence.console();
    const ready = this.#complete.filter(({ state, since }) => this.#isReady(state, since, evidence.traces));
    for (const { state } of ready) this.#judge(state, evidence.traces, false);
    if (this.#order.kmemleak || ready.length === 0) return;
    this.#complete = this.#complete.filter((one) => !ready.includes(one));
    const { bySubtest } = readLog(console, this.#pids);
    for (const { state } of ready) this.#show(this.#result(state, bySubtest));
  }

  /** `hang`: where its kernel spins; it belongs to what was running. */
  close(outcome: GuestOutcome, hang?: Splat): readonly SubtestResult[] {
    clearTimeout(this.#timer);
    if (outcome.kernel !== undefined) this.#order.judge?.meet(outcome.kernel);
    for (const state of outcome.channel.subtests) this.#pids.set(state.pid, fullName(state));
    const findings = readLog(outcome.console, this.#pids);
    this.outside = [...findings.outside, ...damageSplats(outcome.channel)];
    const went = outcome.ended === 'panic' || outcome.ended === 'reboot';
    const results = outcome.channel.subtests.map((said) => {
      const state = said.finished ? said : unfinished(said, outcome);
      this.#judge(state, outcome.traces, went && !said.finished);
      const result = this.#result(state, findings.bySubtest);
      return hang === undefined || said.finished ? result : { ...result, splats: [...result.splats, hang] };
    });
    for (const result of results) this.#show(result);
    return results;
  }

  /** Whether its trace is there, or will not come any more. */
  #isReady(state: SubtestState, since: number, traces: Traces): boolean {
    return (
      this.#order.judge === undefined ||
      state.dynamic !== undefined ||
      this.#verdicts.has(keyOf(state)) ||
      traces.ended(state.pid) ||
      !endedWell(state) ||
      performance.now() - since >= TRACE_GRACE_MS
    );
  }

  #meet(evidence: Evidence): void {
    const kernel = evidence.kernel();
    if (kernel === undefined) return;
    this.#release = kernel.release;
    this.#order.judge?.meet(kernel);
  }

  #judge(state: SubtestState, traces: Traces, died: boolean): void {
    const { judge } = this.#order;
    const key = keyOf(state);
    if (judge === undefined || state.dynamic !== undefined || this.#verdicts.has(key)) return;
    this.#verdicts.set(key, judge.judge(state, traces.take(state.pid), died));
  }

  #show(result: SubtestResult): void {
    const name = fullName(result);
    if (this.#shown.has(name)) return;
    this.#shown.add(name);
    this.#listener.onSubtestEnd?.(result);
  }

  #result(state: SubtestState, splats: ReadonlyMap<string, readonly Splat[]>): SubtestResult {
    const planned = this.#planned.get(`${state.program}@${state.subtest}`);
    const said = sortOut(splats.get(fullName(state)) ?? [], state.program, this.#release);
    return {
      program: state.program,
      subtest: state.subtest,
      dynamic: state.dynamic,
      promises: planned?.promises ?? [],
      purpose: planned?.purpose ?? '',
      outcome: state.outcome,
      milliseconds: state.milliseconds,
      failures: state.failures,
      skipReason: state.skipReason,
      notes: state.notes,
      splats: said.splats,
      known: said.known,
      model: this.#verdicts.get(keyOf(state)),
      guest: this.#guest,
    };
  }
}

/** A subtest is one process. */
const keyOf = (state: SubtestState): string => `${state.pid} ${fullName(state)}`;

/** What becomes of a subtest whose guest ended before it did. */
function unfinished(state: SubtestState, outcome: GuestOutcome): SubtestState {
  const text = `the guest ended while it ran: ${outcome.reason ?? 'its end line never came'}`;
  return {
    ...state,
    outcome: unfinishedOutcome(outcome.ended),
    failures: [...state.failures, { where: '-', text }],
  };
}
