// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { CONTRACT } from '../rules/contract.js';
import { chooseProfile, PROFILES, type Traits } from './profiles.js';

test('a profile is chosen by what the kernel does, and a doubt is said', async (t) => {
  const seen = (release: string, more: Partial<Traits> = {}) =>
    chooseProfile({ release, ioctls: true, deadline: false, forgetsNames: false, ...more });
  const rows: readonly (readonly [ReturnType<typeof chooseProfile>, string, RegExp | undefined])[] = [
    [seen('5.10.262'), 'linux-5.10+series', undefined],
    [seen('5.10.262', { ioctls: false }), 'linux-5.10', undefined],
    [seen('6.1.192'), '6.1', undefined],
    [seen('6.12.107', { deadline: true }), '6.12', undefined],
    [seen('7.3.4', { deadline: true, forgetsNames: true }), '7.3', undefined],
    [seen('6.6.1', { deadline: true }), '6.12', /6\.6\.1 is not 6\.12/],
    [seen('5.15.9'), 'linux-5.10+series', /5\.15\.9 is not 5\.10/],
    [seen('5.10.1-amd', { usageClasses: true }), '6.1', /is not 6\.1/],
    [seen('5.19.1', { ioctls: false }), '6.1', /without EXPORT/],
    [seen('5.10.9', { deadline: true }), 'linux-5.10+series', /later kernels/],
    [seen('nonsense'), 'linux-5.10+series', /nonsense/],
  ];
  for (const [{ profile, doubts }, name, doubt] of rows) {
    t.equal(profile.name, name);
    if (doubt === undefined) t.same(doubts, []);
    else t.match(doubts.join('; '), doubt);
  }
});

test('a deviation says where it was read', async (t) => {
  for (const { deviations } of PROFILES)
    for (const { source, what } of deviations) t.match(source, /\.c.*\b[567]\.\d+/, what);
});

test('every rule that a profile changes is a rule', async (t) => {
  for (const { rules, name } of PROFILES)
    t.same(Object.keys(rules).sort(), Object.keys(CONTRACT).sort(), name);
});
