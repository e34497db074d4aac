// SPDX-License-Identifier: MIT
import { operationWithCode } from '../ops/layout.js';
import { NONE } from '../ops/operation.js';
import { argsOfCode, recordFault } from '../trace/fault.js';
import { HEADER_WORDS, UNKNOWN } from '../trace/record.js';
import { type Moment, momentOf } from './moment.js';

/** One op of a trace of several threads. */
export interface Entry {
  /** Number in the trace, from 0, and where its record, its arguments and its return value are. */
  readonly op: number;
  readonly at: number;
  readonly first: number;
  readonly ret: number;
  readonly header: number;
  readonly code: number;
  readonly who: number;
  /** It happened between these, both included (us). */
  readonly from: number;
  readonly until: number;
  /**
   * When it was called and when it returned, for the order of ops: an op comes after all that had returned before it was
   * called. Counted in ops that had ended, if the trace says so; else in us. See CLOCK_TICK_US.
   */
  readonly called: number;
  readonly returned: number;
  /** Place of the op before it in its thread, -1 for none. */
  readonly before: number;
}

/** Why a trace, or what comes after a part of it, cannot be believed. */
export interface Fault {
  readonly op: number;
  readonly offset: number;
  readonly reason: string;
}

export interface History {
  readonly entries: readonly Entry[];
  readonly fault: Fault | undefined;
}

/**
 * Times are whole microseconds, of a start and of a duration that were both rounded down, so an op may have returned up
 * to one later than their sum.
 */
const ROUNDING_US = 1;

/**
 * A clock may tick every four milliseconds (an emulated guest with HZ=250 and no better clock): times say little of which
 * op came first. So a record has the number of ops that had ended when its op began. The op with the record n had
 * returned by then if n is less; otherwise the two overlap.
 */
const CLOCK_TICK_US = 4000;

/** Whether every record says how many ops had ended; else none is believed. */
function isCounted(words: Int32Array): boolean {
  for (let at = 0; at < words.length; at += (words[at] as number) & 0xffff) {
    if (recordFault(words, at, words.length) !== undefined) break;
    if (words[at + 3] === UNKNOWN) return false;
  }
  return true;
}

/**
 * A poll that looked last at `from` was, for the order, called then: after whatever had surely ended by that time, though
 * the clock of either may be a tick late.
 */
function calledAt(before: number, from: number, start: number, entries: readonly Entry[]): number {
  if (from <= start) return before;
  let called = entries.length;
  while (called > before && (entries[called - 1] as Entry).until > from - 2 * CLOCK_TICK_US) called--;
  return called;
}

/** The ops of a trace up to the first that is damaged. */
export function readHistory(words: Int32Array): History {
  const entries: Entry[] = [];
  const counted = isCounted(words);
  const lastOf = new Map<number, number>();
  const moment: Moment = { from: 0, until: 0 };
  for (let at = 0; at < words.length; at += (words[at] as number) & 0xffff) {
    const op = entries.length;
    const reason = recordFault(words, at, words.length);
    if (reason !== undefined) return { entries, fault: { op, offset: at, reason } };
    const header = words[at] as number;
    const [code, who, first] = [(header >> 16) & 0xff, header >>> 24, at + HEADER_WORDS];
    const ret = first + argsOfCode(code);
    const start = (words[at + 1] as number) >>> 0;
    moment.from = start;
    momentOf(words, at, first, ret, moment);
    const before = lastOf.get(who) ?? -1;
    const ended = words[at + 3] as number;
    const fault = counted ? miscounted(ended, op, before) : tooEarly(start, entries[before]?.from ?? 0);
    if (fault !== undefined)
      return {
        entries,
        fault: { op, offset: at, reason: `reordered: thread ${who >> 4}.${who & 15} ${fault}` },
      };
    const { from } = moment;
    const until = moment.until + ROUNDING_US;
    const [called, returned] = counted ? [calledAt(ended, from, start, entries), op] : [from, until];
    entries.push({ op, at, first, ret, header, code, who, from, until, called, returned, before });
    lastOf.set(who, op);
  }
  return { entries, fault: undefined };
}

const tooEarly = (start: number, last: number): string | undefined =>
  start < last ? `starts an op at ${start} us, after a later one` : undefined;

function miscounted(ended: number, op: number, before: number): string | undefined {
  if (ended > op) return `starts an op when ${ended} had ended, of which there are ${op}`;
  return ended <= before ? 'starts an op before its last one has ended' : undefined;
}

/** Variables that the ops make. */
export function madeIn(words: Int32Array, entries: readonly Entry[]): number[] {
  const made = new Set<number>();
  for (const { code, first } of entries)
    if (operationWithCode(code)?.makes !== undefined) made.add(words[first] as number);
  made.delete(NONE);
  return [...made];
}

/**
 * Whether the records are in the order in which the ops happened: all of one thread, or no two of different threads
 * overlap, or there are no times at all and the order of the records is the only one there is. Damage ends the look.
 */
export function isSequential(words: Int32Array): boolean {
  let [last, end, timed, mixed, threads, counted, inOrder, op] = [-1, -1, false, false, 0, true, true, 0];
  for (let at = 0; at < words.length; at += (words[at] as number) & 0xffff, op++) {
    if (recordFault(words, at, words.length) !== undefined) break;
    const who = (words[at] as number) >>> 24;
    const start = (words[at + 1] as number) >>> 0;
    timed ||= start !== 0 || words[at + 2] !== 0;
    counted &&= words[at + 3] !== UNKNOWN;
    inOrder &&= words[at + 3] === op;
    if (who !== last) threads++;
    if (last >= 0 && who !== last && start <= end + ROUNDING_US) mixed = true;
    last = who;
    end = Math.max(end, start + ((words[at + 2] as number) >>> 0));
  }
  if (threads <= 1) return true;
  return counted ? inOrder : !(mixed && timed);
}
