// SPDX-License-Identifier: MIT
import { WHO } from './call.js';
import { argumentWords, listCount, outputWords } from './layout.js';
import { type ArgumentType, type Operation, VARIABLES, VARIABLES_EACH } from './operation.js';
import { OPERATIONS } from './operations.js';
import { COMMIT } from './types.js';

const upper = (name: string) => name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');

/** `#define`s with their values in one column. */
const defines = (rows: readonly (readonly [string, string | number])[]): string[] => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `#define ${name.padEnd(width)} ${value}`);
};

/** Arguments whose values need names in C, since no header of the kernel has them. */
const CHOICES: Readonly<Record<string, string>> = {
  memory: 'FL_MEMORY',
  driver: 'FL_DRIVER',
  how: 'FL_WATCH',
};

function flagRows(): (readonly [string, string | number])[] {
  const rows = new Map<string, number>();
  const add = (owner: string, type: ArgumentType) => {
    if (type.kind === 'flags')
      for (const [bit, value] of Object.entries(type.bits)) rows.set(`${owner}_${upper(bit)}`, value);
    if (type.kind === 'choice')
      for (const [at, name] of type.names.entries()) rows.set(`${owner}_${upper(name)}`, at);
  };
  for (const op of OPERATIONS)
    for (const arg of op.args) {
      const owner = CHOICES[arg.name];
      if (owner !== undefined) add(owner, arg.type);
    }
  return [...rows];
}

/**
 * The C header for the executor in the guest, whole. It is checked in beside the executor; a test compares the two.
 * The rows of FL_OPERATIONS are for an X-macro: X(symbol, name, code, words of arguments, outputs, lists).
 */
export function cHeader(): string {
  const operations = OPERATIONS.map(
    (op) =>
      `\tX(${[upper(op.name), `"${op.name}"`, op.code, argumentWords(op), outputWords(op), listCount(op)].join(', ')})`,
  );
  const timed = (OPERATIONS as readonly Operation[])
    .filter((op) => op.timed === true)
    .map((op) => `(op) == FL_OP_${upper(op.name)}`)
    .join(' || ');
  const allocating = (OPERATIONS as readonly Operation[])
    .filter((op) => op.allocates === true)
    .map((op) => `1ull << FL_OP_${upper(op.name)}`)
    .join(' | ');
  return `${[
    '/* SPDX-License-Identifier: GPL-2.0-only */',
    '/* Generated from models/ops/operations.ts: do not edit. */',
    '#ifndef FL_OPERATIONS_H',
    '#define FL_OPERATIONS_H',
    '',
    ...OPERATIONS.map((op) => `/* ${op.name}: ${op.doc.replaceAll('*/', '* /')} */`),
    '#define FL_OPERATIONS(X) \\',
    operations.join(' \\\n'),
    '',
    ...defines(OPERATIONS.map((op) => [`FL_OP_${upper(op.name)}`, op.code])),
    '',
    "/* A variable is its letter's base plus a number below FL_VARIABLES_EACH; -1 is none. */",
    ...defines([
      ['FL_VARIABLES_EACH', VARIABLES_EACH],
      ...VARIABLES.map(({ letter }, at) => [`FL_VARIABLE_${upper(letter)}`, at * VARIABLES_EACH] as const),
    ]),
    '',
    ...defines(flagRows()),
    '',
    '/* Who a leaf is: the number of a timeline, or one of these. */',
    ...defines(Object.entries(WHO).map(([name, value]) => [`FL_WHO_${upper(name)}`, value] as const)),
    '',
    '/* Words of each leaf in the lists of an op: with the time it signalled, or without. */',
    `#define FL_LEAF_WORDS(op) (${timed} ? 2 : 1)`,
    '/* Whether an op allocates, so that it may fail with ENOMEM. */',
    `#define FL_ALLOCATES(op) (((${allocating}) >> (op)) & 1)`,
    '/* A flag for `commit` that the kernel does not have: the buffer is on the cursor plane. */',
    `#define FL_COMMIT_CURSOR ${COMMIT.bits.cursor}`,
    '',
    '#endif',
  ].join('\n')}\n`;
}
