// SPDX-License-Identifier: MIT
import type { Result } from '../ops/call.js';
import { cloneWorld } from '../state/clone.js';
import { viewWorld, type WorldView } from '../state/view.js';
import { printResult } from '../text/print.js';
import { decode } from '../trace/record.js';
import { outcomes } from './attempt.js';
import type { Configuration, Search } from './concurrent.js';
import type { Entry } from './history.js';
import { lackingErrors } from './no-memory.js';
import { findingOf } from './promise.js';
import { resultOf } from './step.js';
import type { Verdict } from './verdict.js';

/** More possible states and results than this nobody reads. */
const SHOWN = 16;

/**
 * Everything there is to say of the first op that no order explains, where `search` has stopped: its configurations are
 * what was before that op.
 */
export function blame(
  search: Search,
  words: Int32Array,
  broken: Entry,
  entries: readonly Entry[],
  whole: boolean,
): Verdict {
  const { op, at } = broken;
  const { configurations, pending } = search;
  const place = { op, offset: at };
  const number = broken.who >> 4;
  if (!configurations.some(({ world }) => world.processes[number] !== undefined))
    return {
      kind: 'undecided',
      ...place,
      reason: `there is no process ${number}: it was not forked, or has ended`,
    };
  const unseen = whole ? undefined : lastOfOthers(broken, entries);
  if (unseen !== undefined && unseen <= broken.returned)
    return {
      kind: 'undecided',
      ...place,
      reason: 'the trace is cut off, and an op without a record may have done this',
    };
  const got = decode(words, at);
  const allowed = new Map<string, Result>();
  const note = (result: Result) => allowed.set(printResult(got.call.op, result), result);
  const visit = ({ world }: Configuration) => {
    if (allowed.size >= SHOWN) return;
    for (const way of outcomes(cloneWorld(world), broken, words, pending.overlapping(broken)))
      note(resultOf(got.call, way.answer));
    if (!world.crashed)
      for (const ret of lackingErrors(world, broken.code)) note({ ret, outputs: [], lists: [] });
  };
  for (const one of configurations
    .filter(({ ahead }) => (ahead & pending.bitOf(broken)) === 0)
    .slice(0, SHOWN))
    search.walk(one, search.related(one.world, broken, one.ahead), visit);
  const results = [...allowed.values()];
  return {
    kind: 'violates',
    ...place,
    got,
    allowed: results,
    before: distinctViews(configurations).slice(0, SHOWN),
    finding: findingOf(got.call.op, got.results[0] ?? { ret: 0, outputs: [], lists: [] }, results[0]),
  };
}

/** Configurations that differ in the past only look the same. */
function distinctViews(configurations: readonly Configuration[]): WorldView[] {
  const views = configurations.map(({ world }) => viewWorld(world));
  return [...new Map(views.map((view) => [JSON.stringify(view), view])).values()];
}

/** When the first of the other threads fell silent: an op that was begun later may have no record. */
function lastOfOthers(broken: Entry, entries: readonly Entry[]): number | undefined {
  const last = new Map<number, number>();
  for (const { who, returned } of entries) if (who !== broken.who) last.set(who, returned);
  return last.size === 0 ? undefined : Math.min(...last.values());
}
