// SPDX-License-Identifier: MIT
import {
  CRASHED,
  type Event,
  explain,
  type Profile,
  printCall,
  type Setting,
  type Verdict,
} from '../../models/index.js';
import { compare, type Row } from './compare.js';
import { eventsOf } from './trace-text.js';

/** A trace with its verdict, to be shown line by line. */
export interface Listed {
  readonly profile: Profile;
  readonly setting: Setting;
  readonly words: Int32Array;
  readonly verdict: Verdict;
  readonly lacks: string | undefined;
}

/** So many ops are shown; of a longer trace those before its end, or before the one that is wrong. */
export const MAX_ROWS = 1000;
/** Comparing takes a copy of the state for each op. */
const MAX_COMPARED = 20_000;
/** A cell that is wider has its row to itself: all others stay readable. */
const MAX_WIDTH = 48;

/**
 * The trace beside what the model allows: the third column is there where that differs from what was got, or where there
 * is a choice. `!` marks the op that is not allowed.
 */
export function listing({ profile, setting, words, verdict, lacks }: Listed): string[] {
  const events = eventsOf(words);
  const rows = events.length <= MAX_COMPARED ? compare(profile.rules, setting, events) : plain(events);
  const wrong = verdict.kind === 'violates' ? verdict.op : -1;
  const until = wrong < 0 ? rows.length : wrong + 1;
  const from = Math.max(0, until - MAX_ROWS);
  const shown = rows.slice(from, wrong < 0 ? rows.length : Math.min(rows.length, until + MAX_ROWS));
  const cells = shown.map((row, at) => [
    `${from + at === wrong ? '!' : ' '} ${row.call}`,
    row.got,
    from + at === wrong || !(row.allowed.length === 1 && row.allowed[0] === row.got)
      ? row.allowed.join(' | ')
      : '',
  ]);
  return [
    ...(from > 0 ? [`  (${from} ops before these are in the trace)`] : []),
    ...columns([['  op', 'got', 'allowed'], ...cells]),
    ...crash(events),
    ...explain(verdict).trimEnd().split('\n'),
    ...(lacks !== undefined && verdict.kind === 'holds' ? [`undecided from there on: ${lacks}`] : []),
  ];
}

const plain = (events: readonly Event[]): Row[] =>
  events.map(({ call }) => ({ call: printCall(call), got: '', allowed: [] }));

/** The op in which the kernel went down. */
function crash(events: readonly Event[]): string[] {
  const last = events.at(-1);
  if (last?.results[0]?.ret !== CRASHED) return [];
  return [`the kernel went down in op ${events.length - 1}: ${printCall(last.call)}`];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0).filter((width) => width <= MAX_WIDTH)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
