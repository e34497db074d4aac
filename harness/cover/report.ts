// SPDX-License-Identifier: MIT
import { basename } from 'node:path/posix';
import type { Coverage, FileCoverage, Line } from './coverage.js';
import type { Gap, Stale } from './explained.js';

const HEAD = ['file', 'lines', '', 'functions', 'not reached'] as const;

/** How much of each file was reached. */
export function coverageTable({ files }: Coverage): string[] {
  const rows = files.map(rowOf);
  const [covered, lines] = sumOf(files);
  const all = [...rows, ['all', `${covered}/${lines}`, percent(covered, lines), '', '']];
  const widths = HEAD.map((name, column) =>
    Math.max(name.length, ...all.map((row) => (row[column] ?? '').length)),
  );
  return [[...HEAD], ...all].map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (column === 0) return cell.padEnd(width);
        return column === 4 ? cell : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

const sumOf = (files: readonly FileCoverage[]): [number, number] => [
  files.reduce((sum, file) => sum + file.covered, 0),
  files.reduce((sum, file) => sum + file.lines, 0),
];

const percent = (part: number, whole: number): string => `${Math.floor((100 * part) / whole)} %`;

function rowOf({ file, functions, covered, lines }: FileCoverage): string[] {
  const missing = functions.filter(({ reached }) => !reached);
  return [
    basename(file),
    `${covered}/${lines}`,
    percent(covered, lines),
    `${functions.length - missing.length}/${functions.length}`,
    missing.map(({ name }) => name).join(', '),
  ];
}

/** What was not reached: first what nobody has an explanation for, with its source; then the reasons. */
export function gapLines(gaps: readonly Gap[], stale: readonly Stale[]): string[] {
  const open = gaps.filter(({ why }) => why === undefined);
  const explained = gaps.filter(({ why }) => why !== undefined);
  return [
    ...section('not reached, and nobody has said why', open.flatMap(openGap)),
    ...section('not reached, and why', reasonLines(explained)),
    ...section(
      'reached, although vm-images/cover/not-reached.json says that it cannot be',
      stale.map(
        ({ func, line, reason }) => `  ${func}${line === undefined ? '' : `: ${line}`} ("${reason.why}")`,
      ),
    ),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines];

const openGap = ({ file, func, whole, lines }: Gap): string[] => [
  `  ${basename(file)}: ${func}${whole ? ', all of it' : ''}`,
  ...lines.map(lineOf),
];

const lineOf = ({ line, text }: Line): string => `    ${String(line).padStart(5)}  ${text ?? ''}`.trimEnd();

/** One reason often speaks of several functions. */
function reasonLines(gaps: readonly Gap[]): string[] {
  const byReason = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const key = `${basename(gap.file)}\0${gap.why}`;
    byReason.set(key, [...(byReason.get(key) ?? []), gap]);
  }
  return [...byReason.values()].map((same) => {
    const [first] = same;
    if (first === undefined) return '';
    const where = same.map(({ func, whole, lines }) =>
      whole ? func : `${func} (${lines.map(({ line }) => line).join(', ')})`,
    );
    return `  ${basename(first.file)}: ${where.join(', ')}: ${first.why}`;
  });
}
