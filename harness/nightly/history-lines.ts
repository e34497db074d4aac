// SPDX-License-Identifier: MIT
import { duration, fit } from '../progress/words.js';
import { plural } from '../report/lines.js';
import { isRedTest, wasTested } from '../result/night.js';
import type { PastCell, PastNight, PastTest } from '../result/past.js';
import { median } from './numbers.js';
import { columns } from './plan-table.js';

const BAR = 20;
/** Tests with news that are shown below the table. */
const MOST_TESTS = 10;

const CELL_MARKS = { holds: '.', fails: 'F', untestable: 'u', notrun: '-', missing: '-' } as const;
const TEST_MARKS = {
  ok: '.',
  failed: 'F',
  'expected-fail': 'f',
  'unexpected-pass': 'P',
  flaked: '~',
  skipped: 's',
} as const;
const CELL_LEGEND =
  '. as expected, F not, u could not be tested, - not run or missing, blank: not in that night';
const TEST_LEGEND =
  '. pass, F fail, f fails as expected, P passes unexpectedly, ~ flaky, s skipped, - not run, blank: not there';

/** The last nights of one name as a table, then each cell through them. `nights`: newest first. */
export function historyLines(name: string, nights: readonly PastNight[], width = 120): string[] {
  const sums = nights.map((night) => ({ night, red: redIn(night) }));
  const most = Math.max(1, ...sums.map(({ red }) => red));
  const rows = sums.map(({ night, red }) => {
    const cells = [...night.cells.values()];
    const tested = cells.filter(wasTested);
    return [
      night.startedAt.slice(0, 16).replace('T', ' '),
      `${tested.length}/${cells.length}`,
      `${tested.reduce((sum, { tests }) => sum + tests.size, 0)}`,
      `${red}`,
      duration(night.milliseconds),
      '#'.repeat(Math.ceil((red / most) * BAR)),
    ];
  });
  const ids = [...new Set(nights.flatMap(({ cells }) => [...cells.keys()]))];
  const marks = ids.map((id) => [
    id,
    [...nights]
      .reverse()
      .map((night) => cellMark(night.cells.get(id)))
      .join(''),
    lastReason(nights[0]?.cells.get(id)),
  ]);
  return [
    `${name}: ${plural(nights.length, 'night')}, newest first`,
    ...columns([['started (UTC)', 'cells', 'tests', 'red', 'time', 'red'], ...rows], [1, 2, 3, 4]),
    '',
    `each cell through the nights, newest on the right (${CELL_LEGEND})`,
    ...columns(marks),
    ...unsteady(nights),
  ].map((line) => fit(line, width).trimEnd());
}

const cellMark = (cell: PastCell | undefined): string =>
  cell === undefined ? ' ' : CELL_MARKS[cell.verdict];
const lastReason = (cell: PastCell | undefined): string =>
  cell === undefined || cell.verdict === 'holds' ? '' : (cell.reason ?? '');

const redIn = ({ cells }: PastNight): number =>
  [...cells.values()].reduce((sum, { tests }) => sum + [...tests.values()].filter(isRedTest).length, 0);

/** Tests that were red, or flaky, in some of these nights: the worst first. */
function unsteady(nights: readonly PastNight[]): string[] {
  const rows = new Map<string, { cell: string; test: string; count: number }>();
  for (const { cells } of nights)
    for (const [cell, { tests }] of cells)
      for (const [test, result] of tests)
        if (isRedTest(result) || result.judged === 'flaked') {
          const key = JSON.stringify([cell, test]);
          const row = rows.get(key) ?? { cell, test, count: 0 };
          rows.set(key, row);
          row.count++;
        }
  const worst = [...rows.values()].sort((a, b) => b.count - a.count || (a.test < b.test ? -1 : 1));
  if (worst.length === 0) return [];
  const shown = worst
    .slice(0, MOST_TESTS)
    .map(({ cell, test }) => [cell, test, testMarks(nights, cell, test)]);
  const left = worst.length - shown.length;
  return [
    '',
    `tests that were not as expected (${TEST_LEGEND})`,
    ...columns(shown),
    ...(left > 0 ? [`and ${plural(left, 'more test')}`] : []),
  ];
}

const testMarks = (nights: readonly PastNight[], cell: string, test: string): string =>
  [...nights]
    .reverse()
    .map((night) => testMark(night.cells.get(cell)?.tests.get(test)))
    .join('');

const testMark = (test: PastTest | undefined): string =>
  test === undefined ? ' ' : test.outcome === 'notrun' ? '-' : TEST_MARKS[test.judged];

/** One test in all cells that have had it. Empty if none has. */
export function testHistoryLines(test: string, nights: readonly PastNight[], width = 120): string[] {
  const ids = [
    ...new Set(
      nights.flatMap(({ cells }) => [...cells].flatMap(([id, { tests }]) => (tests.has(test) ? [id] : []))),
    ),
  ];
  if (ids.length === 0) return [];
  const rows = ids.map((id) => {
    const seen = nights.flatMap((night) => {
      const result = night.cells.get(id)?.tests.get(test);
      return result === undefined ? [] : [{ on: night.startedAt.slice(0, 10), result }];
    });
    const times = seen.flatMap(({ result }) => (result.outcome === 'pass' ? [result.milliseconds] : []));
    const last = seen[0];
    return [
      id,
      testMarks(nights, id, test),
      times.length === 0 ? '-' : duration(median(times)),
      last === undefined
        ? ''
        : `${last.on} ${last.result.outcome}${last.result.why === undefined ? '' : `: ${last.result.why}`}`,
    ];
  });
  const on = (night: PastNight | undefined): string => night?.startedAt.slice(0, 10) ?? '';
  return [
    `${test}, ${on(nights.at(-1))} to ${on(nights[0])}, newest on the right (${TEST_LEGEND})`,
    ...columns([['cell', 'nights', 'takes', 'last'], ...rows], [2]),
  ].map((line) => fit(line, width).trimEnd());
}
