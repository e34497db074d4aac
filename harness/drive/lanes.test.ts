// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import { fullName, type PlannedSubtest, SUBTEST_FLAGS } from '../result/result.js';
import { lanes } from './lanes.js';
import { select } from './select.js';

const subtest = (name: string, ...flags: PlannedSubtest['flags']): PlannedSubtest => {
  const [program = '', rest = ''] = name.split('@');
  return { program, subtest: rest, flags, limitSeconds: 20, promises: ['P1'], purpose: 'x' };
};
const names = (list: readonly PlannedSubtest[]) => list.map(fullName);
const plan = ['export@a', 'export@b', 'import@a', 'import@a-b'].map((n) => subtest(n));

t.test('patterns choose programs, subtests and globs, in the order of the plan', async (t) => {
  t.same(names(select(plan, [])), names(plan));
  t.same(names(select(plan, ['import'])), ['import@a', 'import@a-b']);
  t.same(names(select(plan, ['*@a', 'export@b'])), ['export@a', 'export@b', 'import@a']);
  t.same(names(select(plan, ['ex*'])), ['export@a', 'export@b']);
});

t.test('a pattern that chooses nothing is refused and named', async (t) => {
  t.throws(() => select(plan, ['import', 'exprot']), { message: /"exprot"/, exitCode: 2 });
  t.throws(() => select(plan, ['!import@a']), { message: /"!import@a"/, exitCode: 2 });
});

t.test('a slow subtest gets a lane of its own, the rest runs beside it', async (t) => {
  const all = [...plan, subtest('vgem@a'), subtest('vgem@expiry', 'slow')];
  t.same(lanes(all, 2).map(names), [
    ['vgem@expiry'],
    ['export@a', 'export@b', 'import@a', 'import@a-b', 'vgem@a'],
  ]);
});

t.test('on a slow kernel the rest weighs more than the one that waits', async (t) => {
  const programs = Array.from({ length: 40 }, (_, n) => subtest(`p${n}@a`));
  const [first = [], second = []] = lanes([...programs, subtest('vgem@expiry', 'slow')], 2, 20);
  t.ok(first.length > 10 && second.length > 10, `${first.length} and ${second.length}`);
});

t.test('what may kill the guest comes last', async (t) => {
  t.same(lanes([subtest('poll@close', 'fatal'), ...plan], 1).map(names), [[...names(plan), 'poll@close']]);
});

t.test('every subtest is in exactly one lane', async () => {
  const any = fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      flags: fc.subarray([...SUBTEST_FLAGS]),
    }),
  );
  fc.assert(
    fc.property(any, fc.integer({ min: 0, max: 5 }), (list, count) => {
      const all = list.map((s, i) => subtest(`${s.name}@${i}`, ...s.flags));
      const dealt = lanes(all, count).flat();
      return dealt.length === all.length && new Set(dealt).size === all.length;
    }),
  );
});
