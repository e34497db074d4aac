// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import { median, spread } from './numbers.js';
import { slowerIn } from './slower.js';
import { cellOf, nightOf, pastOf, testOf } from './testing/nights.js';

const ID = 'debian:6.1/fast/2d/check';
const NAMES = Array.from({ length: 10 }, (_, n) => `import@t${n}`);

/** Times of ten tests in ms through the nights; `x` in place of the first one's. The last night is tonight. */
function slower(
  firsts: readonly number[],
  factor: (night: number) => number = () => 1,
  accelerators: readonly string[] = [],
) {
  const cells = firsts.map((first, night) =>
    cellOf(
      ID,
      Object.fromEntries(
        NAMES.map((name, n) => [
          name,
          testOf(name, 'pass', { milliseconds: (n === 0 ? first : 2000 + n) * factor(night) }),
        ]),
      ),
      { accelerator: accelerators[night] ?? 'tcg' },
    ),
  );
  const tonight = cells.at(-1);
  if (tonight === undefined) throw new Error('no night');
  const past = cells
    .slice(0, -1)
    .reverse()
    .flatMap((cell) => [...pastOf(nightOf([cell])).cells.values()]);
  return slowerIn(tonight, past);
}
const usual = (nights: number, ms = 2000): number[] =>
  Array.from({ length: nights }, (_, n) => ms + (n % 3) * 10);

t.test('two slow nights after usual ones are told, once', async (t) => {
  t.match(slower([...usual(8), 6000, 6100]), [
    {
      kind: 'slower',
      test: 'import@t0',
      text: /^took 6\.1 s, and 6\.0 s the night before; usual are 2\.0 s$/,
    },
  ]);
  t.same(slower([...usual(8), 6000, 6100, 6050]), [], 'the third is no news');
});

t.test('one slow night is what busy machines have', async (t) => {
  t.same(slower([...usual(8), 6000]), []);
  t.same(slower([...usual(8), 6000, 2000]), []);
  t.same(slower([...usual(5), 6000, ...usual(3), 6000]), []);
});

t.test('little longer, or little in all, is not told', async (t) => {
  t.same(slower([...usual(8), 2800, 2800]), [], 'less than half as long again');
  t.same(slower([...usual(8, 20), 500, 500]), [], 'less than a second');
  t.same(
    slower([2000, 5000, 2500, 6000, 3000, 5500, 2200, 5800, 6100, 6200]),
    [],
    'it is like that each night',
  );
});

t.test('too few nights, or nights in another accelerator, say nothing', async (t) => {
  t.same(slower([...usual(4), 6000, 6100]), []);
  const kvm = [...usual(8).map(() => 'kvm'), 'tcg', 'tcg'];
  t.same(
    slower([...usual(8), 6000, 6100], () => 1, kvm),
    [],
  );
});

t.test('a machine that is slow as a whole is one line, and no test is blamed', async (t) => {
  const found = slower(usual(10), (night) => (night >= 8 ? 3 : 1));
  t.match(found, [{ kind: 'slower', test: undefined, text: /^all of it took 3\.0 times as long as usual/ }]);
  t.equal(found.length, 1);
  t.same(
    slower(usual(11), (night) => (night >= 8 ? 3 : 1)),
    [],
    'once',
  );
  const both = slower([...usual(8), 9000, 9000], (night) => (night >= 8 ? 3 : 1));
  t.match(both, [{ test: undefined }, { test: 'import@t0' }], 'a test that is slower than the machine is');
});

t.test('what varies by no more than a second is never told', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1600, max: 2600 }), { minLength: 2, maxLength: 14 }),
      (times) => slower(times).length === 0,
    ),
  );
});

t.test('the middle of numbers, and how far they are from it', async (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1, 2, 3]), 2.5);
  t.ok(Number.isNaN(median([])));
  t.equal(spread([1, 2, 3, 4, 1000]), 1, 'one that is far away does not move it');
});
