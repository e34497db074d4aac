// SPDX-License-Identifier: MIT
import t from 'tap';
import { chooseFor, type SeenKernel } from './kernel.js';

const seen = (release: string, traits: SeenKernel['traits']) => chooseFor({ release, traits });

t.test('what was probed decides', async (t) => {
  const rows: readonly (readonly [ReturnType<typeof seen>, string, RegExp | undefined])[] = [
    [
      seen('5.10.262', { ioctls: 'yes', deadline: 'no', 'usage-classes': 'no' }),
      'linux-5.10+series',
      undefined,
    ],
    [seen('5.10.262', { ioctls: 'no', deadline: 'no' }), 'linux-5.10', undefined],
    [seen('6.1.192', { ioctls: 'yes', deadline: 'no', 'forgets-names': 'unknown' }), '6.1', undefined],
    [seen('7.3.4', { ioctls: 'yes', deadline: 'yes', 'forgets-names': 'unknown' }), '7.3', undefined],
    [
      seen('6.6.1', { ioctls: 'yes', deadline: 'yes', 'forgets-names': 'no' }),
      '6.12',
      /6\.6\.1 is not 6\.12/,
    ],
    [
      seen('5.10.1', { ioctls: 'yes', deadline: 'no', 'usage-classes': 'yes' }),
      '6.1',
      /5\.10\.1 is not 6\.1/,
    ],
  ];
  for (const [{ profile, doubts }, name, doubt] of rows) {
    t.equal(profile.name, name);
    if (doubt === undefined) t.same(doubts, []);
    else t.match(doubts.join('; '), doubt);
  }
});

t.test('where nothing was, the release does, and that is said', async (t) => {
  for (const [release, name] of [
    ['5.10.262', 'linux-5.10+series'],
    ['6.1.1', '6.1'],
    ['6.12.1', '6.12'],
    ['7.3.4', '7.3'],
  ] as const) {
    const { profile, doubts } = seen(release, {});
    t.equal(profile.name, name);
    t.match(doubts.join(), /did not say what its kernel does/);
  }
});
