// SPDX-License-Identifier: MIT
import t from 'tap';
import { UsageError } from '../errors.js';
import { planSearches, type StrategyName } from './plan.js';

const plan = (strategies: readonly StrategyName[], profile?: string) =>
  planSearches({ strategies, depth: 4, profile, seed: 7 });

t.test('without a profile each strategy gets the one that serves it best', async (t) => {
  const { searches, left } = plan([]);
  t.same(
    searches.map(({ title, profile, cpus, cover }) => [title, profile, cpus, cover]),
    [
      ['exhaustive, 4 ops', 'fast', 1, false],
      ['race, 2 processors', 'race', 2, false],
      ['race, icount', 'race', 1, false],
      ['faults', 'debug', 1, false],
      ['faults, memory short', 'fast', 1, false],
      ['guided', 'cover', 1, true],
      ['random', 'fast', 1, false],
    ],
  );
  t.same(left, []);
  t.same(searches[2]?.icount, { shift: 7, seed: 7 });
});

t.test('a kernel whose ticks take long gets fewer of them, or it would do nothing else', async (t) => {
  t.same(
    plan(['race'], 'debug').searches.map(({ icount }) => icount),
    [undefined, { shift: 4, seed: 7 }],
  );
});

t.test('what a profile cannot do is said, and refused if it was asked for', async (t) => {
  const { searches, left } = plan([], 'fast');
  t.same(
    searches.map(({ title }) => title),
    ['exhaustive, 4 ops', 'race, 2 processors', 'guided', 'random'],
  );
  t.equal(left.length, 2);
  t.throws(() => plan(['faults'], 'fast'), UsageError);
  t.match(plan(['faults'], 'debug').left, [/memory that is short/]);
  t.same(
    plan([], 'debug').searches.map(({ title }) => title),
    ['exhaustive, 4 ops', 'race, 2 processors', 'race, icount', 'faults', 'guided', 'random'],
  );
});
