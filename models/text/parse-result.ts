// SPDX-License-Identifier: MIT
import type { Leaf, Result } from '../ops/call.js';
import type { Operation, Output } from '../ops/operation.js';
import { ParseError } from './parse-error.js';
import { parseArgument, parseLeaf, parseReturn, parseStatus } from './words.js';

/** Whether a call that gave `ret` gives anything more. */
export const hasOutputs = (ret: number): boolean => ret >= 0;

function shape(op: Operation): string {
  const outputs = (op.outputs ?? []).map((o) => `${o.name} VALUE`);
  const lists = (op.lists ?? []).map((l) => `${l} [LEAF…]`);
  return `Write: -> ${['RESULT', ...outputs, ...lists].join(' ')}, or an error such as EINVAL. A leaf is t0:pending, t0:done or t0:ENOENT.`;
}

function parseOutput(line: number, op: Operation, output: Output, words: string[]): number {
  const [name, word] = [words.shift(), words.shift() ?? ''];
  const { type } = output;
  const value = type.kind === 'status' ? parseStatus(word) : parseArgument(type, word);
  if (name !== output.name || value === undefined)
    throw new ParseError(
      line,
      `the result of ${op.name} has no ${output.name} where it should be`,
      shape(op),
    );
  return value;
}

function parseList(line: number, op: Operation, list: string, words: string[]): Leaf[] {
  if (words.shift() !== list)
    throw new ParseError(
      line,
      `the result of ${op.name} has no list "${list}" where it should be`,
      shape(op),
    );
  const leaves: Leaf[] = [];
  for (let leaf = parseLeaf(words[0] ?? ''); leaf !== undefined; leaf = parseLeaf(words[0] ?? '')) {
    leaves.push(leaf);
    words.shift();
  }
  return leaves;
}

function parseResult(line: number, op: Operation, text: readonly string[]): Result {
  const words = [...text];
  const first = words.shift() ?? '';
  const ret = parseReturn(first);
  if (ret === undefined) throw new ParseError(line, `"${first}" is no result`, shape(op));
  const more = hasOutputs(ret);
  const outputs = more ? (op.outputs ?? []).map((output) => parseOutput(line, op, output, words)) : [];
  const lists = more ? (op.lists ?? []).map((list) => parseList(line, op, list, words)) : [];
  if (words.length > 0)
    throw new ParseError(line, `the result of ${op.name} does not go on with "${words[0]}"`, shape(op));
  return { ret, outputs, lists };
}

/** `3 | EMFILE`: every result a trace names. */
export function parseResults(line: number, op: Operation, words: readonly string[]): Result[] {
  const results: Result[] = [];
  let from = 0;
  for (let at = 0; at <= words.length; at++) {
    if (at < words.length && words[at] !== '|') continue;
    results.push(parseResult(line, op, words.slice(from, at)));
    from = at + 1;
  }
  return results;
}
