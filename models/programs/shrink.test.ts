// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import type { Script } from '../ops/event.js';
import { anyScript } from '../text/arbitrary.js';
import { parseScript } from '../text/parse.js';
import { printScript } from '../text/print.js';
import { passes, withLowestVariables, withoutMade, withoutThreads, withSimplerArguments } from './shrink.js';

const lines = (script: Script): string => printScript(script).trimEnd().split('\n').slice(1).join('; ');
const all = (candidates: Iterable<Script>): string[] => [...candidates].map(lines);
const of = (text: string): Script => parseScript(`with first 3\n${text.replaceAll('; ', '\n')}`);

test('an op goes with all that needs what it makes', async (t) => {
  const script = of('t0 = timeline; s0 = fence t0 1; s1 = dup s0; t1 = timeline; poll s1 in');
  t.ok(all(withoutMade(script)).includes(lines(of('t1 = timeline'))));
});

test('threads go one by one', async (t) => {
  const script = of('t0 = timeline; 0.1: inc t0 1; 0.2: inc t0 2');
  t.same(all(withoutThreads(script)), [
    lines(of('t0 = timeline; 0.2: inc t0 2')),
    lines(of('t0 = timeline; 0.1: inc t0 1')),
  ]);
});

test('arguments become simpler, and ops go to lower threads, the first of all', async (t) => {
  const simpler = all(withSimplerArguments(of('import b0 read+write s0; 0.3: inc t0 8 unmapped')));
  for (const one of [
    'import b0 write s0; 0.3: inc t0 8 unmapped',
    'import b0 read s0; 0.3: inc t0 8 unmapped',
    'import b0 read+write s0; 0.3: inc t0 0 unmapped',
    'import b0 read+write s0; 0.3: inc t0 1 unmapped',
    'import b0 read+write s0; 0.3: inc t0 4 unmapped',
    'import b0 read+write s0; 0.3: inc t0 8',
    'import b0 read+write s0; inc t0 8 unmapped',
    'import b0 read+write s0; 0.1: inc t0 8 unmapped',
  ])
    t.ok(simpler.includes(lines(of(one))), one);
});

test('variables are named from 0 on, each letter by itself', async (t) => {
  t.same(
    all(
      withLowestVariables(of('t3 = timeline; s7 = fence t3 1; s2 = merge s7 s7; poll s2 in; poll none in')),
    ),
    [lines(of('t0 = timeline; s0 = fence t0 1; s1 = merge s0 s0; poll s1 in; poll none in'))],
  );
  t.same(all(withLowestVariables(of('t0 = timeline; s0 = fence t0 1'))), []);
});

/** Smaller in this order: ops, threads, bits and numbers, variables. */
function size({ events }: Script): readonly number[] {
  let [arguments_, variables, threads] = [0, 0, 0];
  for (const { call, thread } of events) {
    const { op, args } = call;
    const first = op.makes === undefined ? 0 : 1;
    threads += thread ?? 0;
    for (const [n, value] of args.entries()) {
      const arg = op.args[n - first];
      if (n < first || arg?.type.kind === 'variable') variables += value;
      else if (arg?.optional === undefined || value !== arg.optional) arguments_ += 1 + (value >>> 0);
    }
  }
  return [events.length, threads + arguments_, variables];
}

test('every candidate is smaller, so that shrinking ends', async (t) => {
  fc.assert(
    fc.property(anyScript, (script) => {
      const before = size(script);
      for (const pass of passes(script))
        for (const candidate of pass()) {
          const after = size(candidate);
          const differs = before.findIndex((n, at) => n !== after[at]);
          // Of variables that are named anew some may be higher than before, and only once
          if (differs < 0 || differs === 2) {
            t.same([...withLowestVariables(candidate)], []);
            continue;
          }
          if ((after[differs] ?? 0) >= (before[differs] ?? 0)) throw new Error(printScript(candidate));
        }
    }),
    { numRuns: 100 },
  );
});
