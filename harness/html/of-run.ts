// SPDX-License-Identifier: MIT
import { shellWord } from '../progress/words.js';
import { countsText, plural, reasons, VERDICTS, verdictWord } from '../report/lines.js';
import { modelTally, undecided } from '../report/model-lines.js';
import { fullName, isRed, isUndecided, type RunSummary, type SubtestResult } from '../result/result.js';
import type { AddedTest, Counted, ReportBuilder } from './builder.js';
import { viewOfResult } from './failure-view.js';
import type { Column, Tone } from './report.js';

/** A run, and what its folder has. */
export interface ShownRun {
  readonly summary: RunSummary;
  /** As a command line would name it. */
  readonly folder: string;
  /** The text of a file that a verdict names; undefined if it is not there. */
  trace(file: string): string | undefined;
}

export const VERDICT_TONE: Readonly<Record<RunSummary['verdict'], Tone>> = {
  holds: 'good',
  fails: 'bad',
  untestable: 'open',
};

export const runColumn = ({ target, verdict, reason, milliseconds }: RunSummary): Column => ({
  title: `${target.kernel} (${target.release})`,
  under: `${target.patch === 'none' ? '' : `patch ${target.patch}, `}${target.profile}, ${target.gpu}`,
  word: VERDICTS[verdict],
  tone: VERDICT_TONE[verdict],
  reason,
  milliseconds,
});

/** Adds the results of a run. A night knows better what was expected of each: `judged`. */
export function addRun(
  builder: ReportBuilder,
  column: number,
  run: ShownRun,
  judged: (
    result: SubtestResult,
  ) => Partial<AddedTest> & { readonly isFirst?: boolean; readonly where?: string } = () => ({}),
): void {
  const { summary, folder } = run;
  for (const result of summary.results) {
    const { isFirst = false, where, ...more } = judged(result);
    const red = more.counts === undefined ? isRed(result) : more.counts === 'red';
    const view = () =>
      viewOfResult(result, {
        ...(where === undefined ? {} : { where }),
        trace: result.model?.kind === 'violates' ? run.trace(result.model.trace) : undefined,
        profile: summary.model?.profile,
        again: `fencelab rerun ${shellWord(folder)} --only ${shellWord(`${result.program}@${result.subtest}`)}`,
      });
    builder.add(column, {
      ...testOf(result),
      ...more,
      ...(red ? { failure: { first: isFirst, view } } : {}),
    });
  }
}

function testOf(result: SubtestResult): AddedTest {
  const counts = countedAs(result);
  return {
    program: result.program,
    name: fullName(result),
    counts,
    word: isRed(result)
      ? verdictWord(result).toUpperCase()
      : counts === 'undecided'
        ? 'undecided'
        : verdictWord(result),
    tone: TONES[counts],
    milliseconds: result.milliseconds,
    why: whyOf(result),
  };
}

const TONES: Readonly<Record<Counted, Tone>> = {
  pass: 'good',
  red: 'bad',
  skip: 'skip',
  undecided: 'open',
  known: 'warn',
  notrun: 'open',
};

function countedAs(result: SubtestResult): Counted {
  if (result.outcome === 'notrun') return 'notrun';
  if (isRed(result)) return 'red';
  if (result.outcome === 'skip') return 'skip';
  return isUndecided(result) ? 'undecided' : 'pass';
}

function whyOf(result: SubtestResult): string {
  if (isRed(result)) return reasons(result)[0] ?? '';
  if (result.outcome === 'skip') return result.skipReason ?? '';
  return result.model?.kind === 'undecided' ? result.model.reason : '';
}

/** The lines of the terminal's summary that count. */
export const runLines = (summary: RunSummary): string[] => [
  `${plural(summary.results.length, 'subtest')}: ${countsText(summary.counts)}; ${plural(summary.guests.length, 'guest')}`,
  ...modelTally(summary.model),
  ...undecided(summary),
];
