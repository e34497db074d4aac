// SPDX-License-Identifier: MIT
import { filled } from '../progress/words.js';
import { type Block, blocksOf, type Row } from './blocks.js';

/** Room for what a row says on its right, at the least, beside its left. */
const LEAST_RIGHT = 24;

/** A help text on lines of at most `width` characters; lines that fit stay as they are. Pure. */
export function reflow(text: string, width: number): string {
  if (text.split('\n').every((line) => line.length <= width)) return text;
  const lines = blocksOf(text).flatMap((block) => blockLines(block, width));
  return `${lines.join('\n')}\n`;
}

function blockLines(block: Block, width: number): string[] {
  switch (block.kind) {
    case 'blank':
      return [''];
    case 'heading':
      return [block.text];
    case 'paragraph':
      return wrapped(block.text, width, '', '');
    case 'rows':
      return block.rows.flatMap((row) => rowLines(row, width));
  }
}

function rowLines({ indent, left, column, right }: Row, width: number): string[] {
  const before = ' '.repeat(indent);
  if (right === '')
    return /^(?:\$ )?(?:fencelab|git|npx) /.test(left)
      ? commandLines(left, width, before)
      : wrapped(left, width, before, before);
  const beside = `${before}${left}`.padEnd(column);
  if (beside.length <= width - LEAST_RIGHT) return wrapped(right, width, beside, ' '.repeat(column));
  const under = ' '.repeat(indent + 4);
  return [...commandLines(left, width, before), ...wrapped(right, width, under, under)];
}

/** A command that is too long goes on behind a backslash, so that it can still be pasted. */
function commandLines(text: string, width: number, before: string): string[] {
  if (before.length + text.length <= width) return [`${before}${text}`];
  const lines = wrapped(text, width - 2, before, `${before}    `);
  return lines.map((line, at) => (at < lines.length - 1 ? `${line} \\` : line));
}

const wrapped = (text: string, width: number, first: string, rest: string): string[] =>
  filled(text.split(/ +/), width, first, rest).map((one) => one.trimEnd());
