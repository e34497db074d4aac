// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import { canonical, makePlan, shardsOf } from './plan.js';
import { planLines } from './plan-table.js';
import { plannedOf } from './testing/nights.js';

const someCells = fc
  .array(fc.record({ ms: fc.integer({ min: 1, max: 3_600_000 }), kernel: fc.constantFrom('a', 'b', 'c') }), {
    maxLength: 40,
  })
  .map((all) => all.map(({ ms, kernel }, n) => plannedOf(`${kernel}/${n}`, ms, { kernel })));

t.test('every cell is in exactly one shard, whatever their number', async () => {
  fc.assert(
    fc.property(someCells, fc.integer({ min: 1, max: 50 }), (cells, of) => {
      const shards = shardsOf(cells, of);
      return shards.length === cells.length && shards.every((shard) => shard >= 1 && shard <= of);
    }),
  );
});

t.test('no shard has more to do than the least busy one and one cell', async () => {
  fc.assert(
    fc.property(someCells, fc.integer({ min: 1, max: 12 }), (cells, of) => {
      const shards = shardsOf(cells, of);
      const load = Array.from({ length: of }, (_, at) =>
        cells.reduce((sum, cell, n) => (shards[n] === at + 1 ? sum + cell.milliseconds : sum), 0),
      );
      const longest = Math.max(0, ...cells.map(({ milliseconds }) => milliseconds));
      return Math.max(...load) - Math.min(...load) <= longest;
    }),
  );
});

t.test('the same plan is shared out in the same way', async (t) => {
  fc.assert(
    fc.property(someCells, fc.integer({ min: 1, max: 9 }), (cells, of) => {
      const again = cells.map((cell) => ({ ...cell }));
      return canonical(shardsOf(cells, of)) === canonical(shardsOf(again, of));
    }),
  );
  const cells = [plannedOf('a', 300), plannedOf('b', 200), plannedOf('c', 200), plannedOf('d', 100)];
  t.same(shardsOf(cells, 2), [1, 2, 2, 1]);
  t.same(shardsOf(cells, 6), [1, 2, 3, 4], 'more shards than cells');
  t.same(shardsOf([], 3), []);
});

t.test('of shards that have as much to do one with the same kernel is taken', async (t) => {
  const cells = ['x', 'y', 'x', 'y'].map((kernel, n) => plannedOf(`${n}`, 100, { kernel }));
  t.same(shardsOf(cells, 2), [1, 2, 1, 2]);
  const turned = ['x', 'y', 'y', 'x'].map((kernel, n) => plannedOf(`${n}`, 100, { kernel }));
  t.same(shardsOf(turned, 2), [1, 2, 2, 1]);
});

t.test('the digest of a plan is of all that is tested and expected, and of nothing else', async (t) => {
  const base = { name: 'n', strict: true, retries: 2, cells: [plannedOf('a'), plannedOf('b')], left: [] };
  const files = [
    { name: '6.1-fast-fails.txt', text: 'import@x\n' },
    { name: '6.1-fast-skips.txt', text: 'export@y\n' },
  ];
  const digest = makePlan(base, files).digest;
  t.match(digest, /^[0-9a-f]{64}$/);
  t.equal(makePlan(base, [...files].reverse()).digest, digest, 'files in any order');
  t.equal(makePlan({ ...base, left: [{ id: 'x', why: 'y' }] }, files).digest, digest);
  const others = [
    makePlan({ ...base, name: 'm' }, files),
    makePlan({ ...base, strict: false }, files),
    makePlan({ ...base, retries: 1 }, files),
    makePlan({ ...base, cells: [plannedOf('b'), plannedOf('a')] }, files),
    makePlan({ ...base, cells: [plannedOf('a', 1001), plannedOf('b')] }, files),
    makePlan(base, files.slice(1)),
    makePlan(base, [{ name: '6.1-fast-fails.txt', text: 'import@z\n' }, ...files.slice(1)]),
  ];
  t.equal(new Set([digest, ...others.map((plan) => plan.digest)]).size, others.length + 1);
});

t.test('the plan says what, who and how long', async (t) => {
  const cells = [plannedOf('a', 60_000), plannedOf('b', 120_000)];
  const plan = makePlan(
    { name: 'n', strict: true, retries: 2, cells, left: [{ id: 'c', why: 'too slow' }] },
    [],
  );
  const took = (id: string) => (id === 'a' ? 600_000 : undefined);
  t.same(planLines(plan, { index: 1, of: 1 }, took), [
    'cell    expected',
    'a     10 min 0 s  as in nights before',
    'b      2 min 0 s  as planned',
    'left out: c: too slow',
    '2 cells, 12 min 0 s in all; kernels that are not in the cache are built besides',
  ]);
  const shard = planLines(plan, { index: 2, of: 2 }, took);
  t.match(shard[1], /^a {5}2 \* +10 min 0 s/, 'how it is shared out does not depend on nights before');
  t.match(shard[2], /^b {5}1 /);
  t.equal(shard.at(-1), 'shard 2 of 2 (*): 1 cell, 10 min 0 s');
});
