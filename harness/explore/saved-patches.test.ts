// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { digestOf, PATCHES, savedPatches, savePatches } from './saved-patches.js';

const OURS = [
  { name: '0001-x.patch', text: 'one\n' },
  { name: '0001-x.patch', text: 'two\n' },
  { name: 'my own.patch', text: 'three\n' },
];
const DIGEST = digestOf(OURS.map(({ text }) => text));

t.test('patches are saved in their order, and found again', async (t) => {
  const folder = t.testdir();
  savePatches(folder, OURS);
  t.same(readdirSync(join(folder, PATCHES)).sort(), [
    '001-0001-x.patch',
    '002-0001-x.patch',
    '003-my-own.patch',
    'series',
  ]);
  t.equal(savedPatches(join(folder, 'program.prog'), DIGEST), join(folder, PATCHES));
  t.not(digestOf(['one\n', 'two\n']), digestOf(['two\n', 'one\n']), 'the order counts');
  t.not(digestOf(['ab', 'c']), digestOf(['a', 'bc']), 'and where one ends');
});

t.test('what is not what it was is refused', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'program.prog');
  t.equal(savedPatches(file, DIGEST), undefined, 'only the program was mailed');
  savePatches(folder, OURS);
  const second = join(folder, PATCHES, '002-0001-x.patch');
  writeFileSync(second, `${readFileSync(second, 'utf8')}more\n`);
  t.throws(() => savedPatches(file, DIGEST), {
    exitCode: 2,
    message: /are not the patches that .*program\.prog/,
  });
  rmSync(second);
  t.throws(() => savedPatches(file, DIGEST), { exitCode: 2, message: /cannot be read: .*002-0001-x\.patch/ });
});
