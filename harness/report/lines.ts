// SPDX-License-Identifier: MIT
import type { Colors } from '../progress/colors.js';
import { duration, fit } from '../progress/words.js';
import {
  endedWell,
  type Failure,
  fullName,
  type GuestRecord,
  isRed,
  type Outcome,
  type RunSummary,
  type SubtestResult,
  splatLine,
} from '../result/result.js';

/** Lines that the terminal, the log and the summary have in common. */

/** A pass with a splat, or that the model does not allow, is no pass: the word for a result says so. */
export function verdictWord(
  result: Pick<SubtestResult, 'outcome' | 'splats' | 'model'>,
): Outcome | 'splat' | 'model' {
  if (!endedWell(result)) return result.outcome;
  if (result.splats.length > 0) return 'splat';
  return result.model?.kind === 'violates' ? 'model' : result.outcome;
}

export function mark(result: SubtestResult, colors: Colors): string {
  const word = verdictWord(result);
  const text = (isRed(result) ? word.toUpperCase() : word).padEnd(7);
  if (isRed(result)) return colors.red(text);
  return word === 'skip' ? colors.yellow(text) : colors.green(text);
}

/** "FAIL    export@snapshot P1,P8 (1.8 s)" */
export function resultLine(result: SubtestResult, colors: Colors, width = 400): string {
  const promises = result.promises.length > 0 ? ` ${result.promises.join(',')}` : '';
  const why =
    result.outcome === 'skip' && !isRed(result) ? `: ${result.skipReason ?? 'no reason given'}` : '';
  const time = result.outcome === 'notrun' ? '' : ` (${duration(result.milliseconds)})`;
  return `${mark(result, colors)} ${fit(`${fullName(result)}${promises}${why}${time}`, width - 8)}`;
}

/** How far the reasons below a result are indented: their first line, and where they go on. */
export const WHY = ['        ', '          '] as const;

/** Kernel log reports that do not speak against a result, one line each. */
export const knownLines = ({ known }: Pick<SubtestResult, 'known'>): string[] =>
  known.map(({ title, why }) => `known, not of dma-buf: ${title}: ${why}`);

/** What the model has to say against a result, in one line; undefined if nothing. */
export function modelLine({ model }: Pick<SubtestResult, 'model'>): string | undefined {
  if (model === undefined || model.kind === 'holds') return undefined;
  if (model.kind === 'undecided') return `model: undecided after ${plural(model.ops, 'op')}: ${model.reason}`;
  const allowed = model.allowed.join(' or ') || 'nothing, the kernel is down';
  return `model: ${model.promise} at op ${model.ops}: ${model.words} (${model.call}: got ${model.got}; allowed ${allowed})`;
}

/** A failed assertion has its place in a C file; all else is said by the harness or the guest's runtime. */
function failureLine({ where, text }: Failure): string {
  if (where === '-') return text;
  return `${/\.c:\d+$/.test(where) ? 'own check: ' : ''}${where}: ${text}`;
}

/** What is wrong with a result, most telling first, one line each: who says it is its first word. */
export function reasons(result: SubtestResult): string[] {
  const failures = result.failures.map(failureLine);
  const model = result.model?.kind === 'undecided' && !endedWell(result) ? undefined : modelLine(result);
  const all = [...failures, ...(model === undefined ? [] : [model]), ...result.splats.map(splatLine)];
  return all.length > 0 ? all : [`ended as ${result.outcome}, without a word why`];
}

export const plural = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** At most `most` of them, and how many there are besides. */
export function few(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), `... and ${lines.length - most + 1} more`];
}

const COUNTED: readonly Outcome[] = ['pass', 'fail', 'crash', 'timeout', 'hang', 'notrun', 'skip'];

/** "108 pass, 2 fail, 1 skip" */
export function countsText(counts: Readonly<Record<Outcome, number>>): string {
  const parts = COUNTED.filter((o) => counts[o] > 0 || o === 'pass').map(
    (o) => `${counts[o]} ${o === 'notrun' ? 'not run' : o}`,
  );
  return parts.join(', ');
}

/** "guest 1: panic: Kernel panic - not syncing; 12 subtests left for a fresh guest" */
export function guestEndLine(record: GuestRecord, again: number): string | undefined {
  if (record.ended === 'done') return undefined;
  const why = record.reason === undefined ? '' : `: ${record.reason}`;
  const next = again > 0 ? `; ${plural(again, 'subtest')} left for a fresh guest` : '';
  return `guest ${record.index} ended early (${record.ended}${why})${next}`;
}

export const VERDICTS: Readonly<Record<RunSummary['verdict'], string>> = {
  holds: 'HOLDS',
  fails: 'FAILS',
  untestable: 'COULD NOT BE TESTED',
};
