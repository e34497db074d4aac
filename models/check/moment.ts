// SPDX-License-Identifier: MIT
import { CODE } from '../ops/operations.js';
import type { World } from '../state/world.js';
import { FOR_EVER } from '../step/poll.js';

/** When an op happens, as far as that is known: at one moment between these two, both included (us). */
export interface Moment {
  from: number;
  until: number;
}

const wordAt = (words: Int32Array, at: number): number => (words[at] ?? 0) >>> 0;

/** Where the milliseconds of an op that waits stand in its arguments. */
const WAIT_AT: Readonly<Record<number, number>> = { [CODE.poll]: 2, [CODE.woken]: 1 };

/**
 * The moment of a record. `wait` takes its time even in a trace that has no times. A poll that was not ready after all
 * its time has looked once more at the end of it (do_poll() of fs/select.c, ep_poll() of fs/eventpoll.c): what may have
 * been earlier does not count.
 */
export function momentOf(words: Int32Array, at: number, first: number, ret: number, into: Moment): void {
  const code = ((words[at] as number) >> 16) & 0xff;
  into.until = into.from + wordAt(words, at + 2);
  if (code === CODE.wait) into.until = Math.max(into.until, into.from + wordAt(words, first) * 1000);
  const wait = WAIT_AT[code];
  if (wait === undefined || words[ret] !== 0) return;
  const milliseconds = wordAt(words, first + wait);
  if (milliseconds !== FOR_EVER) into.from = Math.min(into.until, into.from + milliseconds * 1000);
}

/** Takes a world to an op: the process that makes the call, and when. False if there is no such process. */
export function approach(world: World, header: number, from: number, until: number): boolean {
  world.from = from;
  world.until = until;
  return world.enter(header >>> 28);
}
