// SPDX-License-Identifier: MIT
import {
  type Event,
  type Expected,
  NONE,
  printCall,
  type Script,
  type Together,
} from '../../models/index.js';
import { FUNCTIONS, Given, statement } from './calls.js';
import { CARD_PIECES } from './card-pieces.js';
import { COMMON } from './common.js';
import { FILE_PIECES } from './file-pieces.js';
import { mainOf } from './main-function.js';
import type { Piece, Shape } from './piece.js';
import { SYNC_PIECES } from './sync-pieces.js';
import { isNumber, quoted, resultText, variableName } from './words.js';

/** What is to become a C program. */
export interface Standalone {
  /** What it is called, and what it shows: comments at the top. */
  readonly name: string;
  readonly remarks: readonly string[];
  readonly script: Script;
  /** An entry for each op of the script: see expectations(). */
  readonly expected: readonly Expected[];
  /** Of those, results that go together: see expectedTogether(). */
  readonly together?: Together | undefined;
}

/** All pieces, in the order in which they stand in a program. */
const PIECES: Readonly<Record<string, Piece>> = {
  ...COMMON,
  ...FILE_PIECES,
  ...SYNC_PIECES,
  ...CARD_PIECES,
};

const EXPORT_AND_IMPORT = ['export', 'import', 'deadline'];
const ENOTTY = -25;

/** A program in C that needs nothing but the kernel's headers and libc. Pure. */
export function standalone(order: Standalone): string {
  const { script, expected, together } = order;
  const { events } = script;
  const calls = events.map(({ call }) => call);
  const shape: Shape = {
    given: new Given(calls),
    threads: events.some(({ thread }) => (thread ?? 0) !== 0),
    needs: new Set(EXPORT_AND_IMPORT.filter((name) => isNeeded(name, expected))),
    anyNumber: allowedTexts(expected).includes('ok'),
    kept: together?.ops.length ?? 0,
    first: script.setting.first,
  };
  const pieces = piecesFor(events, shape, order);
  const includes = [
    ...new Set([
      ...pieces.flatMap((name) => PIECES[name]?.includes ?? []),
      ...(shape.threads ? ['sys/mman.h', 'sys/wait.h'] : []),
    ]),
  ];
  const system = includes.filter((name) => !name.startsWith('linux/')).sort();
  const linux = includes.filter((name) => name.startsWith('linux/')).sort();
  const list = (names: readonly string[]) => names.map((name) => `#include <${name}>`).join('\n');
  const parts = [
    `${top(order, shape)}\n#define _GNU_SOURCE\n${list(system)}\n\n${list(linux)}`,
    ...pieces.map((name) => PIECES[name]?.text(shape) ?? ''),
    variables(calls, shape),
    ...(together === undefined ? [] : [togetherTable(together, expected)]),
    ...bodies(events, order, shape),
    mainOf(
      shape,
      script.setting,
      calls.some(({ op }) => op.name === 'heap'),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const allowedTexts = (expected: readonly Expected[]): string[] =>
  expected.flatMap(({ event, allowed }) => (allowed ?? []).map((one) => resultText(event.call, one)));

const isNeeded = (name: string, expected: readonly Expected[]): boolean =>
  expected.every(
    ({ event, allowed }) =>
      event.call.op.name !== name || (allowed?.every(({ ret }) => ret !== ENOTTY) ?? false),
  );

function piecesFor(
  events: readonly Event[],
  { threads }: Shape,
  { expected, together }: Standalone,
): string[] {
  const used = new Set<string>();
  const use = (name: string): void => {
    if (used.has(name)) return;
    used.add(name);
    for (const before of PIECES[name]?.after ?? []) use(before);
  };
  for (const name of ['base', 'op', 'descriptors', ...(threads ? ['threads'] : [])]) use(name);
  for (const { call } of events) {
    const { op, args } = call;
    use(FUNCTIONS[op.name] ?? '');
    if (op.args.some(({ name }, n) => name === 'memory' && args[(op.makes === undefined ? 0 : 1) + n] !== 0))
      use('place');
    if (!['info', 'poll', 'observe', 'woken'].includes(op.name))
      use(op.makes === undefined ? 'done' : 'made');
  }
  use(expected.some(({ allowed }) => allowed !== undefined) ? 'expect' : 'any');
  if (expected.some(({ allowed }) => allowed === undefined)) use('any');
  if (together !== undefined) use('together');
  return Object.keys(PIECES).filter((name) => used.has(name));
}

function top({ name, remarks, script }: Standalone, { threads }: Shape): string {
  const lines = [
    ...remarks,
    '',
    'The program, one call of the kernel a line; what each may give is what a reference model of fences allows:',
    '',
    ...script.events.map((event) => `    ${eventText(event)}`),
    '',
    `Build: gcc -O2 -Wall -Wextra ${threads ? '-pthread ' : ''}-o ${name} ${name}.c`,
    'Run it as root. It ends with 0 if all is as it should be, 1 if something is not, 77 if it cannot be told here.',
  ];
  const safe = lines.flatMap(wrapped).map((line) => ` * ${line.replaceAll('*/', '* /')}`.trimEnd());
  return `// SPDX-License-Identifier: GPL-2.0-only\n/*\n${safe.join('\n')}\n */`;
}

/** At most so many columns, as kernel people have them; what is indented stays as it is. */
const COLUMNS = 76;

function wrapped(line: string): string[] {
  if (line.startsWith(' ') || line.length <= COLUMNS) return [line];
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= COLUMNS) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

const eventText = ({ call, thread = 0 }: Event): string =>
  `${thread === 0 ? '' : `thread ${thread}: `}${printCall(call)}`;

/** Every variable that the program names. */
function variables(
  calls: readonly { op: Event['call']['op']; args: readonly number[] }[],
  { threads }: Shape,
): string {
  const named = new Set<number>();
  for (const { op, args } of calls) {
    const first = op.makes === undefined ? 0 : 1;
    for (const [n, value] of args.entries())
      if (value !== NONE && (n < first || op.args[n - first]?.type.kind === 'variable')) named.add(value);
  }
  const type = threads ? 'static _Atomic int' : 'static int';
  return [...named]
    .sort((a, b) => a - b)
    .map((one) => `${type} ${variableName(one)}${isNumber(one) ? '' : ' = -1'};`)
    .join('\n');
}

/** The functions that do the ops. */
function bodies(events: readonly Event[], order: Standalone, shape: Shape): string[] {
  const functions: string[] = [];
  const lines: string[] = [];
  const wide = (at: number): string => `\t${opLines(events, order, shape, at).join('\n\t')}`;
  let block = 0;
  for (let at = 0; at < events.length; ) {
    if ((events[at]?.thread ?? 0) === 0) {
      lines.push(wide(at++));
      continue;
    }
    let end = at;
    while (end < events.length && (events[end]?.thread ?? 0) !== 0) end++;
    block++;
    const threads = [...new Set(events.slice(at, end).map(({ thread }) => thread ?? 0))].sort(
      (a, b) => a - b,
    );
    const names = threads.map((thread) => `block${block}_thread${thread}`);
    for (const [n, thread] of threads.entries()) {
      const own = Array.from({ length: end - at }, (_, k) => at + k).filter(
        (k) => events[k]?.thread === thread,
      );
      functions.push(
        `static void *${names[n]}(void *unused)\n{\n\t(void)unused;\n\tpthread_barrier_wait(&begin);\n\n${own.map((k) => `\tpause_before(${k + 1});\n${wide(k)}`).join('\n\n')}\n\treturn NULL;\n}`,
      );
    }
    lines.push(
      `\t/* ${threads.length} threads, side by side */\n\tside_by_side((const thread_fn[]){ ${names.join(', ')} }, ${threads.length});`,
    );
    at = end;
  }
  if (order.together !== undefined) lines.push('\texpect_together();');
  return [...functions, `static void program(void)\n{\n${lines.join('\n\n')}\n}`];
}

/** Arguments on one line, or a line each. */
const listed = (texts: readonly string[]): string =>
  texts.join(', ').length < COLUMNS ? texts.join(', ') : texts.join(',\n\t       ');

/** One op: what it is, the call, and what it may give. */
function opLines(
  events: readonly Event[],
  { expected, together }: Standalone,
  { given }: Shape,
  at: number,
): string[] {
  const event = events[at];
  if (event === undefined) return [];
  const allowed = expected[at]?.allowed;
  const texts = [...new Set((allowed ?? []).map((one) => quoted(resultText(event.call, one))))];
  return [
    `op(${quoted(printCall(event.call))});`,
    `${statement(event.call, given)};`,
    allowed === undefined ? 'any_result();' : `expect(${listed(texts)});`,
    ...(together?.ops.includes(at) === true ? [`keep(${together.ops.indexOf(at)});`] : []),
  ];
}

/** Every row of results that is allowed. */
function togetherTable({ ops, rows }: Together, expected: readonly Expected[]): string {
  const cell = (at: number, n: number): string => {
    const { event, allowed } = expected[at] as Expected;
    const result = allowed?.[n];
    return quoted(result === undefined ? '' : resultText(event.call, result));
  };
  const names = ops.map((at) => printCall((expected[at] as Expected).event.call));
  const lines = rows.map((row) => `\t{ ${row.map((n, k) => cell(ops[k] ?? 0, n)).join(', ')} },`);
  return `/* Results that go together: ${names.join(', ')} */
static const char *const together[][KEPT] = {
${[...new Set(lines)].join('\n')}
};

static void expect_together(void)
{
	for (size_t row = 0; row < ARRAY_SIZE(together); row++) {
		int same = 1;

		for (int i = 0; i < KEPT; i++)
			same &= is_that(together[row][i], kept[i]);
		if (same)
			return;
	}
	bugs++;
	printf("WRONG, these do not go together:\\n");
	for (int i = 0; i < KEPT; i++)
		printf("  %-34s %s\\n", kept_op[i], kept[i]);
}`;
}
