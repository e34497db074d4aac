// SPDX-License-Identifier: MIT
// What is measured: one request on a buffer in which n fences are pending, each of another timeline.

/** Names of vm-images/guest/bench/cells.c, in the order of the table, and what each is in words. */
export const CELLS: ReadonlyMap<string, string> = new Map([
  ['refused', 'EXPORT with bad flags: a bare system call'],
  ['export-read', 'EXPORT read, n writers'],
  ['export-write', 'EXPORT write, n readers'],
  ['export-write-both', 'EXPORT write, n/2 readers and n/2 writers'],
  ['import-read-new', 'IMPORT read of 1, new context, n readers'],
  ['import-write-new', 'IMPORT write of 1, new context, n writers'],
  ['import-read-later', 'IMPORT read of 1, later fence, n readers'],
  ['import-write-later', 'IMPORT write of 1, later fence, n writers'],
  ['import-read-all', 'IMPORT read of n, empty buffer'],
  ['import-write-all', 'IMPORT write of n, empty buffer'],
  ['import-read-again', 'IMPORT read of n, the same again'],
  ['import-write-again', 'IMPORT write of n, the same again'],
]);

/** It measures the rest of the kernel, not the two requests: it does not count in a verdict. */
export const BASELINE = 'refused';

/** A figure of one cell, with so many fences pending. */
export interface OfCell {
  readonly cell: string;
  readonly fences: number;
}

/** For maps. */
export const cellKey = ({ cell, fences }: OfCell): string => `${cell} ${fences}`;
