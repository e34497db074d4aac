// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { errnoName } from '../kernel/errno.js';
import { CRASHED } from '../ops/call.js';
import type { Operation } from '../ops/operation.js';
import { OPERATIONS } from '../ops/operations.js';
import { parseScript } from '../text/parse.js';
import { CASES } from './cases.js';

const shown = new Map<string, Set<string>>();
for (const { trace } of CASES)
  for (const { call, results } of parseScript(trace).events)
    for (const { ret } of results) {
      const errors = shown.get(call.op.name) ?? new Set();
      shown.set(call.op.name, errors);
      if (ret < 0 && ret !== CRASHED) errors.add(errnoName(-ret) ?? String(ret));
    }

test('every op has a trace, and every error that it declares', async (t) => {
  for (const { name, errors } of OPERATIONS as readonly Operation[]) {
    t.ok(shown.has(name), name);
    t.same(errors.filter((error) => !shown.get(name)?.has(error)), [], `${name} lacks a trace for these`);
  }
});

test('no trace has an error that its op does not declare', async (t) => {
  for (const { name, errors } of OPERATIONS as readonly Operation[])
    t.same([...(shown.get(name) ?? [])].filter((error) => !(errors as readonly string[]).includes(error)), [], name);
});
