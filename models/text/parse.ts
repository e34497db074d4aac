// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { DEFAULT_SETTING, type Event, type Script, type Setting } from '../ops/event.js';
import { operationNamed } from '../ops/layout.js';
import { type Argument, NONE, type Operation, VARIABLES_EACH } from '../ops/operation.js';
import { OPERATIONS } from '../ops/operations.js';
import { ParseError } from './parse-error.js';
import { parseResults } from './parse-result.js';
import { parseArgument, parseNumber, parseVariable } from './words.js';

/** How an op is written, for remedies. */
function usage(op: Operation): string {
  const args = op.args.map((a) =>
    a.optional === undefined ? a.name.toUpperCase() : `[${a.name.toUpperCase()}]`,
  );
  const made = op.makes === undefined ? '' : `${op.makes[0]}0 = `;
  return `Write: ${[made + op.name, ...args].join(' ')}`;
}

function parseOne(line: number, op: Operation, arg: Argument, word: string | undefined): number {
  if (word === undefined) {
    if (arg.optional !== undefined) return arg.optional;
    throw new ParseError(line, `${op.name} lacks its ${arg.name}`, usage(op));
  }
  const value = parseArgument(arg.type, word);
  if (value !== undefined) return value;
  const { type } = arg;
  const wanted =
    type.kind === 'variable'
      ? `one of the variables ${[...type.letters].map((l) => `${l}0`).join(', ')} up to ${VARIABLES_EACH - 1}, or none`
      : type.kind === 'flags'
        ? `${[type.zero, ...Object.keys(type.bits)].join(', ')}, or some of them joined by +`
        : type.kind === 'choice'
          ? type.names.join(' or ')
          : 'a number from 0 to 4294967295';
  throw new ParseError(line, `"${word}" is no ${arg.name} for ${op.name}`, `Write ${wanted}.`);
}

function parseMade(line: number, op: Operation, word: string | undefined): number[] {
  if (op.makes === undefined) {
    if (word !== undefined)
      throw new ParseError(line, `${op.name} makes nothing to call "${word}"`, usage(op));
    return [];
  }
  const made = word === undefined ? undefined : parseVariable(word);
  if (
    made === undefined ||
    (made === NONE && op.makesPerhaps !== true) ||
    (made !== NONE && !op.makes.includes(word?.[0] ?? ''))
  )
    throw new ParseError(
      line,
      `${op.name} has to make a variable with the letter ${[...op.makes].join(' or ')}`,
      usage(op),
    );
  return [made];
}

function parseCall(line: number, words: readonly string[]): Call {
  const assigns = words[1] === '=';
  const [name, ...rest] = assigns ? words.slice(2) : words;
  const op = operationNamed(name ?? '');
  if (op === undefined) {
    const known = OPERATIONS.map((o) => o.name).join(', ');
    throw new ParseError(line, `there is no op "${name ?? ''}"`, `The ops are ${known}.`);
  }
  if (rest.length > op.args.length)
    throw new ParseError(line, `${op.name} does not take "${rest[op.args.length]}"`, usage(op));
  const args = parseMade(line, op, assigns ? words[0] : undefined);
  for (const [at, arg] of op.args.entries()) args.push(parseOne(line, op, arg, rest[at]));
  return { op, args };
}

/** More ops than anybody records: a count in a record is positive. */
const MOST_BEFORE = 0x7fffffff;

/** `@120+5/17`: began after 120 us, when 17 ops had ended, and took 5. */
function parseTime(line: number, word: string): Pick<Event, 'start' | 'took' | 'before'> {
  const match = /^@(\d+)\+(\d+)(?:\/(\d+))?$/.exec(word);
  const [start, took] = [parseNumber(match?.[1] ?? ''), parseNumber(match?.[2] ?? '')];
  const before = match?.[3] === undefined ? undefined : parseNumber(match[3]);
  const counted = match?.[3] === undefined || (before !== undefined && before <= MOST_BEFORE);
  if (start === undefined || took === undefined || !counted)
    throw new ParseError(
      line,
      `"${word}" is no time`,
      'Write @START+TOOK, both in microseconds, or @START+TOOK/OPS with the number of ops that had ended.',
    );
  return { start, took, ...(before === undefined ? {} : { before }) };
}

function parseSetting(line: number, words: readonly string[]): Setting {
  const setting = { ...DEFAULT_SETTING };
  for (let at = 1; at < words.length; at++) {
    const [key, value] = [words[at], parseNumber(words[at + 1] ?? '')];
    if (key === 'nomem') setting.nomem = true;
    else if ((key === 'first' || key === 'limit') && value !== undefined && value < 1 << 20) {
      setting[key] = value;
      at++;
    } else
      throw new ParseError(
        line,
        `"${key}" is no setting`,
        'Write: with [first NUMBER] [limit NUMBER] [nomem]',
      );
  }
  return setting;
}

/** `1.2:` before an op: process 1, thread 2. Absent for the subtest itself. */
function parseThread(line: number, word: string): { thread?: number } {
  const match = /^(\d+)\.(\d+):$/.exec(word);
  const [owner, thread] = [Number(match?.[1] ?? NaN), Number(match?.[2] ?? NaN)];
  if (!(owner < 16 && thread < 16))
    throw new ParseError(line, `"${word}" is no thread`, 'Write PROCESS.THREAD: with numbers up to 15.');
  return owner + thread === 0 ? {} : { thread: owner * 16 + thread };
}

const SETTING = /^with(?:\s|$)/;

/** One op of a program or trace. */
export function parseEvent(text: string, line = 1): Event {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const time = words.at(-1)?.startsWith('@') ? parseTime(line, words.pop() ?? '') : {};
  const who = words[0]?.endsWith(':') ? parseThread(line, words.shift() ?? '') : {};
  const arrow = words.indexOf('->');
  const call = parseCall(line, arrow < 0 ? words : words.slice(0, arrow));
  return {
    call,
    results: arrow < 0 ? [] : parseResults(line, call.op, words.slice(arrow + 1)),
    ...who,
    ...time,
  };
}

/** The lines, from 1, that the ops of a text are on, in their order. */
export const linesOfOps = (text: string): number[] =>
  text.split('\n').flatMap((raw, at) => {
    const code = raw.replace(/#.*$/, '').trim();
    return code === '' || SETTING.test(code) ? [] : [at + 1];
  });

/** A program or a trace in text form. `#` begins a comment. Throws ParseError. */
export function parseScript(text: string): Script {
  let setting = DEFAULT_SETTING;
  const events: Event[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const code = raw.replace(/#.*$/, '').trim();
    if (code === '') continue;
    if (SETTING.test(code)) {
      if (events.length > 0) throw new ParseError(at + 1, 'a setting after the first op', 'Write it first.');
      setting = parseSetting(at + 1, code.split(/\s+/));
    } else events.push(parseEvent(code, at + 1));
  }
  return { setting, events };
}
