// SPDX-License-Identifier: MIT
import { argumentWords, listCount, operationWithCode, outputWords } from '../ops/layout.js';
import { NONE, type Operation, VARIABLES, VARIABLES_EACH } from '../ops/operation.js';
import { OPERATIONS } from '../ops/operations.js';
import { HEADER_WORDS, UNKNOWN } from './record.js';

/** What the checker has to know of an op, by its code, in arrays. */
interface Shape {
  readonly args: number;
  readonly outputs: number;
  readonly lists: number;
  /** Words of each leaf in them. */
  readonly leaf: number;
  /** For each argument word the bits of letters it may have, 0 for a number. */
  readonly letters: readonly number[];
  /** Each choice is below this; 0 for anything else. */
  readonly choices: readonly number[];
}

const bitsOf = (letters: string): number =>
  VARIABLES.reduce((bits, v, at) => (letters.includes(v.letter) ? bits | (1 << at) : bits), 0);

const shapeOf = (op: Operation): Shape => ({
  args: argumentWords(op),
  outputs: outputWords(op),
  lists: listCount(op),
  leaf: op.timed === true ? 2 : 1,
  letters: [
    ...(op.makes === undefined ? [] : [bitsOf(op.makes)]),
    ...op.args.map(({ type }) => (type.kind === 'variable' ? bitsOf(type.letters) : 0)),
  ],
  choices: [
    ...(op.makes === undefined ? [] : [0]),
    ...op.args.map(({ type }) => (type.kind === 'choice' ? type.names.length : 0)),
  ],
});

const shapes: (Shape | undefined)[] = [];
for (const op of OPERATIONS) shapes[op.code] = shapeOf(op);

/** Words of arguments of a code that `recordFault` has found to be an op's. */
export const argsOfCode = (code: number): number => shapes[code]?.args ?? 0;
export const outputsOfCode = (code: number): number => shapes[code]?.outputs ?? 0;
export const leafWordsOfCode = (code: number): number => shapes[code]?.leaf ?? 1;
export const listsOfCode = (code: number): number => shapes[code]?.lists ?? 0;

/**
 * What is wrong with the record at `at` of `words`, which end at `end`: nothing of what a guest sends is believed before.
 * Undefined if it is sound.
 */
export function recordFault(words: Int32Array, at: number, end: number): string | undefined {
  if (end - at < HEADER_WORDS) return `cut off: ${end - at} words are left of a header of ${HEADER_WORDS}`;
  const header = words[at] as number;
  const length = header & 0xffff;
  const code = (header >> 16) & 0xff;
  const shape = shapes[code];
  if (shape === undefined) return `garbled: no op has the code ${code}`;
  if (length > end - at) return `cut off: ${end - at} words are left of a record of ${length}`;
  let need = HEADER_WORDS + shape.args + 1;
  if (length < need)
    return `garbled: ${operationWithCode(code)?.name} takes ${need} words at least, not ${length}`;
  if ((words[at + 3] as number) < UNKNOWN)
    return `garbled: ${words[at + 3]} ops had ended when ${operationWithCode(code)?.name} began`;
  const first = at + HEADER_WORDS;
  for (let i = 0; i < shape.args; i++) {
    const fault = argumentFault(shape, i, words[first + i] as number);
    if (fault !== undefined) return `garbled: ${operationWithCode(code)?.name} has ${fault}`;
  }
  if ((words[first + shape.args] as number) >= 0) {
    need += shape.outputs;
    for (let list = 0; list < shape.lists; list++) {
      const count = need < length ? (words[at + need] as number) : -1;
      if (count < 0 || count > length)
        return `garbled: a list of ${operationWithCode(code)?.name} has no length`;
      need += 1 + count * shape.leaf;
    }
  }
  return need === length
    ? undefined
    : `garbled: ${operationWithCode(code)?.name} takes ${need} words, not ${length}`;
}

function argumentFault(shape: Shape, at: number, word: number): string | undefined {
  const letters = shape.letters[at] as number;
  if (letters !== 0) {
    if (word === NONE) return undefined;
    const letter = word >= 0 ? (word / VARIABLES_EACH) | 0 : 31;
    return letter < VARIABLES.length && (letters & (1 << letter)) !== 0
      ? undefined
      : `${word} where a variable belongs`;
  }
  const choices = shape.choices[at] as number;
  return choices !== 0 && (word < 0 || word >= choices)
    ? `${word} where one of ${choices} belongs`
    : undefined;
}
