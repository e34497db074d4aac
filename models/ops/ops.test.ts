// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { cHeader } from './c-header.js';
import { operationNamed, operationWithCode } from './layout.js';
import type { Operation } from './operation.js';
import { OPERATIONS } from './operations.js';

const all: readonly Operation[] = OPERATIONS;

test('names and codes are used once, and codes fit into a byte', async (t) => {
  t.equal(new Set(all.map((op) => op.name)).size, all.length);
  t.equal(new Set(all.map((op) => op.code)).size, all.length);
  for (const op of all) {
    t.ok(op.code > 0 && op.code < 256);
    t.equal(operationNamed(op.name), op);
    t.equal(operationWithCode(op.code), op);
  }
});

test('optional arguments come last', async (t) => {
  for (const op of all) {
    const kinds = op.args.map((arg) => arg.optional !== undefined);
    t.same(
      kinds,
      kinds.toSorted((a, b) => Number(a) - Number(b)),
      op.name,
    );
  }
});

test('the C header has every op, with the words of its record', async (t) => {
  const header = cHeader();
  t.match(header, /^\/\* SPDX-License-Identifier: GPL-2\.0-only \*\/\n/);
  t.match(header, /X\(EXPORT, "export", 10, 4, 0, 0\) \\\n/);
  t.match(header, /X\(INFO, "info", 13, 4, 2, 1\)/);
  t.match(header, /X\(OBSERVE, "observe", 23, 1, 1, 2\)/);
  t.match(header, /#define FL_OP_EXPORT +10\n/);
  t.match(header, /#define FL_VARIABLE_B +2048\n/);
  t.match(header, /#define FL_MEMORY_READONLY +2\n/);
  t.match(header, /#define FL_LEAF_WORDS\(op\) \(\(op\) == FL_OP_INFO \? 2 : 1\)\n/);
  for (const op of all) t.ok(header.includes(`"${op.name}"`), op.name);
});
