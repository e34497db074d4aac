// SPDX-License-Identifier: MIT
import { type Event, type Order, printCall, printResult } from '../../models/index.js';
import type { OpRow, SceneRow } from './scene.js';

/** A row with the place in the order up to which it goes. */
export interface Placed {
  readonly row: SceneRow;
  readonly place: number;
}

/** So few ops take no more room than the words that they are left out. */
const SMALL_GAP = 1;

/** The places that are drawn, with those between them that are too few to be left out. */
export function withoutSmallGaps(places: readonly number[]): number[] {
  const all: number[] = [];
  for (const place of places) {
    const from = (all.at(-1) ?? -1) + 1;
    if (place - from <= SMALL_GAP) for (let at = from; at < place; at++) all.push(at);
    all.push(place);
  }
  return all;
}

/** "0.1", thread 1 of process 0. */
export const threadWords = (thread: number): string => `${thread >> 4}.${thread & 15}`;

/**
 * The rows of some places of an order. `ops[place]` is the number in the trace of the op there; the last is the wrong one.
 * In an order of several threads an op has run since all had returned that came before its call.
 */
export function rowsOf(
  events: readonly Event[],
  ops: readonly number[],
  places: readonly number[],
  lanes: readonly number[],
  order: Order | undefined,
): Placed[] {
  const placed: { place: number; op: number | undefined; gap: number }[] = [];
  for (const place of places) {
    const from = (placed.at(-1)?.place ?? -1) + 1;
    if (place > from) placed.push({ place: place - 1, op: undefined, gap: place - from });
    placed.push({ place, op: ops[place], gap: 0 });
  }
  const running = order === undefined || order.sequential ? undefined : runningOf(order, ops);
  const rowAt = (place: number): number => placed.findIndex((one) => one.place >= place);
  return placed.map(({ place, op, gap }, at): Placed => {
    const event = op === undefined ? undefined : events[op];
    if (op === undefined || event === undefined) return { place, row: { kind: 'gap', ops: gap } };
    const { call, results, thread = 0 } = event;
    const [result] = results;
    const { from, to } = running?.(op, place) ?? { from: place, to: place };
    const row: OpRow = {
      kind: 'op',
      op,
      lane: Math.max(0, lanes.indexOf(thread)),
      call: printCall(call),
      got: result === undefined ? '' : printResult(call.op, result),
      wrong: place === ops.length - 1,
      from: Math.min(at, rowAt(from)),
      to: Math.max(at, rowAt(to)),
    };
    return { place, row };
  });
}

/** Between which places of the order an op ran. */
function runningOf(
  { spans }: Order,
  ops: readonly number[],
): (op: number, place: number) => { from: number; to: number } {
  const placeOf = new Map(ops.map((op, place) => [op, place]));
  const returned = spans
    .flatMap(({ op, returned: when }) => {
      const place = placeOf.get(op);
      return place === undefined ? [] : [{ when, place }];
    })
    .sort((a, b) => a.when - b.when);
  // The furthest place of all that had returned by then
  let most = -1;
  const until = returned.map(({ when, place }) => {
    most = Math.max(most, place);
    return { when, most };
  });
  const before = (when: number): number => {
    let [low, high] = [0, until.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((until[middle]?.when ?? 0) < when) low = middle + 1;
      else high = middle;
    }
    return until[low - 1]?.most ?? -1;
  };
  return (op, place) => {
    const span = spans[op];
    if (span === undefined) return { from: place, to: place };
    return { from: before(span.called) + 1, to: Math.min(ops.length - 1, before(span.returned + 1)) };
  };
}
