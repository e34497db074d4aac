// SPDX-License-Identifier: MIT
import { NONE, VARIABLES, VARIABLES_EACH } from '../ops/operation.js';
import type { File } from './file.js';

/** Numbers of processes: 0 is the one the trace begins with. */
export const PROCESSES = 16;

/** Variables of one letter a row begins with; it grows with the highest number that is assigned. */
const FEW = 16;

/** What a process has for itself: its table of descriptors, its limit, and what it calls them. */
export class Process {
  /** Files by descriptor. */
  readonly files: (File | undefined)[] = [];
  /** What each variable of the program is, a row for each letter. */
  #rows: (Int32Array | undefined)[] = [];
  /** Bits of rows that other processes or worlds have too: whoever assigns a variable takes a copy first. */
  #shared = 0;
  /** RLIMIT_NOFILE. */
  limit: number;
  /** invariant: every descriptor from `first` below this is taken */
  lowest: number;

  constructor(lowest: number, limit: number) {
    this.lowest = lowest;
    this.limit = limit;
  }

  /** A descriptor, a GEM handle or a fence id; NONE if the variable was not made. */
  value(variable: number): number {
    return this.#rows[(variable / VARIABLES_EACH) | 0]?.[variable % VARIABLES_EACH] ?? NONE;
  }

  assign(variable: number, value: number): void {
    const [letter, n] = [(variable / VARIABLES_EACH) | 0, variable % VARIABLES_EACH];
    let row = this.#rows[letter];
    if (row === undefined || n >= row.length) row = grown(row, n);
    else if ((this.#shared & (1 << letter)) !== 0) row = row.slice();
    this.#shared &= ~(1 << letter);
    row[n] = value;
    this.#rows[letter] = row;
  }

  /** Takes over the variables of another, as they are now. */
  copyVariables(from: Process): void {
    this.#rows = from.#rows.slice();
    this.#shared = ALL_ROWS;
    from.#shared = ALL_ROWS;
  }

  /** Variables that are something, in order. */
  *assigned(): Generator<readonly [variable: number, value: number]> {
    for (const [letter, row] of this.#rows.entries())
      for (const [n, value] of row?.entries() ?? [])
        if (value !== NONE) yield [letter * VARIABLES_EACH + n, value];
  }
}

const ALL_ROWS = (1 << VARIABLES.length) - 1;

/** A row with room for the variable n, twice as much as it had at least. */
function grown(row: Int32Array | undefined, n: number): Int32Array {
  let length = Math.max(FEW, (row?.length ?? 0) * 2);
  while (length <= n) length *= 2;
  const larger = new Int32Array(length).fill(NONE);
  if (row !== undefined) larger.set(row);
  return larger;
}
