// SPDX-License-Identifier: MIT
import { duration, fit, shellWord, wrap } from '../progress/words.js';
import { CHANGES, isRedTest, type Night, type NightCell, type NightChange } from '../result/night.js';
import { plural } from './lines.js';
import {
  CELL_VERDICTS,
  cellLine,
  isRedCell,
  judgedCounts,
  judgedText,
  nightVerdict,
  programOf,
  subtestOf,
  whyLine,
} from './night-lines.js';

/** A mail is shorter than this, with its subject, whatever the night. */
export const MAIL_LINES = 60;
const WIDTH = 78;
const SUBJECT = 'Subject: ';

/** How many lines a part may have; what is new and what fails share what the others leave. */
const MOST = { opening: 3, failing: 14, cells: 12, again: 6 } as const;
/** The subject, and an empty line before each of five parts. */
const AROUND = 6;
/** Of the reason of a failure. */
const WHY_LINES = 2;

/**
 * A night as a plain mail, its subject first: what is new, what fails, the cells, how to repeat it. Plain ASCII, so that it
 * needs no other header. Its lines have at most 78 characters, but for commands, which are never cut.
 *
 * @param folder the night's folder, as a command line would name it
 */
export function nightMail(night: Night, folder: string): string {
  const opening = [
    ...wrap(whole(night), WIDTH, '', '  ', MOST.opening),
    judgedText(judgedCounts(night.cells)),
    ...knownLine(night.cells),
  ];
  const cells = cellTable(night.cells, MOST.cells);
  const commands = again(night, folder, MOST.again);
  const free = MAIL_LINES - 1 - AROUND - opening.length - cells.length - commands.length;
  const fresh = news(night, free - failing(night, MOST.failing).length);
  const told = [opening, fresh, failing(night, free - fresh.length), cells].map((lines) => lines.map(ascii));
  const parts = [...told, commands].filter((lines) => lines.length > 0);
  const all = [ascii(subject(night)), ...parts.flatMap((lines) => ['', ...lines])];
  // The parts add up to less; this holds whatever becomes of them
  return `${all.slice(0, MAIL_LINES - 1).join('\n')}\n`;
}

const ascii = (line: string): string =>
  fit(line, WIDTH)
    .replace(/[^ -~]/g, '?')
    .trimEnd();

function subject(night: Night): string {
  const name = fit(night.name, 24);
  const text = `[fencelab] ${name} ${night.startedAt.slice(0, 10)}: ${subjectFacts(night).join(', ')}`;
  return `${SUBJECT}${fit(text, WIDTH - SUBJECT.length)}`;
}

/** What people look for in a list of subjects: new failures, what is mended, and whether the night is whole. */
function subjectFacts(night: Night): string[] {
  const count = (kind: NightChange['kind']): number => night.changes.filter((c) => c.kind === kind).length;
  const [newly, fixed] = [count('newly failing'), count('fixed')];
  const red = night.cells.flatMap(({ tests }) => tests).filter(isRedTest).length;
  const missing = night.cells.filter(({ verdict }) => verdict === 'missing' || verdict === 'notrun').length;
  const kernels = new Set(night.cells.map(({ kernel }) => kernel)).size;
  const facts = [
    ...(newly > 0 ? [plural(newly, 'new failure')] : []),
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    ...(newly === 0 && red > 0 ? [`${red} red`] : []),
    ...(missing > 0 ? [`${missing} missing`] : []),
  ];
  return [
    ...(facts.length > 0 ? facts : [nightVerdict(night).toLowerCase()]),
    ...(missing > 0 ? [] : [plural(kernels, 'kernel')]),
  ];
}

function whole(night: Night): string {
  const kernels = new Set(night.cells.map(({ kernel }) => kernel)).size;
  const tests = night.cells.reduce((sum, cell) => sum + cell.tests.length, 0);
  const { of, here } = night.shards;
  const shards = here.length === of ? '' : `; ${here.length} of ${of} shards are here`;
  return `${nightVerdict(night)}: ${plural(tests, 'test')} in ${plural(night.cells.length, 'cell')} on ${plural(kernels, 'kernel')}, ${duration(night.milliseconds)} (fencelab ${night.fencelab})${shards}`;
}

/** Defects that are documented and were met again: no failures, and who reads of none should know of them. */
function knownLine(cells: readonly NightCell[]): string[] {
  const met = cells.flatMap(({ documented = [] }) => documented.map(({ signature }) => signature));
  return met.length === 0 ? [] : [`documented defects met again: ${[...new Set(met)].join('; ')}`];
}

function news({ cells, changes }: Night, most: number): string[] {
  const tests = new Map(cells.flatMap(({ id, tests }) => tests.map((test) => [place(id, test.name), test])));
  const sorted = CHANGES.flatMap((kind) => changes.filter((change) => change.kind === kind));
  const entries = sorted.map(({ kind, cell, test, text }) => {
    const failed = kind === 'newly failing' ? tests.get(place(cell, test ?? '')) : undefined;
    return entry(`${kind}: ${test ?? 'the whole cell'}`, cell, failed === undefined ? text : whyLine(failed));
  });
  return section('New since the night before:', entries, most);
}

const place = (cell: string, test: string): string => JSON.stringify([cell, test]);

/** What is new is not told twice; the same failure on three kernels is one entry. */
function failing({ cells, changes }: Night, most: number): string[] {
  const told = new Set(
    changes
      .filter(({ kind }) => kind === 'newly failing' || kind === 'unexpected pass')
      .map(({ cell, test }) => place(cell, test ?? '')),
  );
  const groups = new Map<string, { name: string; why: string; cells: string[] }>();
  for (const cell of cells)
    for (const test of cell.tests.filter(isRedTest)) {
      if (told.has(place(cell.id, test.name))) continue;
      const why = whyLine(test);
      const key = JSON.stringify([test.name, why]);
      const group = groups.get(key) ?? { name: test.name, why, cells: [] };
      groups.set(key, group);
      group.cells.push(cell.id);
    }
  const entries = [...groups.values()]
    .sort((a, b) => b.cells.length - a.cells.length)
    .map(({ name, why, cells: on }) =>
      entry(name, on.length === 1 ? `${on[0]}` : `${on[0]} and ${plural(on.length - 1, 'more cell')}`, why),
    );
  return section(told.size > 0 ? 'Failing as before:' : 'Failing:', entries, most);
}

/** What and where, and why in two lines at most. */
const entry = (what: string, where: string, why: string): string[] => [
  `  ${what}  (${where})`,
  ...(why === '' ? [] : wrap(why, WIDTH, INDENT, INDENT, WHY_LINES)),
];
const INDENT = ' '.repeat(6);

/** As many whole entries as fit, and how many there are besides. */
function section(title: string, entries: readonly (readonly string[])[], most: number): string[] {
  if (entries.length === 0) return [];
  const lines: string[] = [title];
  for (const [i, each] of entries.entries()) {
    const last = i === entries.length - 1;
    if (lines.length + each.length + (last ? 0 : 1) > most)
      return [...lines, `  ... and ${entries.length - i} more`];
    lines.push(...each);
  }
  return lines;
}

/** Red ones first: those that are left out hold. */
function cellTable(cells: readonly NightCell[], most: number): string[] {
  const sorted = [...cells].sort((a, b) => Number(isRedCell(b)) - Number(isRedCell(a)));
  const rows = sorted.map((cell): string[] => {
    const counts = judgedCounts([cell]);
    const red = counts.failed + counts['unexpected-pass'];
    const told = cell.reason === undefined ? CELL_VERDICTS[cell.verdict] : cellLine(cell);
    const sums =
      cell.tests.length === 0
        ? ''
        : `${plural(cell.tests.length, 'test')}, ${red} red, ${duration(cell.milliseconds)}`;
    return [`  ${fit(cell.id, 40).padEnd(40)} ${sums === '' ? told : `${told}; ${sums}`}`];
  });
  return section('Cells:', rows, most);
}

/** A mail may not have longer lines. */
const COMMAND_MOST = 900;

/** Commands, whole or not at all: these alone may be wider than the rest. */
function again(night: Night, folder: string, most: number): string[] {
  const reruns = night.cells.flatMap((cell) => rerun(cell, folder));
  const commands = [`fencelab report ${shellWord(folder)}`, ...reruns]
    .filter((command) => command.length <= COMMAND_MOST && /^[ -~]*$/.test(command))
    .map((command) => [`  ${command}`]);
  return section('Again:', commands, most);
}

/** What repeats the first red test of a cell. */
function rerun(cell: NightCell, folder: string): string[] {
  if (cell.folder === undefined) return [];
  const run = cell.folder === '' ? folder : `${folder}/${cell.folder}`;
  const red = cell.tests.filter(isRedTest).map(({ name }) => name);
  const finding = red.find((name) => programOf(name) === 'explore' && subtestOf(name) !== 'undecided');
  if (finding !== undefined)
    return [`fencelab rerun ${shellWord(`${run}/findings/${subtestOf(finding)}/program.prog`)}`];
  const test = red.find((name) => !NO_SUBTEST.includes(programOf(name)));
  if (test !== undefined) {
    const subtest = subtestOf(test).split('@', 1)[0];
    return [`fencelab rerun ${shellWord(run)} --only ${shellWord(`${programOf(test)}@${subtest}`)}`];
  }
  return red.some((name) => programOf(name) === 'kernel-log') ? [`fencelab rerun ${shellWord(run)}`] : [];
}

/** What a search found, and what the kernel's log has outside all tests, cannot be asked for by name. */
const NO_SUBTEST = ['explore', 'kernel-log'];
