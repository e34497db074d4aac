// SPDX-License-Identifier: MIT
import type { Colors } from '../progress/colors.js';
import { duration, fit } from '../progress/words.js';
import type { GuestRecord, Outcome, RunSummary, Splat, SubtestResult } from '../result/result.js';
import { fullName, isRed } from '../result/result.js';

/** Lines that the terminal, the log and the summary have in common. */

/** A pass with a splat is no pass: the word for a result says so. */
export function verdictWord(result: Pick<SubtestResult, 'outcome' | 'splats'>): Outcome | 'splat' {
  return isRed(result) && (result.outcome === 'pass' || result.outcome === 'skip') ? 'splat' : result.outcome;
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

export const splatLine = (splat: Splat): string => `kernel log: ${splat.title}`;

/** What is wrong with a red result, most telling first, one line each. */
export function reasons(result: SubtestResult): string[] {
  const failures = result.failures.map((f) => (f.where === '-' ? f.text : `${f.where}: ${f.text}`));
  const all = [...failures, ...result.splats.map(splatLine)];
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
