// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import type { SubtestState } from '../channel/state.js';
import { hangSplat, type KernelCode } from '../console/hang.js';
import type { ModelJudge } from '../model/judge.js';
import {
  fullName,
  type GuestRecord,
  type PlannedSubtest,
  type Splat,
  type SubtestResult,
} from '../result/result.js';
import type { JobItem } from '../vm/initramfs.js';
import { Desk } from './desk.js';
import { type GuestOrder, type GuestOutcome, runGuest, type Starter } from './guest.js';
import { lanes } from './lanes.js';

/** What to run, and in how many guests side by side. */
export interface RunOrder extends Omit<GuestOrder, 'job' | 'limitSeconds' | 'folder'> {
  readonly plan: readonly PlannedSubtest[];
  /** Programs as data, by the full name of the planned subtest that each of them is. */
  readonly programs?: ReadonlyMap<string, Uint8Array>;
  readonly guests: number;
  readonly limitScale: number;
  readonly kmemleak: boolean;
  /** All subtests tell what code they reach. */
  readonly cover?: boolean;
  readonly start?: Starter;
  /** The functions of its kernel, to say where it hangs; asked for only then. Undefined: nobody knows them. */
  readonly code?: () => Promise<KernelCode | undefined>;
  /** Judges the traces; without it nobody does. */
  readonly judge?: ModelJudge;
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
          onChange: (change, evidence) => {
            desk.settle(evidence);
            if (change.kind === 'ended' && isTimeout(change.subtest) && ++timeouts >= MAX_TIMEOUTS)
              enough.abort();
            if (change.kind === 'started') listener.onSubtestStart?.(fullName(change.subtest), index);
            else desk.add(change.subtest, evidence);
          },
        },
        stop,
        order.start,
      );
      const finished = desk.close(outcome, await hangOf(outcome, order.code));
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
  await Promise.all(lanes(order.plan, order.guests, order.limitScale).map(lane));
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

/** Where a kernel that answers nothing any more spins. */
async function hangOf({ ended, places }: GuestOutcome, code: RunOrder['code']): Promise<Splat | undefined> {
  const known = ended === 'hang' ? await code?.() : undefined;
  return known === undefined ? undefined : hangSplat(places, known);
}

const isTimeout = (s: SubtestState): boolean =>
  s.dynamic === undefined && (s.outcome === 'timeout' || s.outcome === 'hang');

function jobItem({ program, subtest, limitSeconds }: PlannedSubtest, bytes: Uint8Array | undefined): JobItem {
  return bytes === undefined ? { program, subtest } : { program, subtest, data: { bytes, limitSeconds } };
}

function guestOrder(order: RunOrder, left: readonly PlannedSubtest[], index: number): GuestOrder {
  return {
    machine: order.machine,
    guestBinary: order.guestBinary,
    job: {
      limitScale: order.limitScale,
      kmemleak: order.kmemleak,
      ...(order.cover === undefined ? {} : { cover: order.cover }),
      items: left.map((s) => jobItem(s, order.programs?.get(fullName(s)))),
    },
    limitSeconds: new Map(left.map((s) => [fullName(s), s.limitSeconds])),
    folder: join(order.folder, `guest-${index}`),
    patience: order.patience,
  };
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
    known: [],
    model: undefined,
    guest: -1,
  };
}

const lastLines = (console: string): string => console.trimEnd().split(/\r?\n/).slice(-20).join('\n');
