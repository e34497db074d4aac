// SPDX-License-Identifier: MIT
import type { Mutant } from './mutants.js';

const SERIES = 'linux-5.10+series';

/** Broken rules of cards, commits and times. */
export const DEVICE_MUTANTS: readonly Mutant[] = [
  { name: 'a-look-stamps', change: { stamps: 'looked at' }, kernel: SERIES, broken: 'ABI' },
  { name: 'a-time-is-ahead', change: { stamps: 'ahead' }, kernel: '6.1', broken: 'ABI' },
  { name: 'open-makes-a-second-handle', change: { openFindsHandle: false }, kernel: SERIES, broken: 'ABI' },
  {
    name: 'an-import-has-fences-of-its-own',
    change: { importSharesResv: false },
    kernel: SERIES,
    broken: 'P1',
  },
  { name: 'vkms-exports-on-5.10', change: { vkmsShares: true }, kernel: SERIES, broken: 'ABI' },
  { name: 'vkms-lets-go-on-5.10', change: { vkmsShares: true }, kernel: 'linux-5.10', broken: 'crash' },
  { name: 'idle-ignores-reads', change: { idleSeesReads: false }, kernel: SERIES, broken: 'P1' },
  { name: 'virtio-drops-others', change: { driverKeepsOthers: false }, kernel: SERIES, broken: 'P1' },
  { name: 'virtio-drops-others-upstream', change: { driverKeepsOthers: false }, kernel: '6.1', broken: 'P1' },
  {
    name: 'virtio-keeps-others-on-5.10',
    change: { driverKeepsOthers: true },
    kernel: 'linux-5.10',
    broken: 'P1',
  },
  { name: 'a-flip-does-not-wait', change: { commitWaitsForGiven: false }, kernel: SERIES, broken: 'P1' },
  { name: 'nothing-overrules-the-buffer', change: { givenOverrules: false }, kernel: '6.1', broken: 'P1' },
  { name: 'vkms-ignores-writers', change: { vkmsWaitsForWriters: false }, kernel: '6.1', broken: 'P1' },
  { name: 'virtio-ignores-writers', change: { virtioWaitsForWriters: false }, kernel: '7.3', broken: 'P1' },
  {
    name: 'virtio-waits-for-writers-before-7.3',
    change: { virtioWaitsForWriters: true },
    kernel: '6.12',
    broken: 'P1',
  },
  {
    name: 'a-name-changes-under-a-driver-on-5.10',
    change: { nameWhileAttached: true },
    kernel: SERIES,
    broken: 'ABI',
  },
  { name: 'two-commits-at-a-time', change: { commitsOneAtATime: false }, kernel: SERIES, broken: 'ABI' },
];
