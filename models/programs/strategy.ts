// SPDX-License-Identifier: MIT
import type { Script, Setting } from '../ops/event.js';

/** How the executor of a guest runs a program. */
export interface ProgramMode {
  /** Every op is told of before it is done, so that the one that kills a kernel is known. */
  readonly careful: boolean;
  /** After each op the buffers it touched are observed. */
  readonly observe: boolean;
  /** Each op is tried with its n-th allocation failing, for n from 1, until none is left to fail. */
  readonly faults?: boolean | undefined;
  /** Signals come all the time, with SA_RESTART: no call may give another result because of them. */
  readonly signals?: boolean | undefined;
  /** Memory is short all the time: requests wait for it, and those that want much in a row are refused, and tried again. */
  readonly pressure?: boolean | undefined;
  /** What code each op reaches is reported (kernels of the profile `cover`). */
  readonly cover?: boolean | undefined;
  /** Seed of the pauses before the ops of threads; absent or 0: none. */
  readonly pauses?: number | undefined;
}

/**
 * Programs that one process of a guest runs one after the other, as one trace. Each closes what it opened, which is part
 * of it, so that the model follows from the first to the last.
 */
export interface Batch {
  /** Unique in a search, and good as a subtest's name: [A-Za-z0-9][A-Za-z0-9.+-]*. */
  readonly name: string;
  readonly script: Script;
  /** The op at which each program begins, rising. Ops before the first prepare for all of them. */
  readonly starts: readonly number[];
  readonly mode: ProgramMode;
}

/** What came of a batch. */
export interface Outcome {
  readonly batch: Batch;
  readonly kind: 'holds' | 'violates' | 'undecided' | 'died';
  /** Ops that hold. With observe and faults a trace has more ops than the script. */
  readonly ops: number;
  /** The trace, if it came. */
  readonly trace?: { readonly setting: Setting; readonly words: Int32Array };
  /** Places in the kernel's code that were never reached before, by the op of the script that reached them first. */
  readonly reached?: readonly { readonly op: number; readonly places: number }[];
}

/** Progress of a search. */
export interface Tally {
  readonly programs: number;
  readonly ops: number;
  /** Distinct states of the model, up to renaming. */
  readonly states: number;
}

/** Where programs come from. Pure: the same seed and the same outcomes give the same batches. */
export interface Strategy {
  readonly name: string;
  /** Programs there are, where that is known. */
  readonly total?: number;
  /** The next batch; undefined when there is nothing left to try. */
  next(): Batch | undefined;
  /** Once for each batch, in any order. Batches that are out may be several. */
  heard(outcome: Outcome): void;
  /** Of the batches that were given out. */
  tally(): Tally;
}
