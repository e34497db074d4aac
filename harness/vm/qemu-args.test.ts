// SPDX-License-Identifier: MIT
import t from 'tap';
import { type MachineSpec, qemuArguments } from './qemu-args.js';

const SPEC: MachineSpec = {
  kernel: '/k/vmlinux',
  initramfs: '/k/initramfs',
  pvh: true,
  accelerator: 'tcg',
  gpu: 'none',
  cpus: 1,
  memoryMiB: 512,
  append: [],
};
const FILES = {
  results: 'results',
  trace: 'trace',
  consoleLog: 'log',
  consoleSocket: 'console',
  qmpSocket: 'qmp',
};
const line = (spec: Partial<MachineSpec>): string => qemuArguments({ ...SPEC, ...spec }, FILES).join(' ');

t.test('a clock that counts instructions: nothing of the host reaches the guest', async (t) => {
  const counted = line({ icount: { shift: 7, seed: 42 } });
  t.match(counted, / -icount shift=7,sleep=off /);
  t.match(counted, / -rtc base=\S+,clock=vm /);
  t.match(counted, / -cpu qemu64 -seed 42 /, 'no RDRAND');
  t.match(counted, / -device virtio-serial-pci,ioeventfd=off /, 'no other thread serves it');
  const usual = line({});
  t.notMatch(usual, /icount|-rtc|-seed|ioeventfd/);
  t.match(usual, / -device virtio-serial-pci /);
});
