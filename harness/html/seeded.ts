// SPDX-License-Identifier: MIT
import { isRedTest, type Night } from '../result/night.js';
import type { Table } from './markdown-table.js';

/** So many tests are named. */
const NAMED = 3;

/**
 * The table of seeded bugs with what noticed them in a night that had kernels with them in: a cell whose patches name
 * one. A failure that was expected of such a kernel notices it just as well. The same table where there was none.
 */
export function seededIn(table: Table, { cells }: Pick<Night, 'cells'>): Table {
  const inNight = table.rows.map(([name = '']) =>
    cells.filter(({ patch }) =>
      patch.split(/[^\w.-]+/).some((word) => word.replace(/\.patch$/, '') === name),
    ),
  );
  if (inNight.every((found) => found.length === 0)) return table;
  return {
    head: [...table.head, 'in this night'],
    rows: table.rows.map((row, at) => [...row, words(inNight[at] ?? [])]),
  };
}

function words(cells: Night['cells']): string {
  if (cells.length === 0) return 'not tested';
  const tested = cells.filter(({ verdict }) => verdict === 'holds' || verdict === 'fails');
  if (tested.length === 0) return cells[0]?.reason ?? 'not tested';
  const noticed = tested.flatMap(({ tests }) =>
    tests.filter((test) => isRedTest(test) || test.judged === 'expected-fail'),
  );
  if (noticed.length === 0) return 'NOT NOTICED';
  const names = [...new Set(noticed.map(({ name }) => name))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return (
    names
      .slice(0, NAMED)
      .map((name) => `\`${name}\``)
      .join(', ') + more
  );
}
