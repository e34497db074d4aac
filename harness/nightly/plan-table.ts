// SPDX-License-Identifier: MIT
import { duration } from '../progress/words.js';
import { plural } from '../report/lines.js';
import type { PlannedCell } from './cells.js';
import { type Plan, type Shard, shardsOf } from './plan.js';

/** How long a cell took in nights before, in ms; undefined where nobody knows. */
export type Took = (cell: string) => number | undefined;

/** Columns with two blanks between them, numbers to the right; the first is always on the left. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((text, at) => (right.includes(at) ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** What is going to be done, by whom, and how long it takes. */
export function planLines(plan: Plan, shard: Shard, took: Took): string[] {
  const shards = shardsOf(plan.cells, shard.of);
  const expected = (cell: PlannedCell): number => took(cell.id) ?? cell.milliseconds;
  const rows = plan.cells.map((cell, at) => {
    const known = took(cell.id);
    return [
      cell.id,
      ...(shard.of === 1 ? [] : [`${shards[at]}${shards[at] === shard.index ? ' *' : ''}`]),
      duration(expected(cell)),
      known === undefined ? 'as planned' : 'as in nights before',
    ];
  });
  const head = ['cell', ...(shard.of === 1 ? [] : ['shard']), 'expected', ''];
  const sum = (of: readonly PlannedCell[]): string =>
    duration(of.reduce((ms, cell) => ms + expected(cell), 0));
  const own = plan.cells.filter((_, at) => shards[at] === shard.index);
  return [
    ...columns([head, ...rows], [shard.of === 1 ? 1 : 2]),
    ...plan.left.map(({ id, why }) => `left out: ${id}: ${why}`),
    `${plural(plan.cells.length, 'cell')}, ${sum(plan.cells)} in all; kernels that are not in the cache are built besides`,
    ...(shard.of === 1
      ? []
      : [`shard ${shard.index} of ${shard.of} (*): ${plural(own.length, 'cell')}, ${sum(own)}`]),
  ];
}
