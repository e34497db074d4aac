// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { damageSplats, type SubtestState, unfinishedOutcome } from '../channel/state.js';
import { readLog } from '../console/read-log.js';
import {
  fullName,
  type GuestRecord,
  type PlannedSubtest,
  type Splat,
  type SubtestResult,
} from '../result/result.js';
import { type GuestOrder, type GuestOutcome, runGuest, type Starter } from './guest.js';
import { lanes } from './lanes.js';

/** What to run, and in how many guests side by side. */
export interface RunOrder extends Omit<GuestOrder, 'job' | 'limitSeconds' | 'folder'> {
  readonly plan: readonly PlannedSubtest[];
  readonly guests: number;
  readonly limitScale: number;
  readonly kmemleak: boolean;
  readonly start?: Starter;
  /** Every guest gets a folder `guest-N` in here. */
  readonly folder: string;
}

export interface RunListener {
  onBoot?(guest: number, milliseconds: number, release: string): void;
  onSubtestStart?(name: string, guest: number): void;
  /** Once a subtest, when nothing can change its result any more. */
  onSubtestEnd?(result: SubtestResult): void;
  /** `again`: how many subtests go on in a fresh guest. */
  onGuestEnd?(record: GuestRecord, again: number): void;
}

export interface RunOutcome {
  readonly results: readonly SubtestResult[];
  readonly guests: readonly GuestRecord[];
  readonly release: string | undefined;
  readonly interrupted: boolean;
  /** Why nothing could be judged: no guest ever answered. The tail of its log is `detail`. */
  readonly untestable: { readonly reason: string; readonly detail: string } | undefined;
}

/** A kernel on which everything waits for ever is known by this many time-outs; the rest would only cost their limits. */
const MAX_TIMEOUTS = 20;

/** Guests that die without a single new result before a lane is given up. */
const MAX_FRUITLESS = 2;

/**
 * Run every planned subtest once. A guest that hangs, panics or reboots costs the subtest that was running; the rest of
 * its lane goes on in a fresh guest.
 */
export async function runPlan(
  order: RunOrder,
  listener: RunListener,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const guests: GuestRecord[] = [];
  const results: SubtestResult[] = [];
  let release: string | undefined;
  let nextIndex = 0;
  let noBoot: { reason: string; detail: string } | undefined;
  let timeouts = 0;
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);

  const lane = async (own: readonly PlannedSubtest[]): Promise<void> => {
    let left = own;
    let fruitless = 0;
    while (left.length > 0) {
      const index = nextIndex++;
      const desk = new Desk(order, index, listener);
      const outcome = await runGuest(
        guestOrder(order, left, index),
        {
          onBoot: (milliseconds, r) => {
            release ??= r;
            listener.onBoot?.(index, milliseconds, r);
          },
          onChange: (change, console) => {
            desk.settle(console());
            if (change.kind === 'ended' && isTimeout(change.subtest) && ++timeouts >= MAX_TIMEOUTS)
              enough.abort();
            if (change.kind === 'started') listener.onSubtestStart?.(fullName(change.subtest), index);
            else desk.add(change.subtest);
          },
        },
        stop,
        order.start,
      );
      const finished = desk.close(outcome);
      results.push(...finished);
      const ran = new Set(finished.map((r) => `${r.program}@${r.subtest}`));
      const before = left.length;
      left = left.filter((s) => !ran.has(fullName(s)));
      fruitless = left.length === before ? fruitless + 1 : 0;
      const givesUp =
        outcome.ended === 'interrupted' ||
        outcome.ended === 'no-boot' ||
        fruitless >= MAX_FRUITLESS ||
        outcome.ended === 'done';
      const record = recordOf(outcome, index, desk.outside);
      guests.push(record);
      listener.onGuestEnd?.(record, givesUp ? 0 : left.length);
      if (outcome.ended === 'no-boot' || outcome.ended === 'qemu-failed')
        noBoot ??= { reason: outcome.reason ?? outcome.ended, detail: lastLines(outcome.console) };
      if (givesUp) break;
    }
    for (const s of left) {
      const result = notRun(
        s,
        signal.aborted
          ? 'the run was interrupted'
          : enough.signal.aborted
            ? `not tried, since ${timeouts} subtests ran into their time limit`
            : 'no guest got as far as this subtest',
      );
      results.push(result);
      if (!signal.aborted) listener.onSubtestEnd?.(result);
    }
  };
  await Promise.all(lanes(order.plan, order.guests).map(lane));
  const position = new Map(order.plan.map((s, i) => [fullName(s), i]));
  const rank = (r: SubtestResult): number => position.get(`${r.program}@${r.subtest}`) ?? order.plan.length;
  return {
    results: results.toSorted((a, b) => rank(a) - rank(b)),
    guests: guests.toSorted((a, b) => a.index - b.index),
    release,
    interrupted: signal.aborted,
    untestable: release === undefined && noBoot !== undefined ? noBoot : undefined,
  };
}

const isTimeout = (s: SubtestState): boolean =>
  s.dynamic === undefined && (s.outcome === 'timeout' || s.outcome === 'hang');

function guestOrder(order: RunOrder, left: readonly PlannedSubtest[], index: number): GuestOrder {
  return {
    machine: order.machine,
    guestBinary: order.guestBinary,
    job: {
      limitScale: order.limitScale,
      kmemleak: order.kmemleak,
      items: left.map(({ program, subtest }) => ({ program, subtest })),
    },
    limitSeconds: new Map(left.map((s) => [fullName(s), s.limitSeconds])),
    folder: join(order.folder, `guest-${index}`),
    patience: order.patience,
  };
}

/**
 * One guest's results. While it runs each is shown once its log is complete: the marker that closes a subtest in the
 * kernel log is written after its end line, so it is surely there when the next one starts. What counts is `close`, which
 * judges the whole stream again: later damage can still take a pass back.
 */
class Desk {
  readonly #order: RunOrder;
  readonly #guest: number;
  readonly #listener: RunListener;
  readonly #waiting: SubtestState[] = [];
  readonly #shown = new Set<string>();
  readonly #pids = new Map<number, string>();
  readonly #planned: ReadonlyMap<string, PlannedSubtest>;
  outside: readonly Splat[] = [];

  constructor(order: RunOrder, guest: number, listener: RunListener) {
    this.#order = order;
    this.#guest = guest;
    this.#listener = listener;
    this.#planned = new Map(order.plan.map((s) => [fullName(s), s]));
  }

  add(state: SubtestState): void {
    this.#pids.set(state.pid, fullName(state));
    if (state.finished) this.#waiting.push(state);
  }

  /** Show everything that has ended so far. kmemleak reports late, so with it nothing is shown before the end. */
  settle(console: string): void {
    if (this.#order.kmemleak || this.#waiting.length === 0) return;
    const { bySubtest } = readLog(console, this.#pids);
    for (const state of this.#waiting.splice(0)) this.#show(this.#result(state, bySubtest));
  }

  close(outcome: GuestOutcome): readonly SubtestResult[] {
    for (const state of outcome.channel.subtests) this.#pids.set(state.pid, fullName(state));
    const findings = readLog(outcome.console, this.#pids);
    this.outside = [...findings.outside, ...damageSplats(outcome.channel)];
    const results = outcome.channel.subtests.map((state) =>
      state.finished
        ? this.#result(state, findings.bySubtest)
        : this.#result(
            {
              ...state,
              outcome: unfinishedOutcome(outcome.ended),
              failures: [
                ...state.failures,
                {
                  where: '-',
                  text: `the guest ended while it ran: ${outcome.reason ?? 'its end line never came'}`,
                },
              ],
            },
            findings.bySubtest,
          ),
    );
    for (const result of results) this.#show(result);
    return results;
  }

  #show(result: SubtestResult): void {
    const name = fullName(result);
    if (this.#shown.has(name)) return;
    this.#shown.add(name);
    this.#listener.onSubtestEnd?.(result);
  }

  #result(state: SubtestState, splats: ReadonlyMap<string, readonly Splat[]>): SubtestResult {
    const planned = this.#planned.get(`${state.program}@${state.subtest}`);
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
      splats: splats.get(fullName(state)) ?? [],
      guest: this.#guest,
    };
  }
}

function recordOf(outcome: GuestOutcome, index: number, outside: readonly Splat[]): GuestRecord {
  return {
    index,
    command: outcome.command,
    bootMilliseconds: outcome.bootMilliseconds,
    ended: outcome.ended,
    reason: outcome.reason,
    devices: outcome.channel.devices,
    splats: outside,
  };
}

function notRun(s: PlannedSubtest, why: string): SubtestResult {
  return {
    program: s.program,
    subtest: s.subtest,
    dynamic: undefined,
    promises: s.promises,
    purpose: s.purpose,
    outcome: 'notrun',
    milliseconds: 0,
    failures: [{ where: '-', text: why }],
    skipReason: undefined,
    notes: [],
    splats: [],
    guest: -1,
  };
}

const lastLines = (console: string): string => console.trimEnd().split(/\r?\n/).slice(-20).join('\n');
