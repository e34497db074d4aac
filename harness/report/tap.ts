// SPDX-License-Identifier: MIT
import type { RunSummary, SubtestResult } from '../result/result.js';
import { isRed, isUndecided } from '../result/result.js';
import { byProgram, type ProgramGroup, type SubtestGroup } from './grouping.js';
import { guestEndLine, knownLines, modelLine, reasons, VERDICTS, verdictWord } from './lines.js';
import type { Reporter, Sink } from './reporter.js';

const HEAD = 'TAP version 14\n';

/**
 * TAP 14: a test point for each program with its subtests nested, and one for the run as a whole (which is "not ok" also
 * when only the log between subtests is bad). Everything is told at the end: until then a result can still change.
 */
export function tapReporter(stdout: Sink): Reporter {
  return {
    name: 'tap',
    ownsStdout: true,
    on: (event) => {
      if (event.kind === 'end') stdout.write(tapText(event.summary));
      if (event.kind === 'untestable') stdout.write(`${HEAD}${bailOut(event.reason)}`);
    },
  };
}

export function tapText(summary: RunSummary): string {
  const programs = byProgram(summary);
  const lines = [`1..${programs.length + 1}`];
  for (const [i, program] of programs.entries()) lines.push(...programLines(program, i + 1));
  lines.push(...runLines(summary, programs.length + 1));
  const end =
    summary.verdict === 'untestable' ? bailOut(summary.reason ?? 'this kernel could not be tested') : '';
  return `${HEAD}${lines.join('\n')}\n${end}`;
}

function programLines({ program, subtests }: ProgramGroup, id: number): string[] {
  const red = subtests.some(isGroupRed);
  return [
    `# Subtest: ${nameText(program)}`,
    ...indent([`1..${subtests.length}`, ...subtests.flatMap((group, i) => groupLines(group, i + 1))], 4),
    point(!red, id, program),
  ];
}

const isGroupRed = ({ result, dynamic }: SubtestGroup): boolean => isRed(result) || dynamic.some(isRed);

function groupLines({ result, dynamic }: SubtestGroup, id: number): string[] {
  const own = resultLines(result, id, result.subtest, dynamic.some(isRed));
  if (dynamic.length === 0) return own;
  const inner = dynamic.flatMap((part, i) => resultLines(part, i + 1, part.dynamic ?? '', false));
  return [`# Subtest: ${nameText(result.subtest)}`, ...indent([`1..${dynamic.length}`, ...inner], 4), ...own];
}

function resultLines(result: SubtestResult, id: number, name: string, redInside: boolean): string[] {
  const red = isRed(result) || redInside;
  const skip =
    result.outcome === 'skip' && !red ? ` # SKIP ${oneLine(result.skipReason ?? 'no reason given')}` : '';
  const head = `${point(!red, id, name)}${skip}`;
  if (red) return [head, ...yaml(diagnostics(result, redInside))];
  const remarks: Entry[] = [
    ...(isUndecided(result) ? [['model', modelLine(result)] as const] : []),
    ...(result.known.length > 0 ? [['known', knownLines(result)] as const] : []),
  ];
  return remarks.length > 0 ? [head, ...yaml(remarks)] : [head];
}

/** The run as a whole: the verdict, and what belongs to no subtest. */
function runLines(summary: RunSummary, id: number): string[] {
  const holds = summary.verdict === 'holds';
  if (holds) return [point(true, id, 'the run as a whole')];
  const splats = summary.guests.flatMap((guest) => guest.splats);
  const early = summary.guests.map((guest) => guestEndLine(guest, 0)).filter((line) => line !== undefined);
  return [
    point(false, id, 'the run as a whole'),
    ...yaml([
      ['message', `${VERDICTS[summary.verdict]}${summary.reason === undefined ? '' : `: ${summary.reason}`}`],
      ['guests', early],
      [
        'splats',
        splats.map((splat) => ({ kind: splat.kind, title: splat.title, text: splat.text.split('\n') })),
      ],
    ]),
  ];
}

type Entry = readonly [key: string, value: unknown];

function diagnostics(result: SubtestResult, redInside: boolean): readonly Entry[] {
  const [first] = result.failures;
  const message = isRed(result) ? reasons(result)[0] : 'a dynamic subtest of it is red';
  return [
    ['message', redInside && result.outcome === 'pass' ? 'a dynamic subtest of it is red' : message],
    ['severity', verdictWord(result)],
    ...(first === undefined || first.where === '-' ? [] : [['at', first.where] as const]),
    ['promises', result.promises],
    ['purpose', result.purpose],
    ['duration_ms', result.milliseconds],
    ['guest', result.guest],
    ['judged_by', judges(result)],
    ['failures', result.failures],
    ...(result.model?.kind === 'violates'
      ? [['model', result.model.text.trimEnd().split('\n')] as const]
      : []),
    ['notes', result.notes],
    ['known', knownLines(result)],
    [
      'splats',
      result.splats.map((splat) => ({ kind: splat.kind, title: splat.title, text: splat.text.split('\n') })),
    ],
  ];
}

/** Who is against it. */
function judges(result: SubtestResult): string[] {
  return [
    ...(result.failures.length > 0 ? ['own check'] : []),
    ...(result.model?.kind === 'violates' ? ['model'] : []),
    ...(result.splats.length > 0 ? ['kernel log'] : []),
  ];
}

/** A YAML block of JSON values, which YAML takes as they are; lists of things get a row each. Empty ones are left out. */
function yaml(entries: readonly Entry[]): string[] {
  const rows = entries.flatMap(([key, value]) => {
    if (value === '' || (Array.isArray(value) && value.length === 0)) return [];
    if (!Array.isArray(value) || value.every((v) => typeof v === 'string' && v.length < 12))
      return [`${key}: ${json(value)}`];
    return [`${key}:`, ...value.flatMap((item) => indent(listItem(item), 2))];
  });
  return indent(['---', ...rows, '...'], 2);
}

function listItem(item: unknown): string[] {
  if (typeof item !== 'object' || item === null) return [`- ${json(item)}`];
  const rows = Object.entries(item).flatMap(([key, value]) =>
    Array.isArray(value) ? [`${key}:`, ...value.map((v) => `  - ${json(v)}`)] : [`${key}: ${json(value)}`],
  );
  return rows.map((row, i) => `${i === 0 ? '- ' : '  '}${row}`);
}

/** JSON is YAML, but for characters that a YAML stream may not hold as they are. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function point(ok: boolean, id: number, name: string): string {
  return `${ok ? 'ok' : 'not ok'} ${id} - ${nameText(name)}`;
}

/** "#" would begin a directive. */
function nameText(text: string): string {
  return oneLine(text).replace(/[\\#]/g, '\\$&');
}

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();
const bailOut = (reason: string): string => `Bail out! ${oneLine(reason)}\n`;
const indent = (lines: readonly string[], by: number): string[] => lines.map((line) => ' '.repeat(by) + line);
