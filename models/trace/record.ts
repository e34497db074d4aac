// SPDX-License-Identifier: MIT
import type { Leaf, Result } from '../ops/call.js';
import type { Event } from '../ops/event.js';
import { operationWithCode } from '../ops/layout.js';

/**
 * A trace as words of 32 bits, one record an op; what the executor writes and the checker reads.
 *
 *     0  length of the record in words (low 16 bits) | code of the op (bits 16 to 23) | who did it (bits
 *        24 to 31): process * 16 + thread
 *     1  start, in microseconds since the run began
 *     2  how long it took, in microseconds
 *     3  how many ops of the trace had ended when it began (their records come first, in the order in which they ended);
 *        -1 if nobody knows: then only the times tell which op was before which
 *     4  arguments; the variable that is made comes first
 *     …  return value
 *     …  if that is not negative: outputs, then each list: how many, then a word for each leaf,
 *        who (low 16 bits) | status (high 16 bits, signed); for a `timed` op a second one: when it signalled, in
 *        microseconds since the run began, 0 if it has not or nobody knows
 */
export const HEADER_WORDS = 4;
/** Nobody counted. */
export const UNKNOWN = -1;
/** A record is no longer than this, whatever its first word says. */
export const MAX_RECORD_WORDS = 0xffff;

export const packLeaf = ({ who, status }: Leaf): number => (who & 0xffff) | (status << 16);
export const unpackWho = (word: number): number => word & 0xffff;
export const unpackStatus = (word: number): number => word >> 16;

function resultWords(result: Result, timed: boolean): number[] {
  const words = [result.ret | 0];
  if (result.ret < 0) return words;
  for (const output of result.outputs) words.push(output | 0);
  for (const list of result.lists) {
    words.push(list.length);
    for (const leaf of list) {
      words.push(packLeaf(leaf));
      if (timed) words.push((leaf.at ?? 0) | 0);
    }
  }
  return words;
}

/** One op of a trace with its one result. A program's op, or one with several results, is no trace: undefined. */
export function encode(event: Event): number[] | undefined {
  const [result, ...others] = event.results;
  if (result === undefined || others.length > 0) return undefined;
  const rest = [
    ...event.call.args.map((word) => word | 0),
    ...resultWords(result, event.call.op.timed === true),
  ];
  const length = HEADER_WORDS + rest.length;
  if (length > MAX_RECORD_WORDS) return undefined;
  return [
    length | (event.call.op.code << 16) | ((event.thread ?? 0) << 24),
    (event.start ?? 0) | 0,
    (event.took ?? 0) | 0,
    event.before ?? UNKNOWN,
    ...rest,
  ];
}

/** All records of a trace one after the other. Throws for an event that is no trace's. */
export function encodeAll(events: readonly Event[]): Int32Array {
  const words: number[] = [];
  for (const [at, event] of events.entries()) {
    const record = encode(event);
    if (record === undefined)
      throw new RangeError(`event ${at} (${event.call.op.name}) has not exactly one result`);
    words.push(...record);
  }
  return Int32Array.from(words);
}

/** The record at `at`, which `recordFault` has found to be sound, for people. */
export function decode(words: Int32Array, at: number): Event {
  const header = words[at] ?? 0;
  const op = operationWithCode((header >> 16) & 0xff);
  if (op === undefined) throw new RangeError(`no op has code ${(header >> 16) & 0xff}`);
  let next = at + HEADER_WORDS;
  const take = () => words[next++] ?? 0;
  const types = [...(op.makes === undefined ? [] : ['variable']), ...op.args.map((arg) => arg.type.kind)];
  const args = types.map((kind) => (kind === 'number' || kind === 'flags' ? take() >>> 0 : take()));
  const ret = take();
  const outputs =
    ret < 0
      ? []
      : (op.outputs ?? []).map(({ type: { kind } }) =>
          kind === 'number' || kind === 'flags' ? take() >>> 0 : take(),
        );
  const lists = (ret < 0 ? [] : (op.lists ?? [])).map(() => {
    const leaves: Leaf[] = [];
    for (let left = take(); left > 0; left--) {
      const word = take();
      const leaf = { who: unpackWho(word), status: unpackStatus(word) };
      const at = op.timed === true ? take() >>> 0 : 0;
      leaves.push(at === 0 ? leaf : { ...leaf, at });
    }
    return leaves;
  });
  const [start, took] = [(words[at + 1] ?? 0) >>> 0, (words[at + 2] ?? 0) >>> 0];
  const thread = header >>> 24;
  const before = words[at + 3] ?? UNKNOWN;
  const event = { call: { op, args }, results: [{ ret, outputs, lists }], start, took };
  return {
    ...event,
    ...(before === UNKNOWN ? {} : { before }),
    ...(thread === 0 ? {} : { thread }),
  };
}
