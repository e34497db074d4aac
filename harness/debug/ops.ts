// SPDX-License-Identifier: MIT
import type { Event } from '../../models/index.js';
import { FrameParser } from '../trace/parse.js';

/** Who does each op that was announced before it was done, in the order in which they were: bytes of a guest's trace channel. */
export function announced(bytes: Uint8Array): number[] {
  const parser = new FrameParser();
  return [...parser.push(bytes), ...parser.end()].flatMap((item) =>
    item.kind === 'entered' ? [(item.words[0] ?? 0) >>> 24] : [],
  );
}

/**
 * How many announcements there were before that of record number `op`; undefined if it was not announced. Records of threads are in the
 * order in which their ops ended, announcements in that in which they began: the n-th of a thread belong together.
 */
export function announcedBefore(
  events: readonly Event[],
  op: number,
  whos: readonly number[],
): number | undefined {
  const who = events[op]?.thread ?? 0;
  let nth = events.slice(0, op).filter(({ thread }) => (thread ?? 0) === who).length;
  const at = whos.findIndex((one) => one === who && nth-- === 0);
  return at < 0 ? undefined : at;
}
