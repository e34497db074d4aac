// SPDX-License-Identifier: MIT

/** One answer of the table. `none`: the question does not arise for this patch. */
export interface Cell {
  readonly state: 'ok' | 'fail' | 'none';
  /** A word or two beside the mark: "1 excused", "412 s". */
  readonly note?: string;
  /** Said under the table when it failed. */
  readonly detail?: string;
}

export interface Row {
  readonly patch: string;
  readonly cells: readonly Cell[];
}

export interface SeriesReport {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** What is wrong with the series as a whole. */
  readonly problems: readonly string[];
}

export const isGood = (report: SeriesReport): boolean =>
  report.problems.length === 0 &&
  report.rows.every((row) => row.cells.every(({ state }) => state !== 'fail'));

/** The table, then why each failed cell failed. */
export function formatReport(report: SeriesReport): string {
  const header = ['patch', ...report.columns];
  const body = report.rows.map((row) => [row.patch.replace(/\.patch$/, ''), ...row.cells.map(cellText)]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...body.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const failures = report.rows.flatMap((row) =>
    row.cells.flatMap((cell, index) =>
      cell.state === 'fail'
        ? [`${row.patch}: ${report.columns[index]}\n${indent(cell.detail ?? 'failed')}`]
        : [],
    ),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[line(header), rule, ...body.map(line), '', ...failures, ...report.problems].join('\n').trimEnd()}\n`;
}

const cellText = ({ state, note }: Cell): string => {
  const mark = { ok: 'ok', fail: 'FAIL', none: '-' }[state];
  return note === undefined ? mark : `${mark} (${note})`;
};

const indent = (text: string): string => text.trimEnd().replace(/^/gm, '    ');
