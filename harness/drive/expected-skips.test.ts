// SPDX-License-Identifier: MIT
import t from 'tap';
import type { PlannedSubtest } from '../result/result.js';
import { isExpectedSkip } from './expected-skips.js';

const planned = (program: string, subtest: string, ...flags: PlannedSubtest['flags']): PlannedSubtest => ({
  program,
  subtest,
  flags,
  limitSeconds: 10,
  promises: [],
  purpose: 'x',
});
const means = { gpu: '2d', profile: 'fast', cpus: 1, release: '5.10.262' };
const expected = (s: PlannedSubtest, more = {}, dynamic?: string): boolean =>
  isExpectedSkip({ program: s.program, subtest: s.subtest, dynamic }, s, { ...means, ...more });

t.test('what needs 3D or fault injection may skip only in a guest without', async (t) => {
  const virgl = planned('virgl', 'out-fence', 'virgl');
  t.ok(expected(virgl));
  t.notOk(expected(virgl, { gpu: 'virgl' }));
  const faults = planned('nomem', 'export', 'faults');
  t.ok(expected(faults));
  t.notOk(expected(faults, { profile: 'debug' }));
  const race = planned('vgem', 'race-poll', 'smp');
  t.ok(expected(race));
  t.notOk(expected(race, { cpus: 2 }));
});

t.test('a subtest that needs nothing may not skip', async (t) => {
  t.notOk(expected(planned('export', 'snapshot')));
});

t.test('what a kernel line cannot do may skip on that line only', async (t) => {
  const shows = planned('share', 'vkms-shows-heap');
  t.ok(expected(shows));
  t.notOk(expected(shows, { release: '6.1.192' }));
});

t.test('one part of a subtest may skip', async (t) => {
  t.ok(expected(planned('share', 'import-is-seen'), {}, 'vkms'));
});

t.test('without a virtio-gpu its programs may skip, with 3D what tests its absence', async (t) => {
  const wait = planned('virtio-gpu', 'wait-nowait');
  t.ok(expected(wait, { gpu: 'none' }));
  t.notOk(expected(wait, { gpu: 'virgl' }));
  t.ok(expected(planned('virtio-gpu', 'render-without-3d'), { gpu: 'virgl' }));
  t.ok(expected(planned('atomic', 'two-cards'), { gpu: 'none' }));
  t.notOk(expected(planned('atomic', 'round-trips'), { gpu: 'none' }));
});
