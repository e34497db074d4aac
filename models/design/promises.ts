// SPDX-License-Identifier: MIT
import type { Design } from './designs.js';
import { leavesOf, leavesOfAll, mostOften, type Node, nests, type Resv } from './node.js';
import { type Buffer, missing, pendingOf, type State } from './state.js';

export type DesignPromise = 'P1' | 'P3' | 'P4' | 'P5' | 'P7' | 'P8';

const placesOf = (resv: Resv): (Node | null)[] => [resv.excl, ...resv.kernel, ...resv.shared];

/** What is broken in a state: P1, P5, and P4 as far as a fence is held twice in one place. */
export function broken(state: State): DesignPromise[] {
  const found: DesignPromise[] = [];
  for (const { resv, writes, reads, moves } of state.buffers) {
    const there = leavesOfAll(resv.kernel) | leavesOf(resv.excl) | leavesOfAll(resv.shared);
    if (missing(state, writes | reads | moves, there) !== 0) found.push('P1');
    if (mostOften([resv.excl]) > 1 || mostOften(resv.shared) > 1) found.push('P4');
    if (placesOf(resv).some(nests)) found.push('P5');
  }
  if (nests(state.exported)) found.push('P5');
  return found;
}

/**
 * What an import breaks. P3: whoever waited for something before it waits for it still, and for what is new; of a write
 * that is everybody, of a read whoever writes. P4: a container that it leaves behind holds what has signalled.
 */
export function brokenByImport(
  before: State,
  after: State,
  at: number,
  write: boolean,
  design: Design,
): DesignPromise[] {
  const found: DesignPromise[] = [];
  const old = before.buffers[at] as Buffer;
  const { resv, writes, reads } = after.buffers[at] as Buffer;
  const fresh = (writes & ~old.writes) | (reads & ~old.reads);
  for (const writer of write ? [false, true] : [true])
    if (missing(after, design.gate(old.resv, writer) | fresh, design.gate(resv, writer)) !== 0)
      found.push('P3');
  const stale = (node: Node | null) => typeof node === 'object' && (leavesOf(node) & ~pendingOf(after)) !== 0;
  if (write && placesOf(resv).some(stale)) found.push('P4');
  return found;
}
