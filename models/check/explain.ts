// SPDX-License-Identifier: MIT

import type { WorldView } from '../state/view.js';
import { printCall, printResult } from '../text/print.js';
import type { Verdict } from './verdict.js';

/** Cells in columns, each as wide as its widest. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
  );
}

function viewWords(view: WorldView): string[] {
  const rows = view.rows.map(({ variable, descriptor, words }) => [variable, `fd ${descriptor}`, words]);
  const slots = view.slots.map((s) => [
    s.buffer,
    s.usage,
    s.leaf,
    s.copies > 1 ? `up to ${s.copies} slots` : '',
  ]);
  return [
    ...table(rows),
    ...(slots.length === 0
      ? []
      : ['  slots:', ...table([['buffer', 'usage', 'fence', ''], ...slots]).map((l) => `  ${l}`)]),
  ];
}

/** A verdict for people: what differs, what it means, and the state it happened in. */
export function explain(verdict: Verdict): string {
  if (verdict.kind === 'holds')
    return `holds: ${verdict.ops} ops, each with a result that the model allows\n`;
  if (verdict.kind === 'undecided')
    return `undecided from op ${verdict.op} (word ${verdict.offset}): ${verdict.reason}\n`;
  const { call, results } = verdict.got;
  const [got] = results;
  const states = verdict.before.flatMap((view, at) => [
    verdict.before.length === 1 ? 'before it:' : `before it, possibility ${at + 1}:`,
    ...viewWords(view),
  ]);
  const { promise, words } = verdict.finding;
  return `${[
    `violates at op ${verdict.op} (word ${verdict.offset}): ${printCall(call)}`,
    `  got      ${got === undefined ? 'nothing' : printResult(call.op, got)}`,
    `  allowed  ${verdict.allowed.map((r) => printResult(call.op, r)).join('\n       or  ') || 'nothing: the kernel is down'}`,
    `${promise}: ${words}`,
    ...states,
  ].join('\n')}\n`;
}
