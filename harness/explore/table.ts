// SPDX-License-Identifier: MIT
import { duration, grouped, times } from '../progress/words.js';
import type { SearchRow } from './row.js';

const HEAD = ['search', 'programs', 'ops', 'states', 'coverage', 'findings', 'time'] as const;

/** The rows of one kernel as text: numbers to the right, what is missing named below. Pure. */
export function table(rows: readonly SearchRow[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...rows.flatMap(remarks)].map((line) => `${line}\n`).join('');
}

function cellsOf(row: SearchRow): readonly string[] {
  if (row.untestable !== undefined) return [row.search, 'could not be tried'];
  const { coverage } = row;
  return [
    row.search,
    grouped(row.programs),
    grouped(row.ops),
    grouped(row.states),
    coverage === undefined ? '-' : `${coverage.reached}/${coverage.of}`,
    row.findings === row.failures ? `${row.findings}` : `${row.findings} (${row.failures} times)`,
    duration(row.milliseconds),
  ];
}

function remarks(row: SearchRow): string[] {
  if (row.untestable !== undefined) return [`${row.search}: ${row.untestable}`];
  const said: string[] = [];
  // A search without a seed is for all programs of a length
  if (row.seed === undefined)
    said.push(
      row.complete
        ? `${row.search}: these are all programs of that length`
        : `${row.search}: not all programs of that length were run`,
    );
  if (row.lost > 0) said.push(`${row.search}: of ${grouped(row.lost)} programs nothing is known`);
  const { times: met = 0, lost = 0 } = row.documented ?? {};
  if (met > 0)
    said.push(
      `${row.search}: a documented defect was met ${times(met)}; ${grouped(lost)} programs were lost to it`,
    );
  if (row.cut !== undefined)
    said.push(`${row.search}: time was up before ${grouped(row.cut)} programs ended`);
  if (row.unscanned !== undefined)
    said.push(
      `${row.search}: time was up before ${row.unscanned === 1 ? 'a guest was' : `${row.unscanned} guests were`} scanned for leaks`,
    );
  for (const [why, count] of Object.entries(row.undecided))
    said.push(`${row.search}: could not tell, ${times(count)}: ${why}`);
  return said;
}
