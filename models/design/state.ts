// SPDX-License-Identifier: MIT
import { EMPTY, type Leaves, type Node, type Resv } from './node.js';

/** Two buffers: the first exported by driver A, the second by driver B. */
export const BUFFERS = [0, 1] as const;

export interface Buffer {
  readonly resv: Resv;
  /** Every fence that was ever added, by what it was added as; what the contract says of the buffer. */
  readonly writes: Leaves;
  readonly reads: Leaves;
  readonly moves: Leaves;
}

/** An IMPORT that has looked and has not yet written: only without the lock. */
export interface InFlight {
  readonly buffer: number;
  readonly file: Node;
  readonly write: boolean;
  readonly seen: Node | null;
  readonly result: Resv;
}

export interface State {
  /** Fences that were made, and those of them that have signalled. */
  readonly made: Leaves;
  readonly signalled: Leaves;
  /** What each fence's job waits for: it signals after those. */
  readonly waits: readonly Leaves[];
  readonly buffers: readonly Buffer[];
  /** What userspace holds: the files of the jobs, and the one it exported last with the buffer it is from. */
  readonly files: readonly (Node | null)[];
  readonly exported: Node | null;
  readonly inFlight: InFlight | null;
}

const buffer: Buffer = { resv: EMPTY, writes: 0, reads: 0, moves: 0 };

export const START: State = {
  made: 0,
  signalled: 0,
  waits: [0, 0, 0, 0],
  buffers: [buffer, buffer],
  files: [null, null, null],
  exported: null,
  inFlight: null,
};

export const pendingOf = (state: State): Leaves => state.made & ~state.signalled;

/** `leaves` and all that their jobs waited for: whoever waits for `leaves` has waited for those. */
export function closure(state: State, leaves: Leaves): Leaves {
  let found = leaves;
  for (let n = 0; n < state.waits.length; n++)
    for (let m = 0; m < state.waits.length; m++) if ((found & (1 << m)) !== 0) found |= state.waits[m] ?? 0;
  return found;
}

/** Pending fences of `due` that nobody who waits for `waited` has waited for. */
export const missing = (state: State, due: Leaves, waited: Leaves): Leaves =>
  due & pendingOf(state) & ~closure(state, waited & pendingOf(state));
