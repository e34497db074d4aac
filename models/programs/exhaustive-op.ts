// SPDX-License-Identifier: MIT
import type { Event } from '../ops/event.js';
import { B, CARD, does, F, G, S, T } from './exhaustive-scope.js';

/** The kinds of op that count. Their order is the one in which programs are tried, and that of ops that commute. */
export const KIND = {
  fence: 0,
  attach: 1,
  export: 2,
  import: 3,
  merge: 4,
  inc: 5,
  signal: 6,
  pollBuffer: 7,
  pollFile: 8,
  closeFile: 9,
  closeTimeline: 10,
  closeBuffer: 11,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/**
 * One op of a small program. What `a`, `b` and `c` are depends on the kind; timelines, sync files and fences of vgem are
 * places in lists that whoever uses the op has:
 *
 *     fence  timeline, steps ahead        attach  buffer, access        export  buffer, access
 *     import  file, buffer, access        merge  file, other            inc  timeline
 *     signal  fence                       pollBuffer  buffer, events    pollFile  file
 *     closeFile  file                     closeTimeline  timeline       closeBuffer  buffer
 */
export interface SmallOp {
  readonly kind: Kind;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** In which order ops are: a number for each. Less than 16 of anything. */
export const rank = (kind: Kind, a: number, b: number, c: number): number =>
  ((kind * 16 + a) * 16 + b) * 16 + c;

/** Ops are values: each is made once, as a graph has them by the million. */
export function smallOp(kind: Kind, a = 0, b = 0, c = 0): SmallOp {
  const at = rank(kind, a, b, c);
  const op = known[at] ?? { kind, a, b, c };
  known[at] = op;
  return op;
}

const known: (SmallOp | undefined)[] = [];

/** Kinds that make a sync file. */
export const makesFile = (kind: Kind): boolean =>
  kind === KIND.fence || kind === KIND.export || kind === KIND.merge;

/** What a program has: numbers of variables by place. */
export interface Names {
  /** Open timelines that were used. */
  readonly timelines: readonly number[];
  /** Open sync files. */
  readonly files: readonly number[];
  /** Fences of vgem that are pending. */
  readonly fences: readonly number[];
  /** Timelines that were ever used: the place behind the last is the next of them. */
  readonly used: number;
}

/** An op with numbers of variables instead of places. */
export function named({ kind, a, b, c }: SmallOp, { timelines, files, fences, used }: Names): SmallOp {
  switch (kind) {
    case KIND.fence:
    case KIND.inc:
    case KIND.closeTimeline:
      return smallOp(kind, timelines[a] ?? used, b, c);
    case KIND.merge:
      return smallOp(kind, files[a], files[b], c);
    case KIND.import:
    case KIND.pollFile:
    case KIND.closeFile:
      return smallOp(kind, files[a], b, c);
    case KIND.signal:
      return smallOp(kind, fences[a]);
    default:
      return smallOp(kind, a, b, c);
  }
}

/**
 * The op of a program for an op whose places are numbers of variables. `made` is the number of the sync file or fence that it makes,
 * `value` the seqno of a fence.
 */
export function eventOf({ kind, a, b, c }: SmallOp, made: number, value: number): Event {
  switch (kind) {
    case KIND.fence:
      return does('fence', S + made, T + a, value);
    case KIND.attach:
      return does('attach', F + made, CARD, G + a, b);
    case KIND.export:
      return does('export', S + made, B + a, b);
    case KIND.import:
      return does('import', B + b, c, S + a);
    case KIND.merge:
      return does('merge', S + made, S + a, S + b);
    case KIND.inc:
      return does('inc', T + a, 1);
    case KIND.signal:
      return does('signal', CARD, F + a);
    case KIND.pollBuffer:
      return does('poll', B + a, b);
    case KIND.pollFile:
      return does('poll', S + a, 1);
    case KIND.closeFile:
      return does('close', S + a);
    case KIND.closeTimeline:
      return does('close', T + a);
    case KIND.closeBuffer:
      return does('close', B + a);
  }
}
