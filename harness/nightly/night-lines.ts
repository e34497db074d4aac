// SPDX-License-Identifier: MIT
import { EXIT, type ExitCode } from '../errors.js';
import { type Colors, noColors } from '../progress/colors.js';
import { duration, fit, times } from '../progress/words.js';
import { plural } from '../report/lines.js';
import { isRedTest, type Night, type NightCell, wasTested } from '../result/night.js';
import { redOf } from './cell-result.js';
import { columns } from './plan-table.js';

/** More changes, or red tests, than this are counted: nobody should have to scroll for the verdict. */
const MOST_LINES = 20;

export interface NightLook {
  /** The night's folder, as a command line would name it. */
  readonly folder: string;
  /** It is what one shard did: what others have to do is not missing. */
  readonly part: boolean;
  readonly colors?: Colors;
  readonly width?: number;
}

const WORDS = {
  holds: 'as expected',
  fails: 'NOT AS EXPECTED',
  untestable: 'COULD NOT BE TESTED',
  notrun: 'not run',
  missing: 'MISSING',
} as const;

/** One line for one cell, when it is over. */
export function cellLine(cell: NightCell): string {
  const red = redOf(cell.tests).length;
  const counts = [
    ...(cell.tests.length === 0 ? [] : [plural(cell.tests.length, 'test')]),
    ...(cell.programs === 0 ? [] : [plural(cell.programs, 'program')]),
    ...(red === 0 ? [] : [`${red} red`]),
  ];
  const why = cell.reason === undefined ? '' : `: ${cell.reason}`;
  return `${WORDS[cell.verdict]}${why}${counts.length === 0 ? '' : ` (${counts.join(', ')}, ${duration(cell.milliseconds)})`}`;
}

/** What a night came to: a row for each cell, what is red, what is new, the verdict, the folder. */
export function nightLines(night: Night, look: NightLook): string[] {
  const { colors = noColors, width = 120 } = look;
  const here = cellsHere(night, look.part);
  const sections = [
    cellTable(night, here).map((line) => fit(line, width)),
    redLines(here).map((line) => colors.red(fit(line, width))),
    changeLines(night).map((line) => fit(line, width)),
    documentedLines(here).map((line) => fit(line, width)),
    unmatchedLines(here).map((line) => colors.yellow(fit(line, width))),
    [verdictLine(nightStatus(night, look.part), here, colors), `results:  ${look.folder}`],
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]);
}

/** All cells of a night; of one shard's part of it those that this shard has. */
const cellsHere = ({ shards, cells }: Night, part: boolean): NightCell[] =>
  cells.filter(({ shard }) => !part || shards.here.includes(shard));

function cellTable(night: Night, cells: readonly NightCell[]): string[] {
  const rows = cells.map((cell) => {
    const changes = night.changes.filter((change) => change.cell === cell.id).length;
    const red = redOf(cell.tests).length;
    return [
      cell.id,
      WORDS[cell.verdict],
      wasTested(cell) ? `${cell.tests.length}` : '-',
      wasTested(cell) ? `${red}` : '-',
      `${changes}`,
      cell.programs === 0 ? '-' : `${cell.programs}`,
      cell.coverage === undefined ? '-' : `${cell.coverage.reached}/${cell.coverage.of}`,
      duration(cell.milliseconds),
    ];
  });
  const reasons = cells.flatMap(({ id, reason, verdict }) =>
    reason === undefined || verdict === 'holds' ? [] : [`${id}: ${reason}`],
  );
  if (rows.length === 0) return ['this shard has no cells: there are fewer of them than shards'];
  const shown = reasons.slice(0, MOST_LINES);
  return [
    ...columns(
      [['cell', 'verdict', 'tests', 'red', 'new', 'programs', 'coverage', 'time'], ...rows],
      [2, 3, 4, 5, 6, 7],
    ),
    ...shown,
    ...more(reasons.length - shown.length, 'reason'),
  ];
}

function redLines(cells: readonly NightCell[]): string[] {
  const all = cells.flatMap(({ id, tests }) =>
    tests
      .filter(isRedTest)
      .map(
        ({ name, judged, why }) =>
          `${judged === 'failed' ? 'FAIL' : 'PASS'}  ${id}  ${name}: ${
            judged === 'failed'
              ? (why ?? 'no reason known')
              : `it is expected to fail${why === undefined ? '' : ` (${why})`}, and passes`
          }`,
      ),
  );
  return [...all.slice(0, MOST_LINES), ...more(all.length - MOST_LINES, 'red test')];
}

function changeLines({ changes }: Night): string[] {
  const all = changes.map(
    ({ kind, cell, test, text }) => `${kind}: ${cell}${test === undefined ? '' : `  ${test}`}: ${text}`,
  );
  return [...all.slice(0, MOST_LINES), ...more(all.length - MOST_LINES, 'change')];
}

const more = (left: number, what: string): string[] =>
  left > 0 ? [`and ${plural(left, `more ${what}`)}`] : [];

/** What is known of these kernels and was met again: nothing to do, and nothing to be kept quiet. */
function documentedLines(cells: readonly NightCell[]): string[] {
  const all = cells.flatMap(({ id, documented = [] }) =>
    documented.map(
      ({ signature, times: count, program }) =>
        `documented: ${id}  ${signature} (${times(count)}), shown by ${program}`,
    ),
  );
  return [...all.slice(0, MOST_LINES), ...more(all.length - MOST_LINES, 'documented defect')];
}

/** A line is of no use when no cell of its kernel and profile has a test that it matches. */
function unmatchedLines(cells: readonly NightCell[]): string[] {
  const groups = new Map<string, NightCell[]>();
  for (const cell of cells)
    if (cell.strategy === 'check' && wasTested(cell)) {
      const key = JSON.stringify([cell.id.split('/')[0], cell.kernel, cell.patch, cell.profile]);
      groups.set(key, [...(groups.get(key) ?? []), cell]);
    }
  const dead = [...groups.values()].flatMap((group) =>
    (group[0]?.unmatched ?? []).filter((line) => group.every(({ unmatched }) => unmatched?.includes(line))),
  );
  const lines = dead.map((line) => `matches no test: ${line}`);
  return [...lines.slice(0, MOST_LINES), ...more(lines.length - MOST_LINES, 'line')];
}

/** Exit status of a night, or of the part of it that is here. */
export function nightStatus(night: Night, part: boolean): ExitCode {
  const here = cellsHere(night, part);
  if (here.every(({ verdict }) => verdict === 'holds')) return EXIT.holds;
  return here.some(wasTested) ? EXIT.fails : EXIT.untestable;
}

function verdictLine(status: ExitCode, here: readonly NightCell[], colors: Colors): string {
  const count = (verdict: NightCell['verdict']): number =>
    here.filter((cell) => cell.verdict === verdict).length;
  const parts = (['fails', 'untestable', 'notrun', 'missing'] as const).flatMap((verdict) =>
    count(verdict) === 0 ? [] : [`${count(verdict)} ${WORDS[verdict].toLowerCase()}`],
  );
  const of = `${plural(here.length, 'cell')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
  if (status === EXIT.holds) return `${colors.green(colors.bold('AS EXPECTED'))}: ${of}`;
  if (status === EXIT.fails) return `${colors.red(colors.bold('NOT AS EXPECTED'))}: ${of}`;
  return `${colors.yellow(colors.bold('NOTHING WAS TESTED'))}: ${of}`;
}
