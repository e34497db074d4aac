// SPDX-License-Identifier: MIT
import { type Colors, noColors } from '../progress/colors.js';
import { duration, fit, shellWord, wrap } from '../progress/words.js';
import type { RunSummary, SubtestResult } from '../result/result.js';
import { endedWell, fullName, isRed, splatLine } from '../result/result.js';
import { countsText, few, guestEndLine, plural, reasons, resultLine, VERDICTS, WHY } from './lines.js';
import { modelTally, undecided } from './model-lines.js';

/** More red subtests than this are shown program by program: nobody should have to scroll for the verdict. */
export const MAX_SHOWN = 12;
const REASONS_EACH = 3;
const SKIPS_SHOWN = 6;

export interface SummaryOptions {
  /** The run's folder, as a command line would name it. */
  readonly folder: string;
  readonly colors?: Colors;
  readonly width?: number;
}

/** The last thing a run says: counts, what is red and why, the verdict, where to look, and how to do it again. */
export function summaryText(summary: RunSummary, options: SummaryOptions): string {
  const { colors = noColors, width = 120 } = options;
  // Where there is no verdict, what was not reached says nothing of the kernel.
  const told = (r: SubtestResult): boolean => summary.verdict !== 'untestable' || r.outcome !== 'notrun';
  const red = summary.results.filter(isRed).filter(told);
  const { kernel, release, patch, profile, gpu, accelerator } = summary.target;
  const sections = [
    [
      ...wrap(
        `${kernel} (${release}), patch ${patch}, profile ${profile}, gpu ${gpu}, ${accelerator}`,
        width,
      ),
      ...wrap(tally(summary), width),
      ...modelTally(summary.model).flatMap((line) => wrap(line, width)),
    ],
    red.length > MAX_SHOWN ? byProgram(red, width) : red.flatMap((r) => oneRed(r, colors, width)),
    outside(summary, width),
    known(summary).flatMap((line) => wrap(line, width)),
    undecided(summary).flatMap((line) => wrap(line, width)),
    skips(summary, width),
    [verdict(summary, colors), ...pointers(summary, red, options.folder)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function tally(summary: RunSummary): string {
  const guests = summary.guests.length;
  return `${plural(summary.results.length, 'subtest')}: ${countsText(summary.counts)}; ${plural(guests, 'guest')}, ${duration(summary.milliseconds)}`;
}

function oneRed(result: SubtestResult, colors: Colors, width: number): string[] {
  const why = few(reasons(result), REASONS_EACH).flatMap((line) => wrap(line, width, ...WHY));
  const purpose = result.purpose === '' ? [] : [colors.dim(fit(`        ${result.purpose}`, width))];
  return [resultLine(result, colors, width), ...purpose, ...why];
}

/** Each program with its first few; the rows are shared out evenly, so that the whole stays about as long as it was. */
function byProgram(red: readonly SubtestResult[], width: number): string[] {
  const programs = new Map<string, SubtestResult[]>();
  for (const result of red) programs.set(result.program, [...(programs.get(result.program) ?? []), result]);
  const each = Math.max(1, Math.floor(MAX_SHOWN / programs.size));
  const groups = [...programs].map(([program, own]) => {
    const promises = [...new Set(own.flatMap((r) => r.promises))].sort().join(',');
    const examples = own.map((r) => fit(`    ${fullName(r)}: ${reasons(r)[0]}`, width));
    return [
      fit(`  ${program}: ${own.length} red${promises === '' ? '' : ` (${promises})`}`, width),
      ...examples.slice(0, each),
      ...(examples.length > each ? [`    and ${examples.length - each} more`] : []),
    ];
  });
  const left = groups.slice(MAX_SHOWN).length;
  return [
    `${red.length} red, by program:`,
    ...groups.slice(0, MAX_SHOWN).flat(),
    ...(left > 0 ? [`  and ${left} more programs`] : []),
  ];
}

/** Splats of no subtest, and guests that ended early. */
function outside(summary: RunSummary, width: number): string[] {
  const lines = summary.guests.flatMap((guest) => [
    ...[guestEndLine(guest, 0)].filter((line) => line !== undefined),
    ...guest.splats.map((splat) => `guest ${guest.index}, outside every subtest: ${splatLine(splat)}`),
  ]);
  return few(lines, 8).flatMap((line) => wrap(line, width));
}

/** What the kernel log has that is known not to be of the interface under test: once, with where it came and why it passes. */
function known(summary: RunSummary): string[] {
  const rows = new Map<string, { why: string; names: string[] }>();
  for (const result of summary.results)
    for (const { title, why } of result.known) {
      const row = rows.get(title) ?? { why, names: [] };
      rows.set(title, row);
      row.names.push(fullName(result));
    }
  return [...rows].map(
    ([title, { why, names }]) => `known, not of dma-buf: ${title} (${names.join(', ')}): ${why}`,
  );
}

/** "3 skipped: needs a virtio-gpu with 3D" */
function skips(summary: RunSummary, width: number): string[] {
  const reasonOf = new Map<string, number>();
  for (const r of summary.results)
    if (r.outcome === 'skip' && !isRed(r)) {
      const reason = r.skipReason ?? 'no reason given';
      reasonOf.set(reason, (reasonOf.get(reason) ?? 0) + 1);
    }
  const rows = [...reasonOf].sort((a, b) => b[1] - a[1]).map(([why, n]) => `${n} skipped: ${why}`);
  return few(rows, SKIPS_SHOWN).map((line) => fit(line, width));
}

function verdict(summary: RunSummary, colors: Colors): string {
  const word = colors.bold(VERDICTS[summary.verdict]);
  const paint = { holds: colors.green, fails: colors.red, untestable: colors.yellow }[summary.verdict];
  const reason = summary.reason ?? (summary.verdict === 'fails' ? failsBecause(summary) : undefined);
  return reason === undefined ? paint(word) : `${paint(word)}: ${fit(reason, 400)}`;
}

/** "17 subtests are red; promises at stake: P1, P3" */
export function failsBecause(summary: RunSummary): string {
  const red = summary.results.filter(isRed);
  const promises = [...new Set(red.flatMap(atStake))].sort();
  if (red.length === 0) return 'the kernel log has reports outside every subtest';
  const broken = promises.length === 0 ? '' : `; promises at stake: ${promises.join(', ')}`;
  return `${red.length} subtest${red.length === 1 ? ' is' : 's are'} red${broken}`;
}

/** Its own promises; where only the model is against it, the one that the model names. */
const atStake = (r: SubtestResult): readonly string[] =>
  r.model?.kind === 'violates' && endedWell(r) && r.splats.length === 0 ? [r.model.promise] : r.promises;

function pointers(summary: RunSummary, red: readonly SubtestResult[], folder: string): string[] {
  const names = [...new Set(red.map((r) => `${r.program}@${r.subtest}`))];
  const only =
    names.length > 0 && names.length <= 3 ? names.map((n) => ` --only ${shellWord(n)}`).join('') : '';
  return [
    `results:  ${folder}`,
    ...red
      .flatMap(({ model }) => (model?.kind === 'violates' ? [model.trace] : []))
      .slice(0, 3)
      .map((trace) => `trace:    ${folder}/${trace}`),
    ...(summary.verdict === 'holds' ? [] : [`again:    fencelab rerun ${shellWord(folder)}${only}`]),
  ];
}
