// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { DESIGNS } from './designs.js';
import { type Analysis, analyse } from './explore.js';
import { POLICIES } from './policies.js';
import type { DesignPromise } from './promises.js';
import { designHistories, designSummary, designTable } from './table.js';

function analysed(design: string, policy: string, depth: number): Analysis {
  const [d, p] = [DESIGNS.find((one) => one.name === design), POLICIES.find((one) => one.name === policy)];
  if (d === undefined || p === undefined) throw new Error(`no ${design} under ${policy}`);
  return analyse(d, p, depth);
}

const brokenIn = (analysis: Analysis): Record<string, string> =>
  Object.fromEntries([...analysis.histories].sort().map(([promise, steps]) => [promise, steps.join('; ')]));

test('what a design does under implicit sync, in four steps', async (t) => {
  const expected: Record<string, DesignPromise[]> = {
    'replace the exclusive fence': ['P1', 'P3', 'P4', 'P7'],
    'compare-and-swap without the lock': ['P1', 'P3'],
    'array without collection': ['P4', 'P5'],
    'one composite exclusive fence': [],
    'two classes': [],
    'two classes, and drivers merge': [],
    'usage classes': [],
  };
  t.same(
    DESIGNS.map((d) => d.name),
    Object.keys(expected),
  );
  for (const [design, promises] of Object.entries(expected))
    t.same([...analysed(design, 'implicit sync', 4).histories.keys()].sort(), promises, design);
});

test('replacing the exclusive fence loses a fence in three steps', async (t) => {
  t.match(brokenIn(analysed('replace the exclusive fence', 'implicit sync', 3)), {
    P1: 'A writes b0; A2 writes b0; import the file of A into b0 as a write',
  });
});

test('without the lock an import loses what comes in between', async (t) => {
  t.match(brokenIn(analysed('compare-and-swap without the lock', 'implicit sync', 4)), {
    P1: /: look; A2 reads b0; the import into b0 swaps$/,
  });
});

test('ignoring everything implicit starts a job before a move is done, where moves look like writes', async (t) => {
  for (const design of ['two classes', 'two classes, and drivers merge', 'one composite exclusive fence'])
    t.match(
      brokenIn(analysed(design, 'ignore everything implicit', 2)),
      { P7: 'b0 is moved; A writes b0' },
      design,
    );
  t.same(brokenIn(analysed('usage classes', 'ignore everything implicit', 4)), {});
});

test('amdgpu drops a read of its own process that was imported, unless it merges', async (t) => {
  t.same(brokenIn(analysed('two classes', "amdgpu's rules", 3)), {
    P1: 'A writes b0; import the file of A into b1 as a read; A2 writes b1',
  });
  t.same(brokenIn(analysed('two classes, and drivers merge', "amdgpu's rules", 4)), {});
});

test('ignoring on own exports is safe if drivers merge', async (t) => {
  t.match(brokenIn(analysed('two classes', 'ignore on own exports only', 2)), {
    P1: 'A writes b0; A2 writes b0',
  });
  t.same(brokenIn(analysed('two classes, and drivers merge', 'ignore on own exports only', 4)), {});
});

test('a search that looks at less would be noticed', async (t) => {
  const { states, steps, complete } = analysed('two classes, and drivers merge', 'implicit sync', 3);
  t.same({ states, steps, complete }, { states: 995, steps: 1844, complete: false });
});

test('the table and the histories name everything', async (t) => {
  const analyses = DESIGNS.flatMap((d) => POLICIES.map((p) => analyse(d, p, 2)));
  const table = designTable(analyses);
  t.equal(table.trimEnd().split('\n').length, 2 + DESIGNS.length * POLICIES.length);
  t.match(table, /\| two classes \| ignore everything implicit \| broken in 2 \|/);
  const histories = designHistories(analyses);
  for (const { name } of DESIGNS) t.ok(histories.includes(`${name} (`), name);
  t.match(histories, /P7: b0 is moved; A writes b0 \[ignore everything implicit\]/);
});

test('an export that leaves out what an access waits for is noticed (P8)', async (t) => {
  const [twoClasses, implicit] = [DESIGNS.find((d) => d.name === 'two classes'), POLICIES[0]];
  if (twoClasses === undefined || implicit === undefined) throw new Error('no such design');
  const forgetful = { ...twoClasses, export: () => null };
  t.same(analyse(forgetful, implicit, 2).histories.get('P8'), ['A writes b0', 'export b0 for writing']);
});

test('the summary says of each design what holds and when implicit fences may be ignored', async (t) => {
  const summary = designSummary(DESIGNS.flatMap((d) => POLICIES.map((p) => analyse(d, p, 3))));
  t.equal(summary.trimEnd().split('\n').length, 2 + DESIGNS.length);
  t.match(summary, /\| replace the exclusive fence \| broken in 3 \| broken in 3 \|.*\| never \|/);
  t.match(summary, /\| two classes, and drivers merge \| holds .*\| on own exports \|/);
  t.match(summary, /\| usage classes \| holds .*\| always \|/);
});
