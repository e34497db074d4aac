// SPDX-License-Identifier: MIT
import {
  type Argument,
  type Call,
  letterOf,
  NONE,
  OK,
  printResult,
  printVariable,
  type Result,
} from '../../models/index.js';

/** Arguments, variables and results of programs as C has them. */

/** GEM handles and fences of vgem: numbers of a card, where 0 is none. All others are descriptors, and -1 is none. */
export const isNumber = (variable: number): boolean => ['g', 'f'].includes(letterOf(variable) ?? '');

/** `s0`, the name of a variable in the program and in C. */
export const variableName = (variable: number): string =>
  letterOf(variable) === undefined ? 'NULL' : printVariable(variable);

/** A C string literal. */
export const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const unsigned = (value: number): string => {
  const number = value >>> 0;
  return number > 0x7fffffff ? `0x${number.toString(16)}u` : String(number);
};

/** What the bits of a flag are called in the headers, by the name of the argument and op. */
const MACROS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  access: { 1: 'DMA_BUF_SYNC_READ', 2: 'DMA_BUF_SYNC_WRITE', 4: 'DMA_BUF_SYNC_END' },
  'attach access': { 1: 'VGEM_FENCE_WRITE' },
  events: { 1: 'POLLIN', 4: 'POLLOUT', 8: 'POLLERR', 32: 'POLLNVAL' },
  'watch events': { 1: 'EPOLLIN', 4: 'EPOLLOUT', 1073741824: 'EPOLLONESHOT', 2147483648: 'EPOLLET' },
};
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  driver: ['"vgem"', '"vkms"', '"virtio_gpu"'],
  how: ['EPOLL_CTL_ADD', 'EPOLL_CTL_DEL', 'EPOLL_CTL_MOD'],
  memory: ['MAPPED', 'UNMAPPED', 'READONLY'],
};

function flags(op: string, name: string, value: number): string {
  const macros = MACROS[`${op} ${name}`] ?? MACROS[name] ?? {};
  const words: string[] = [];
  let rest = value >>> 0;
  for (const [bit, macro] of Object.entries(macros)) {
    if ((rest & Number(bit)) === 0) continue;
    words.push(macro);
    rest = (rest & ~Number(bit)) >>> 0;
  }
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  return words.length === 0 ? '0' : words.join(' | ');
}

/** One argument of a call. */
export function argument(op: string, { name, type }: Argument, value: number): string {
  switch (type.kind) {
    case 'variable':
      if (value !== NONE) return variableName(value);
      return [...type.letters].every((letter) => 'gf'.includes(letter)) ? '0' : '-1';
    case 'number':
      return unsigned(value);
    case 'flags':
      return flags(op, name, value);
    case 'choice':
      return CHOICES[name]?.[value] ?? unsigned(value);
  }
}

/** A result as the C program prints it: as the text form has it, lists sorted, no times. */
export function resultText({ op }: Call, result: Result): string {
  if (result.ret === OK) return 'ok';
  const lists = result.lists.map((list) =>
    list
      .map(({ who, status }) => ({ who, status, name: whoName(op, who) }))
      .sort((a, b) => compare(a.name, b.name) || a.status - b.status)
      .map(({ who, status }) => ({ who, status })),
  );
  return printResult(op, { ...result, lists });
}

/** As strcmp(3) does. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** "t0", "vgem" */
const whoName = (op: Call['op'], who: number): string =>
  printResult({ ...op, outputs: [], lists: ['-'] }, { ret: 0, outputs: [], lists: [[{ who, status: 1 }]] })
    .replace(/^0 - /, '')
    .replace(/:done$/, '');
