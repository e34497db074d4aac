// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { parseWords } from './order.js';

test('without options our series is measured against 6.1', async (t) => {
  const { names, order } = parseWords(['ioctls']);
  t.same(names, ['ioctls']);
  t.same(order, {
    ours: { kernel: 'debian:5.10', patch: ['auto'] },
    theirs: { kernel: 'debian:6.1', patch: ['none'] },
    ...{ pairs: 5, parts: [], json: undefined },
  });
});

test('another series, other parts', async (t) => {
  const words = ['ioctls', '--patch', 'a', '--patch', 'b', '--against', 'debian:6.12', '--pairs', '9'];
  const { order } = parseWords([...words, '--part', 'lock', '--part', 'time', '--json', 'f.json']);
  t.same(order.ours.patch, ['a', 'b']);
  t.equal(order.theirs.kernel, 'debian:6.12');
  t.match(order, { pairs: 9, parts: ['lock', 'time'], json: 'f.json' });
});

test('words that mean nothing are refused', async (t) => {
  t.throws(() => parseWords(['--pairs', '0']), /--pairs 0/);
  t.throws(() => parseWords(['--pairs', 'many']), /--pairs many/);
  t.throws(() => parseWords(['--part', 'speed']), /--part speed: there are time, lock/);
  t.throws(() => parseWords(['--series', 'x']), /--series/);
});
