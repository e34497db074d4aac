// SPDX-License-Identifier: MIT
import { duration, fit, times } from '../progress/words.js';
import { few, plural } from '../report/lines.js';
import { chanceMissedAny, percent } from './runs.js';
import { countBuilds, type Trial } from './trial.js';

/** What a search has to say when it is over. */
export interface Outcome {
  /** What was found: the commit with its subject and date, the patch, the options; or what could not be told apart. */
  readonly found: readonly string[];
  /** The trial that shows the failure. */
  readonly shows: Trial | undefined;
  readonly trials: readonly Trial[];
  readonly milliseconds: number;
  /** How often it was stopped and taken up again. */
  readonly resumed: number;
  /** Runs that a good kernel had to pass, and how often the failure is thought to show. */
  readonly runs: number;
  readonly rate: number | undefined;
  /** The search's folder, as a command line would name it. */
  readonly folder: string;
  /** Other lines for the end: how to replay it. */
  readonly last: readonly string[];
}

const SKIPS_SHOWN = 8;
const FINDING_LINES = 40;

/** The whole report, line by line. */
export function reportLines(outcome: Outcome): string[] {
  const sections = [outcome.found, failureLines(outcome), skipLines(outcome.trials), countLines(outcome)];
  return [
    ...sections.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, '']),
    ...outcome.last,
  ];
}

function failureLines({ shows, folder }: Outcome): string[] {
  const [first, ...others] = shows?.failures ?? [];
  if (shows === undefined || first === undefined) return [];
  const finding = (first.finding ?? '').trimEnd().split('\n');
  const text =
    finding.length <= FINDING_LINES
      ? finding
      : [`... ${finding.length - FINDING_LINES} lines before`, ...finding.slice(-FINDING_LINES)];
  return [
    `how it fails: ${first.test}: ${fit(first.text, 300)}`,
    ...text.filter((line) => line !== '').map((line) => `  ${line}`),
    ...few(
      others.map(({ test, text }) => `  also: ${test}: ${fit(text, 200)}`),
      6,
    ),
    ...(shows.differs ? ['  the bad end fails in another way; --same-failure looks for that one'] : []),
    ...(first.trace === undefined || shows.folder === undefined
      ? []
      : [`  trace: ${folder}/${shows.folder}/${first.trace}`]),
  ];
}

function skipLines(trials: readonly Trial[]): string[] {
  const skips = trials.filter(({ outcome }) => outcome === 'skip');
  if (skips.length === 0) return [];
  const lines = skips.map(({ title, reason }) => `  ${fit(title, 70)}: ${fit(reason, 160)}`);
  return [`${skips.length} could not be tested:`, ...few(lines, SKIPS_SHOWN)];
}

function countLines({ trials, milliseconds, resumed, runs, rate }: Outcome): string[] {
  const count = (outcome: Trial['outcome']): number =>
    trials.filter((trial) => trial.outcome === outcome).length;
  const { built, reused } = countBuilds(trials);
  const spent = (of: (trial: Trial) => number): number => trials.reduce((sum, trial) => sum + of(trial), 0);
  const spans = `${duration(spent((t) => t.buildMilliseconds))} building, ${duration(spent((t) => t.runMilliseconds))} in guests`;
  const again = resumed === 0 ? '' : `, taken up again ${times(resumed)}`;
  return [
    `${plural(trials.length, 'step')}, both ends included: ${count('holds')} hold, ${count('fails')} fail, ${count('skip')} could not be tested`,
    `${plural(built, 'kernel')} built, ${reused} reused; ${duration(milliseconds)} (${spans})${again}`,
    ...sureLines(count('holds'), runs, rate),
  ];
}

/** How sure one can be of what holds, where the failure shows now and then. */
function sureLines(holds: number, runs: number, rate: number | undefined): string[] {
  if (rate === undefined) return runs === 1 ? [] : [`what holds passed ${runs} runs`];
  const missed = percent(chanceMissedAny(rate, runs, holds));
  return [
    `what holds passed ${runs} runs: if the failure shows in ${percent(rate)} of them, the chance that one of ${holds} is wrong is ${missed}`,
  ];
}
