// SPDX-License-Identifier: MIT
import type { Batch, BatchOutcome, Verdict } from '../../models/index.js';
import type { SubtestResult } from '../result/result.js';

/** One batch that was run. */
export interface Ran {
  readonly batch: Batch;
  /** For the strategy that made it. */
  readonly outcome: BatchOutcome;
  /** What the guest and its kernel's log say: splats, a crash, a time-out. */
  readonly result: SubtestResult;
  /** What the model says; undefined if there was nothing to judge. */
  readonly verdict: Verdict | undefined;
  /** Time was up before it ended: it says nothing. */
  readonly cut?: true;
}

/** One kernel in one kind of machine, on which batches can be tried. */
export interface Runner {
  /**
   * Runs each once, and gives what came of them in the same order. One that kills its guest costs that guest only: the
   * others go on in a fresh one. Batches of one call may share a guest, each is a process of its own. When `deadline` is
   * raised, guests are ended; what had ended before counts, the rest is `cut`.
   */
  run(batches: readonly Batch[], signal: AbortSignal, deadline?: AbortSignal): Promise<readonly Ran[]>;
}

/** Whether something is to be reported: not what the model allows, a dead or hanging guest, a report in the kernel's log. */
export const isFailure = ({ outcome, result }: Ran): boolean =>
  outcome.kind === 'violates' || outcome.kind === 'died' || result.splats.length > 0;
