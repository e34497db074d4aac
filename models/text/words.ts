// SPDX-License-Identifier: MIT
import { ERRNO, errnoName } from '../kernel/errno.js';
import { CRASHED, type Leaf, WHO, whoNames } from '../ops/call.js';
import { OK } from '../ops/event.js';
import { type ArgumentType, letterOf, NONE, VARIABLES, VARIABLES_EACH } from '../ops/operation.js';

/** The words of the text form, one function to print and one to parse each; parse gives undefined for what it is not. */

const U32 = 0xffffffff;

export function parseNumber(word: string): number | undefined {
  if (!/^(?:\d{1,10}|0x[0-9a-f]{1,8})$/.test(word)) return undefined;
  const value = Number(word);
  return value <= U32 ? value : undefined;
}

export function printVariable(value: number): string {
  const letter = letterOf(value);
  return letter === undefined ? 'none' : `${letter}${value % VARIABLES_EACH}`;
}

export function parseVariable(word: string): number | undefined {
  if (word === 'none') return NONE;
  const at = VARIABLES.findIndex((v) => v.letter === word[0]);
  const n = /^(?:0|[1-9]\d{0,3})$/.test(word.slice(1)) ? Number(word.slice(1)) : VARIABLES_EACH;
  return at < 0 || n >= VARIABLES_EACH ? undefined : at * VARIABLES_EACH + n;
}

function printFlags(type: ArgumentType & { kind: 'flags' }, value: number): string {
  const named = Object.entries(type.bits).filter(([, bit]) => (value & bit) !== 0);
  const rest = (value & ~named.reduce((all, [, bit]) => all | bit, 0)) >>> 0;
  const words = named.map(([name]) => name);
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  return words.length === 0 ? type.zero : words.join('+');
}

function parseFlags(type: ArgumentType & { kind: 'flags' }, word: string): number | undefined {
  if (word === type.zero) return 0;
  let value = 0;
  for (const part of word.split('+')) {
    const bit = Object.hasOwn(type.bits, part) ? type.bits[part] : parseNumber(part);
    if (bit === undefined) return undefined;
    value = (value | bit) >>> 0;
  }
  return value;
}

export function printArgument(type: ArgumentType, value: number): string {
  switch (type.kind) {
    case 'variable':
      return printVariable(value);
    case 'number':
      return String(value >>> 0);
    case 'flags':
      return printFlags(type, value);
    case 'choice':
      return type.names[value] ?? String(value >>> 0);
  }
}

export function parseArgument(type: ArgumentType, word: string): number | undefined {
  switch (type.kind) {
    case 'variable': {
      const value = parseVariable(word);
      return value === NONE || (value !== undefined && type.letters.includes(word[0] ?? ''))
        ? value
        : undefined;
    }
    case 'number':
      return parseNumber(word);
    case 'flags':
      return parseFlags(type, word);
    case 'choice': {
      const at = type.names.indexOf(word);
      return at < 0 ? undefined : at;
    }
  }
}

const printError = (value: number): string => errnoName(-value) ?? String(value);

function parseError(word: string): number | undefined {
  if (Object.hasOwn(ERRNO, word)) return -ERRNO[word as keyof typeof ERRNO];
  const value = /^-[1-9]\d{0,8}$/.test(word) ? Number(word) : undefined;
  return value !== undefined && errnoName(-value) === undefined ? value : undefined;
}

export function printReturn(ret: number): string {
  if (ret === OK) return 'ok';
  if (ret === CRASHED) return 'crash';
  return ret < 0 ? printError(ret) : String(ret);
}

export function parseReturn(word: string): number | undefined {
  if (word === 'ok') return OK;
  if (word === 'crash') return CRASHED;
  const value = parseNumber(word);
  return value === undefined ? parseError(word) : value < OK ? value : undefined;
}

/** dma_fence_get_status(): 0 while pending, 1 when done, or the error it was signalled with. */
export function printStatus(status: number): string {
  if (status === 0) return 'pending';
  return status === 1 ? 'done' : status < 0 ? printError(status) : String(status);
}

export function parseStatus(word: string): number | undefined {
  if (word === 'pending') return 0;
  if (word === 'done') return 1;
  const value = parseNumber(word);
  if (value === undefined) return parseError(word);
  return value > 1 && value < OK ? value : undefined;
}

/** `t0`, or one of the names of WHO. */
export const printWho = (who: number): string =>
  who < VARIABLES_EACH ? `t${who}` : (whoNames[who - WHO.vgem] ?? 'other');

/** `t0:pending`, `t0:done`, `t0:done@120`. */
export const printLeaf = ({ who, status, at }: Leaf): string =>
  `${printWho(who)}:${printStatus(status)}${at === undefined || at === 0 ? '' : `@${at}`}`;

export function parseLeaf(word: string): Leaf | undefined {
  const colon = word.indexOf(':');
  if (colon < 0) return undefined;
  const name = word.slice(0, colon);
  const [state = '', time, ...more] = word.slice(colon + 1).split('@');
  const status = parseStatus(state);
  const at = time === undefined ? 0 : /^[1-9]/.test(time) ? parseNumber(time) : undefined;
  const known = Object.hasOwn(WHO, name) ? WHO[name as keyof typeof WHO] : undefined;
  const timeline = name.startsWith('t') ? parseVariable(name) : undefined;
  const who = known ?? timeline;
  if (who === undefined || status === undefined || at === undefined || more.length > 0) return undefined;
  return at === 0 ? { who, status } : { who, status, at };
}
