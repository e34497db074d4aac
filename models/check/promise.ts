// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { CRASHED, type Leaf, type Result, WHO } from '../ops/call.js';
import { OK } from '../ops/event.js';
import type { Operation } from '../ops/operation.js';
import { ROUNDING_US } from '../state/answer.js';
import { printWho } from '../text/words.js';

export type PromiseName = 'P1' | 'P4' | 'P5' | 'P8' | 'ABI' | 'over-synchronised' | 'crash';

/** What a divergence means. */
export interface Finding {
  readonly promise: PromiseName;
  readonly words: string;
}

const names = (leaves: readonly Leaf[]): string =>
  [...new Set(leaves.map((l) => printWho(l.who)))].join(', ');

const be = (leaves: readonly Leaf[]): 'is' | 'are' => (names(leaves).includes(',') ? 'are' : 'is');

const without = (some: readonly Leaf[], others: readonly Leaf[]): Leaf[] =>
  some.filter((leaf) => !others.some((other) => other.who === leaf.who && other.status === leaf.status));

/** Leaves of one list that differ. `file`: of a sync_file, whose leaves never change, not of a buffer. */
function list(seen: readonly Leaf[], due: readonly Leaf[], file: boolean): Finding | undefined {
  if (seen.some((leaf) => leaf.who === WHO.array))
    return { promise: 'P5', words: 'a container holds a container' };
  const missing = without(due, seen);
  const extra = without(seen, due);
  if (file && missing.length === 0 && extra.length > 0)
    return {
      promise: 'P8',
      words: `the file shows ${names(extra)}, which ${be(extra) === 'is' ? 'was' : 'were'} not in it when it was made`,
    };
  if (missing.length > 0 && extra.length === 0)
    return {
      promise: 'P1',
      words: `${names(missing)} ${be(missing)} lost: not there any more, or not waited for`,
    };
  if (missing.length > 0)
    return { promise: 'ABI', words: `${names(missing)} should be there and ${names(extra)} ${be(extra)}` };
  if (extra.length > 0)
    return {
      promise: 'over-synchronised',
      words: `${names(extra)} ${be(extra)} waited for, which this access need not`,
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

/** A time that no leaf like it may say. */
function times(got: Result, want: Result): Finding | undefined {
  const due = want.lists[0] ?? [];
  for (const leaf of got.lists[0] ?? []) {
    const { at = 0, who, status } = leaf;
    if (at === 0) continue;
    const like = due.filter((d) => d.who === who && d.status === status);
    if (like.some((d) => at >= (d.earliest ?? 0) - ROUNDING_US && at <= (d.at ?? at) + ROUNDING_US)) continue;
    const when = like.map((d) => `between ${d.earliest ?? 0} and ${d.at ?? 0} us`).join(' or ');
    return {
      promise: 'ABI',
      words: `${printWho(who)} says that it signalled at ${at} us, and it did ${when || 'not'}`,
    };
  }
  return undefined;
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
  if (op.name === 'idle' && (want === -ERRNO.EBUSY || want === -ERRNO.EINTR) && got === 0)
    return { promise: 'P1', words: 'a driver calls a buffer idle, although a fence is pending on it' };
  if (op.name === 'idle' && want === 0 && got === -ERRNO.EBUSY)
    return {
      promise: 'over-synchronised',
      words: 'a driver calls a buffer busy, although all on it has signalled',
    };
  if ((op.name === 'submit' || op.name === 'commit') && want === -ERRNO.EINTR && (got === OK || got >= 0))
    return { promise: 'P1', words: 'a driver did not wait for a fence that it was given' };
  if (got >= 0 && want >= 0 && op.makes !== undefined)
    return {
      promise: 'ABI',
      words: 'not the lowest free number: something holds a descriptor, handle or id that it should not',
    };
  return { promise: 'ABI', words: 'another result than the interface has for this' };
}

/** epoll_wait(2): an event that is not there, or none although there is one. */
function wakes(got: Result, want: Result): Finding | undefined {
  if (got.ret === want.ret || got.ret < 0) return undefined;
  if (got.ret > 0) return polls(got.outputs[1] ?? 0, 0);
  return {
    promise: 'over-synchronised',
    words: 'a wakeup is lost: epoll says nothing although a file is ready',
  };
}

/** What it means that a call gave `got` where a correct kernel gives `want`. */
export function findingOf(op: Operation, got: Result, want: Result | undefined): Finding {
  if (want === undefined)
    return { promise: 'crash', words: 'the kernel was down, and yet this op has a result' };
  const woken = op.name === 'woken' ? wakes(got, want) : undefined;
  if (woken !== undefined) return woken;
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
  const time = op.name === 'info' ? times(got, want) : undefined;
  if (time !== undefined) return time;
  if (op.name === 'info' && want.outputs[0] === 0)
    return { promise: 'P1', words: 'the file says done although a fence in it is pending' };
  return { promise: 'ABI', words: 'another result than the interface has for this' };
}
