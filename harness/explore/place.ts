// SPDX-License-Identifier: MIT
import { decode, type Event, type Script } from '../../models/index.js';

/**
 * The op of the script that record number `at` of its trace belongs to; -1 if it came before the first. A trace may have
 * more records than a script has ops: buffers that are observed after an op, attempts of an op whose allocations fail.
 * Ops of several threads are in the order in which they ended, those of one thread in that of the script.
 */
export function scriptOp({ events }: Script, words: Int32Array, at: number): number {
  const cursors = new Map<number, number>();
  let offset = 0;
  let last = -1;
  for (let record = 0; record <= at && offset < words.length; record++) {
    const event = decode(words, offset);
    offset += (words[offset] ?? 0) & 0xffff;
    const thread = event.thread ?? 0;
    const next = nextOf(events, thread, cursors.get(thread) ?? 0);
    const planned = events[next];
    if (planned === undefined || !isSame(planned, event)) {
      last = Math.max(last, (cursors.get(thread) ?? 0) - 1);
      continue;
    }
    cursors.set(thread, next + 1);
    last = next;
  }
  return last;
}

function nextOf(events: readonly Event[], thread: number, from: number): number {
  let at = from;
  while (at < events.length && (events[at]?.thread ?? 0) !== thread) at++;
  return at;
}

/** A record may have other numbers than the script: a poll waits no longer than the executor lets it. */
const isSame = ({ call: a }: Event, { call: b }: Event): boolean =>
  a.op.code === b.op.code && ((a.args[0] ?? 0) | 0) === ((b.args[0] ?? 0) | 0);
