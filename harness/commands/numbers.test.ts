// SPDX-License-Identifier: MIT
import t from 'tap';
import { icountOf, wholeNumber } from './numbers.js';

t.test('--icount', async (t) => {
  t.same(icountOf('7'), { shift: 7, seed: 0 });
  t.same(icountOf('0,42'), { shift: 0, seed: 42 });
  for (const bad of ['9', '-1', '7,', '7,x', '7,1,2', ''])
    t.throws(() => icountOf(bad), { message: /a shift from 0 to 8/ }, bad);
});

t.test('whole numbers', async (t) => {
  t.equal(wholeNumber(1, 8)('8'), 8);
  for (const bad of ['0', '9', '1.5', 'x', '']) t.throws(() => wholeNumber(1, 8)(bad), bad);
});
