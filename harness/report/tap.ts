// SPDX-License-Identifier: MIT
import type { RunSummary, SubtestResult } from '../result/result.js';
import { isRed, isUndecided } from '../result/result.js';
import { byProgram, type ProgramGroup, type SubtestGroup } from './grouping.js';
import { guestEndLine, knownLines, modelLine, reasons, VERDICTS, verdictWord } from './lines.js';
import type { Reporter, Sink } from './reporter.js';
import { bailOut, type Entry, indent, nameText, oneLine, point, TAP_HEAD, yaml } from './tap-lines.js';

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
      if (event.kind === 'untestable') stdout.write(`${TAP_HEAD}${bailOut(event.reason)}`);
    },
  };
}

export function tapText(summary: RunSummary): string {
  const programs = byProgram(summary);
  const lines = [
    `1..${programs.length + 1}`,
    ...programs.flatMap((program, i) => programLines(program, i + 1)),
    ...runLines(summary, programs.length + 1),
  ];
  const end =
    summary.verdict === 'untestable' ? bailOut(summary.reason ?? 'this kernel could not be tested') : '';
  return `${TAP_HEAD}${lines.join('\n')}\n${end}`;
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
