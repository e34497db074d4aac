// SPDX-License-Identifier: MIT
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, BatchOutcome, Verdict } from '../../models/index.js';
import { type Fresh, Reached } from '../cover/reached.js';
import { type RunOrder, type RunOutcome, runPlan } from '../drive/run.js';
import { type Judged, ModelJudge } from '../model/judge.js';
import { limitSeconds, programBytes } from '../programs/program.js';
import { PROGRAM_SUITE } from '../record/run-record.js';
import { fullName, type PlannedSubtest, type SubtestResult } from '../result/result.js';
import type { Ran, Runner } from './runner.js';

/** Everything of a run but what is run. */
export type GuestOrder = Omit<RunOrder, 'plan' | 'programs' | 'guests' | 'judge'>;

/** No guest of this kernel ever answered. */
export class NoGuest extends Error {
  readonly detail: string;

  constructor(reason: string, detail: string) {
    super(reason);
    this.detail = detail;
  }
}

/** Guests that are tried before their kernel counts as one that does not boot. */
const MOST_BOOTS = 3;

/** Ops that an emulated guest does in a second on a busy machine, at the least. */
const SLOWEST_OPS = 1000;

/** Batches in guests: one guest for each call of `run`, and more where one dies. */
export class GuestRunner implements Runner {
  readonly #order: GuestOrder;
  #calls = 0;
  /** Places in the kernel's code that were reached so far, where programs are run with `cover`. */
  readonly reached = new Reached();
  /** Guests that were started. */
  guests = 0;
  /** Guests that ended before their kernel was scanned for leaks, since time was up. */
  unscanned = 0;

  constructor(order: GuestOrder) {
    this.#order = order;
  }

  async run(batches: readonly Batch[], signal: AbortSignal, deadline?: AbortSignal): Promise<readonly Ran[]> {
    const stop = deadline === undefined ? signal : AbortSignal.any([signal, deadline]);
    const folder = join(this.#order.folder, `run-${this.#calls++}`);
    const judged = new Map<string, Judged>();
    const judge = new ModelJudge({
      again: () => '',
      keep: () => undefined,
      onJudged: (name, one) => judged.set(name, one),
    });
    const order = { plan: batches.map(planned), programs: programsOf(batches), guests: 1, judge };
    let outcome: RunOutcome;
    // An emulated machine fails to boot now and then on a busy host: that says nothing of the kernel
    for (let boots = 1; ; boots++) {
      outcome = await runPlan(
        { ...this.#order, ...order, folder: join(folder, `boot-${boots}`) },
        { onGuestEnd: () => this.guests++ },
        stop,
      );
      if (outcome.untestable === undefined || boots === MOST_BOOTS || stop.aborted) break;
    }
    if (outcome.untestable !== undefined)
      throw new NoGuest(outcome.untestable.reason, outcome.untestable.detail);
    // What they said is in memory; a day's search would fill the disk
    await rm(folder, { recursive: true, force: true });
    const wasCut = outcome.guests.some(({ ended }) => ended === 'interrupted');
    if (wasCut && this.#order.kmemleak) this.unscanned++;
    const results = resultsOf(outcome, wasCut);
    return batches.map((batch) => {
      const name = `${PROGRAM_SUITE}@${batch.name}`;
      const result = results.get(name);
      if (result === undefined) throw new Error(`[fencelab bug] no result of ${name}`);
      const one = judged.get(name);
      const ran = ranOf(batch, result, one, this.reached.add(one?.reached ?? []));
      return stop.aborted && result.outcome === 'notrun' ? { ...ran, cut: true } : ran;
    });
  }
}

const programsOf = (batches: readonly Batch[]): ReadonlyMap<string, Uint8Array> =>
  new Map(
    batches.map(({ name, script, mode }) => [`${PROGRAM_SUITE}@${name}`, programBytes(name, script, mode)]),
  );

function planned({ name, script }: Batch): PlannedSubtest {
  return {
    program: PROGRAM_SUITE,
    subtest: name,
    flags: [],
    limitSeconds: Math.min(99_999, limitSeconds(script) + Math.ceil(script.events.length / SLOWEST_OPS)),
    promises: [],
    purpose: 'Programs of a search.',
  };
}

/**
 * What the kernel reported outside of every batch goes to the last one that ran: it has to be somewhere. That the words of
 * a guest that we ended break off is no damage.
 */
function resultsOf({ results, guests }: RunOutcome, wasCut: boolean): ReadonlyMap<string, SubtestResult> {
  const outside = guests.flatMap(({ splats }) => splats).filter(({ kind }) => !(wasCut && kind === 'lost'));
  const last = results.findLast(({ outcome }) => outcome !== 'notrun') ?? results.at(-1);
  return new Map(
    results.map((result) => [
      fullName(result),
      result === last ? { ...result, splats: [...result.splats, ...outside] } : result,
    ]),
  );
}

/** What came of a batch, from what the guest says of it and what the model does. */
export function ranOf(
  batch: Batch,
  result: SubtestResult,
  judged: Judged | undefined,
  reached: readonly Fresh[] = [],
): Ran {
  const verdict = judged?.verdict;
  const common = {
    batch,
    ops: verdict === undefined ? 0 : verdict.kind === 'holds' ? verdict.ops : verdict.op,
    ...(judged === undefined ? {} : { trace: { setting: judged.setting, words: judged.words } }),
    ...(reached.length === 0 ? {} : { reached }),
  };
  return { batch, result, verdict, outcome: { ...common, kind: kindOf(result, verdict) } };
}

function kindOf(
  { outcome, failures, model }: SubtestResult,
  verdict: Verdict | undefined,
): BatchOutcome['kind'] {
  if (outcome === 'crash' || outcome === 'hang' || outcome === 'timeout') return 'died';
  if (outcome === 'fail' && verdict?.kind !== 'violates')
    throw new Error(`[fencelab bug] a batch cannot be run: ${failures.map(({ text }) => text).join('; ')}`);
  if (verdict?.kind === 'violates') return 'violates';
  return outcome === 'pass' && model?.kind === 'holds' ? 'holds' : 'undecided';
}

/** Why nothing could be said of a batch. */
export const whyUndecided = ({ result }: Ran): string =>
  result.skipReason ??
  (result.model?.kind === 'undecided' ? result.model.reason : undefined) ??
  result.failures[0]?.text ??
  'no trace of it came';
