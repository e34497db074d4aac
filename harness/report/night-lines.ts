// SPDX-License-Identifier: MIT
import {
  isRedTest,
  JUDGED,
  type Judged,
  type Night,
  type NightCell,
  type NightTest,
} from '../result/night.js';
import { plural } from './lines.js';

/** Words and sums that all reports of a night have in common. */

/** A cell that does not hold, or that nobody knows about: whatever makes a night red. */
export function isRedCell(cell: Pick<NightCell, 'verdict' | 'tests'>): boolean {
  return cell.verdict !== 'holds' || cell.tests.some(isRedTest);
}

const TOLD: Readonly<Record<Judged, string>> = {
  ok: 'ok',
  failed: 'failed',
  'unexpected-pass': 'unexpected pass',
  'expected-fail': 'failed as expected',
  flaked: 'flaked',
  skipped: 'skipped',
};

export type JudgedCounts = Readonly<Record<Judged, number>>;

/** How many tests of these cells were judged which way. */
export function judgedCounts(cells: readonly Pick<NightCell, 'tests'>[]): JudgedCounts {
  const counts = Object.fromEntries(JUDGED.map((word) => [word, 0])) as Record<Judged, number>;
  for (const { tests } of cells) for (const { judged } of tests) counts[judged]++;
  return counts;
}

const RED_FIRST: readonly Judged[] = [
  'failed',
  'unexpected-pass',
  'ok',
  'expected-fail',
  'flaked',
  'skipped',
];

/** "2 failed, 3000 ok, 40 skipped" */
export function judgedText(counts: JudgedCounts): string {
  const parts = RED_FIRST.filter((word) => counts[word] > 0 || word === 'ok');
  return parts.map((word) => `${counts[word]} ${TOLD[word]}`).join(', ');
}

/** Why it is what it is, in one line; what is expected is said first. */
export function whyLine(test: NightTest): string {
  const why = test.why ?? (test.judged === 'skipped' ? 'no reason given' : `ended as ${test.outcome}`);
  switch (test.judged) {
    case 'unexpected-pass':
      return `passes, although it is expected to fail${test.why === undefined ? '' : `: ${test.why}`}`;
    case 'expected-fail':
      return `expected to fail: ${why}`;
    case 'flaked':
      return `flaky${runsText(test)}: ${why}`;
    default:
      return `${why}${runsText(test)}`;
  }
}

/** A word for what is wrong: how it ended, where that says it. */
export const redWord = ({ outcome, judged }: NightTest): string =>
  judged === 'failed' && outcome !== 'pass' && outcome !== 'skip' ? outcome : judged;

const runsText = ({ runs }: NightTest): string =>
  runs === undefined || runs.of < 2 ? '' : ` (passed ${runs.passed} of ${runs.of})`;

/** What became of a cell, as people are told. */
export const CELL_VERDICTS: Readonly<Record<NightCell['verdict'], string>> = {
  holds: 'holds',
  fails: 'FAILS',
  untestable: 'COULD NOT BE TESTED',
  notrun: 'NOT RUN',
  missing: 'MISSING',
};

/** "MISSING: shard 2 of 4 is not here" */
export function cellLine({ verdict, reason, tests }: NightCell): string {
  const red = tests.filter(isRedTest).length;
  const why = reason ?? (red > 0 ? `${plural(red, 'test')} red` : undefined);
  return `${CELL_VERDICTS[verdict]}${why === undefined ? '' : `: ${why}`}`;
}

/** The verdict on a whole night: a red test counts more than a cell that nobody knows about. */
export function nightVerdict(night: Night): 'HOLDS' | 'FAILS' | 'NOT ALL TESTED' {
  if (night.cells.some((cell) => cell.verdict === 'fails' || cell.tests.some(isRedTest))) return 'FAILS';
  return night.cells.some(isRedCell) ? 'NOT ALL TESTED' : 'HOLDS';
}

/** "import" of "import@kinds"; the program of every finding of a search is "explore". */
export const programOf = (name: string): string => name.split('@', 1)[0] ?? name;
/** "kinds" of "import@kinds". */
export const subtestOf = (name: string): string => name.slice(programOf(name).length + 1) || name;
