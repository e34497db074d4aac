// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { CRASHED, type Leaf, type Result, WHO } from '../ops/call.js';
import { OK } from '../ops/event.js';
import type { Operation } from '../ops/operation.js';
import { printLeaf } from '../text/words.js';

export type PromiseName = 'P1' | 'P4' | 'P5' | 'P8' | 'ABI' | 'over-synchronised' | 'crash';

/** What a divergence means. */
export interface Finding {
  readonly promise: PromiseName;
  readonly words: string;
}

const names = (leaves: readonly Leaf[]): string =>
  [...new Set(leaves.map((l) => printLeaf(l).split(':')[0]))].join(', ');

const without = (some: readonly Leaf[], others: readonly Leaf[]): Leaf[] =>
  some.filter((leaf) => !others.some((other) => other.who === leaf.who && other.status === leaf.status));

/** Leaves of one list that differ. `file`: of a sync_file, whose leaves never change, not of a buffer. */
function list(seen: readonly Leaf[], due: readonly Leaf[], file: boolean): Finding | undefined {
  if (seen.some((leaf) => leaf.who === WHO.array))
    return { promise: 'P5', words: 'a container holds a container' };
  const missing = without(due, seen);
  const extra = without(seen, due);
  if (file && missing.length === 0 && extra.length > 0)
    return { promise: 'P8', words: `the file shows ${names(extra)}, which was not in it when it was made` };
  if (missing.length > 0 && extra.length === 0)
    return { promise: 'P1', words: `${names(missing)} is lost: it is not there any more, or not waited for` };
  if (missing.length > 0)
    return { promise: 'ABI', words: `${names(missing)} should be there and ${names(extra)} is` };
  if (extra.length > 0)
    return {
      promise: 'over-synchronised',
      words: `${names(extra)} is waited for, which this access need not`,
    };
  if (seen.length > due.length)
    return { promise: 'P4', words: `${seen.length} entries for ${due.length} fences: something piles up` };
  return undefined;
}

/** The worst of the lists: what is lost comes before what is too much. */
function lists(got: Result, want: Result, file: boolean): Finding | undefined {
  const found = want.lists.map((due, at) => list(got.lists[at] ?? [], due, file));
  return found.find((finding) => finding?.promise === 'P1') ?? found.find((finding) => finding !== undefined);
}

function polls(got: number, want: number): Finding {
  if ((got & ~want) !== 0)
    return { promise: 'P1', words: 'a poll says ready although a fence is pending that it has to wait for' };
  return {
    promise: 'over-synchronised',
    words: 'a poll says busy although all it has to wait for has signalled',
  };
}

function returns(op: Operation, got: number, want: number): Finding {
  if (got === CRASHED || want === CRASHED)
    return {
      promise: 'crash',
      words: got === CRASHED ? 'the kernel went down' : 'the kernel should have gone down here',
    };
  if (op.name === 'sync' && want === -ERRNO.EINTR && got === 0)
    return {
      promise: 'P1',
      words: 'CPU access was granted while a fence is pending that it has to wait for',
    };
  if (op.name === 'attach' && want === -ERRNO.EBUSY && (got === OK || got >= 0))
    return { promise: 'P1', words: 'a driver found no conflict, although a fence is pending that conflicts' };
  if (got >= 0 && want >= 0 && op.makes !== undefined)
    return {
      promise: 'ABI',
      words: 'not the lowest free number: something holds a descriptor, handle or id that it should not',
    };
  return { promise: 'ABI', words: 'another result than the interface has for this' };
}

/** What it means that a call gave `got` where a correct kernel gives `want`. */
export function findingOf(op: Operation, got: Result, want: Result | undefined): Finding {
  if (want === undefined)
    return { promise: 'crash', words: 'the kernel was down, and yet this op has a result' };
  if (got.ret !== want.ret && !(got.ret === OK && want.ret >= 0) && op.name !== 'poll')
    return returns(op, got.ret, want.ret);
  if (op.name === 'poll' || (op.name === 'observe' && got.outputs[0] !== want.outputs[0])) {
    const [seen, due] = [got.outputs[0] ?? 0, want.outputs[0] ?? 0];
    if (seen !== due) return polls(seen, due);
  }
  const found = lists(got, want, op.name === 'info');
  if (found !== undefined) return found;
  if (op.name === 'info' && (got.outputs[1] ?? 0) !== (want.outputs[1] ?? 0))
    return (got.outputs[1] ?? 0) > (want.outputs[1] ?? 0)
      ? { promise: 'P8', words: 'the file has more fences than when it was made, or has one twice (P4)' }
      : { promise: 'P1', words: 'the file lacks a fence' };
  if (op.name === 'info' && want.outputs[0] === 0)
    return { promise: 'P1', words: 'the file says done although a fence in it is pending' };
  return { promise: 'ABI', words: 'another result than the interface has for this' };
}
