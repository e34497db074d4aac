// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type AcceleratorRequest, chooseAccelerator, type KvmAnswer } from './accelerator.js';

function request(folder: string, answer: KvmAnswer, more: Partial<AcceleratorRequest> = {}) {
  let probes = 0;
  const r: AcceleratorRequest = {
    wanted: 'auto',
    memory: join(folder, 'kvm.json'),
    host: 'host-1',
    openKvm: () => undefined,
    probe: async () => {
      probes++;
      return answer;
    },
    ...more,
  };
  return { choose: () => chooseAccelerator(r), probes: () => probes };
}
const hangs: KvmAnswer = { works: false, why: 'a guest hung in it' };

t.test('a device that opens is not enough: the guest that hung decides, and is asked once', async (t) => {
  const { choose, probes } = request(t.testdir(), hangs);
  t.match(await choose(), { accelerator: 'tcg', why: /a guest hung in it/ });
  t.match(await choose(), { accelerator: 'tcg', why: /a guest hung in it/ });
  t.equal(probes(), 1);
});

t.test('a guest that ran is remembered too', async (t) => {
  const { choose, probes } = request(t.testdir(), { works: true });
  t.equal((await choose()).accelerator, 'kvm');
  t.equal((await choose()).accelerator, 'kvm');
  t.equal(probes(), 1);
});

t.test('another host, a damaged memory or --accel kvm ask again', async (t) => {
  const folder = t.testdir();
  await request(folder, hangs).choose();
  const other = request(folder, { works: true }, { host: 'host-2' });
  t.equal((await other.choose()).accelerator, 'kvm');
  writeFileSync(join(folder, 'kvm.json'), '{"host":');
  const damaged = request(folder, { works: true });
  t.equal((await damaged.choose()).accelerator, 'kvm');
  const demanded = request(folder, hangs, { wanted: 'kvm' });
  await t.rejects(demanded.choose(), { exitCode: 125, message: /a guest hung in it/ });
});

t.test('no device: nothing is probed, nothing is remembered', async (t) => {
  const { choose, probes } = request(
    t.testdir(),
    { works: true },
    { openKvm: () => '/dev/kvm does not exist' },
  );
  t.match(await choose(), { accelerator: 'tcg', why: /does not exist/ });
  t.equal(probes(), 0);
});

t.test('--accel tcg asks nobody', async (t) => {
  const { choose, probes } = request(t.testdir(), { works: true }, { wanted: 'tcg' });
  t.equal((await choose()).accelerator, 'tcg');
  t.equal(probes(), 0);
});
