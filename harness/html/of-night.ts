// SPDX-License-Identifier: MIT
import { nightVerdict, programOf, whyLine } from '../report/night-lines.js';
import type { Judged, Night, NightCell, NightTest } from '../result/night.js';
import { isRedTest } from '../result/night.js';
import { fullName } from '../result/result.js';
import type { AddedTest, Counted, ReportBuilder } from './builder.js';
import { type SavedFinding, viewOfFinding } from './failure-view.js';
import { addRun, type ShownRun } from './of-run.js';
import type { Column, FailureView, Tone } from './report.js';

/** What a cell's folder has, where there is one. */
export interface CellFolder {
  readonly run: ShownRun | undefined;
  readonly findings: readonly SavedFinding[];
}

const CELL_WORDS: Readonly<Record<NightCell['verdict'], { word: string; tone: Tone }>> = {
  holds: { word: 'HOLDS', tone: 'good' },
  fails: { word: 'FAILS', tone: 'bad' },
  untestable: { word: 'COULD NOT BE TESTED', tone: 'open' },
  notrun: { word: 'not run', tone: 'open' },
  missing: { word: 'missing', tone: 'open' },
};

const COUNTED: Readonly<Record<Judged, { counts: Counted; tone: Tone }>> = {
  ok: { counts: 'pass', tone: 'good' },
  failed: { counts: 'red', tone: 'bad' },
  'expected-fail': { counts: 'known', tone: 'warn' },
  'unexpected-pass': { counts: 'red', tone: 'bad' },
  flaked: { counts: 'known', tone: 'warn' },
  skipped: { counts: 'skip', tone: 'skip' },
};

const nightColumn = (cell: NightCell): Column => ({
  title: cell.release === undefined ? cell.kernel : `${cell.kernel} (${cell.release})`,
  under: [
    ...(cell.patch === 'none' ? [] : [`patch ${cell.patch}`]),
    ...[cell.profile, cell.gpu, cell.strategy],
    ...(cell.coverage === undefined ? [] : [`${cell.coverage.reached}/${cell.coverage.of} places`]),
  ].join(', '),
  ...CELL_WORDS[cell.verdict],
  reason: cell.reason,
  milliseconds: cell.milliseconds,
});

/** Adds every cell of a night; `folderOf` gives what is in a cell's folder. */
export function addNight(
  builder: ReportBuilder,
  night: Night,
  folderOf: (cell: NightCell) => CellFolder,
): void {
  const fresh = new Set(
    night.changes.filter(({ kind }) => kind === 'newly failing').map(({ cell, test }) => `${cell}\n${test}`),
  );
  for (const cell of night.cells) {
    const column = builder.column(nightColumn(cell));
    const isFirst = (name: string): boolean => fresh.has(`${cell.id}\n${name}`);
    addCell(builder, column, cell, folderOf(cell), isFirst);
  }
}

function addCell(
  builder: ReportBuilder,
  column: number,
  cell: NightCell,
  { run, findings }: CellFolder,
  isFirst: (name: string) => boolean,
): void {
  const tests = new Map(cell.tests.map((test) => [test.name, test]));
  if (run !== undefined) {
    addRun(builder, column, run, (result) => {
      const test = tests.get(fullName(result));
      tests.delete(fullName(result));
      return test === undefined ? {} : { ...judgedAs(test), isFirst: isFirst(test.name), where: cell.id };
    });
  }
  for (const test of tests.values()) {
    const found = findings.find(({ slug }) => test.name === `explore@${slug}`);
    const view = (): Omit<FailureView, 'id'> =>
      found === undefined ? bareView(test, cell.id) : viewOfFinding(found, cell.id);
    builder.add(column, {
      program: programOf(test.name),
      name: test.name,
      milliseconds: test.milliseconds,
      ...judgedAs(test),
      ...(isRedTest(test) ? { failure: { first: isFirst(test.name), view } } : {}),
    });
  }
}

/** "expected-fail" as people write it. */
const wordOf = ({ judged, outcome }: NightTest): string =>
  judged === 'ok' || judged === 'failed'
    ? judged === 'failed'
      ? outcome.toUpperCase()
      : outcome
    : judged.replace('-', ' ');

function judgedAs(test: NightTest): Pick<AddedTest, 'counts' | 'tone' | 'word' | 'why'> {
  const runs = test.runs === undefined ? '' : `passed ${test.runs.passed} of ${test.runs.of}`;
  const notrun = test.outcome === 'notrun';
  return {
    ...(notrun && test.judged !== 'failed'
      ? { counts: 'notrun' as const, tone: 'open' as const }
      : COUNTED[test.judged]),
    word: wordOf(test),
    why: [test.why ?? '', runs].filter((words) => words !== '').join('; '),
  };
}

/** A failure of which there is only what the night says. */
const bareView = (test: NightTest, where: string): Omit<FailureView, 'id'> => ({
  name: test.name,
  where,
  word: wordOf(test),
  promises: test.promises,
  purpose: '',
  reasons: [whyLine(test)],
  finding: undefined,
  scene: undefined,
  noScene: 'the folder of this run is not here',
  text: undefined,
  splats: [],
  again: undefined,
});

/** The verdict on a night: red if something is that nobody expected; open if parts of it are not here. */
export function nightWord(night: Night): { word: string; tone: Tone } {
  const word = nightVerdict(night);
  return { word, tone: NIGHT_TONE[word] };
}

const NIGHT_TONE = { HOLDS: 'good', FAILS: 'bad', 'NOT ALL TESTED': 'open' } as const;
