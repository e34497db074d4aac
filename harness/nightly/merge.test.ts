// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import type { Night, NightCell } from '../result/night.js';
import { join, missingLines, type Part } from './merge.js';
import { nightStatus } from './night-lines.js';
import { cellOf, nightOf } from './testing/nights.js';

const IDS = ['a/fast/2d/check', 'b/fast/2d/check', 'c/fast/2d/check', 'd/fast/2d/check', 'e/fast/2d/check'];
const OF = 3;
const shardOf = (at: number): number => (at % OF) + 1;

/** What one shard wrote. */
function part(index: number, minute = index, tested: (cell: NightCell) => NightCell = (cell) => cell): Part {
  const startedAt = `2026-11-24T01:${String(minute).padStart(2, '0')}:00.000Z`;
  const cells = IDS.map((id, at) => {
    const shard = shardOf(at);
    return shard === index
      ? tested(
          cellOf(
            id,
            { 'import@x': 'pass' },
            { shard, startedAt, folder: `cells/${id.replaceAll('/', '-')}/run` },
          ),
        )
      : cellOf(id, {}, { shard, verdict: 'missing', reason: `shard ${shard} of ${OF} is not here` });
  });
  return {
    folder: `part${index}`,
    night: nightOf(cells, { shards: { of: OF, here: [index] }, startedAt, milliseconds: 60_000 }),
  };
}
const verdicts = ({ cells }: Night) => cells.map(({ verdict }) => verdict);

t.test('parts join in any order, and one that comes twice counts once', async (t) => {
  const whole = join([part(1), part(2), part(3)]).night;
  t.same(verdicts(whole), ['holds', 'holds', 'holds', 'holds', 'holds']);
  t.same(whole.shards, { of: 3, here: [1, 2, 3] });
  t.equal(whole.startedAt, '2026-11-24T01:01:00.000Z');
  t.equal(whole.milliseconds, 180_000, 'from the first that began to the last that ended');
  t.equal(nightStatus(whole, false), 0);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([1, 2, 3, 1, 2, 3], { minLength: 3 }).filter((all) => new Set(all).size === 3),
      (order) => {
        t.same(join(order.map((index) => part(index))).night, whole);
      },
    ),
    { numRuns: 30 },
  );
});

t.test('a merge of merges is the merge of all', async (t) => {
  const all = [part(1), part(2), part(3)];
  const some = { folder: 'some', night: join(all.slice(0, 2)).night };
  t.same(join([some, part(3)]).night, join(all).night);
  t.same(join([{ folder: 'all', night: join(all).night }, part(2)]).night, join(all).night);
});

t.test('what is missing is named, and the night is not as expected', async (t) => {
  const { night } = join([part(3), part(1)]);
  t.same(verdicts(night), ['holds', 'missing', 'holds', 'holds', 'missing']);
  t.same(missingLines(night), ['shard 2 of 3 is missing: b/fast/2d/check, e/fast/2d/check']);
  t.equal(nightStatus(night, false), 1);
  t.equal(nightStatus(part(1).night, true), 0, 'of a part others are not missing');
  t.equal(nightStatus(join([part(1, 1, (cell) => ({ ...cell, verdict: 'untestable' }))]).night, false), 125);
});

t.test(
  'of a cell that was tested twice the later run counts, and a tested one before one that was not',
  async (t) => {
    const failed = (cell: NightCell): NightCell => ({ ...cell, verdict: 'fails' });
    const early = part(1, 5, failed);
    const late = part(1, 9);
    for (const order of [
      [early, late],
      [late, early],
    ])
      t.equal(join(order).night.cells[0]?.verdict, 'holds');
    const broken = part(1, 30, (cell) => ({ ...cell, verdict: 'untestable', reason: 'no disk' }));
    for (const order of [
      [early, broken],
      [broken, early],
    ]) {
      const { night, from } = join(order);
      t.equal(night.cells[0]?.verdict, 'fails');
      t.equal(from[0], early, 'and its run is taken from where it is');
    }
  },
);

t.test('a shard that is here without one of its cells is said', async (t) => {
  const odd = part(2);
  const { night } = join([part(1), { ...odd, night: { ...odd.night, cells: part(1).night.cells } }]);
  t.match(night.cells[1], { verdict: 'missing', reason: 'shard 2 of 3 is here, but has not this cell' });
});

t.test('parts of different nights are refused, with what differs', async (t) => {
  const other = (change: Partial<Night>): Part => ({
    folder: 'other',
    night: { ...part(2).night, ...change },
  });
  const rows: [Part, RegExp][] = [
    [
      other({ plan: 'b'.repeat(64) }),
      /^part1 and other are not parts of one night: they were planned differently/,
    ],
    [other({ name: 'weekly' }), /one is "nightly", the other "weekly"/],
    [other({ shards: { of: 2, here: [2] } }), /one is of 3 shards, the other of 2/],
    [other({ cells: part(2).night.cells.slice(1) }), /different cells/],
  ];
  for (const [odd, words] of rows) t.throws(() => join([part(1), odd]), { exitCode: 2, message: words });
  t.throws(() => join([]), { message: /nothing to merge/ });
});
