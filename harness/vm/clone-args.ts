// SPDX-License-Identifier: MIT
import { type MachineFiles, type MachineSpec, qemuArguments, quoted } from './qemu-args.js';

export const JOB_PORT = 'fencelab.job';
/** The files of a guest that gets its job over a port. */
export interface CloneFiles extends MachineFiles {
  /** A unix socket on which we listen before QEMU is started: to the guest the port is never without a host. */
  readonly jobSocket: string;
  /** The guest's memory. */
  readonly memory: string;
}

/** What a guest that is saved and its clones have in common: the same devices, or the state does not fit. */
function sameDevices(spec: MachineSpec, files: CloneFiles, share: 'on' | 'off'): string[] {
  return [
    '-object',
    `memory-backend-file,id=memory,size=${spec.memoryMiB}M,mem-path=${quoted(files.memory)},share=${share}`,
    '-machine',
    'memory-backend=memory',
    '-chardev',
    `socket,id=job,path=${quoted(files.jobSocket)}`,
    '-device',
    `virtserialport,chardev=job,name=${JOB_PORT}`,
  ];
}

/** QEMU's arguments for the guest that will be saved: what it writes to its memory, it writes to the file. */
export const templateArguments = (spec: MachineSpec, files: CloneFiles): string[] => [
  ...qemuArguments(spec, files),
  ...sameDevices(spec, files, 'on'),
];

/** QEMU's arguments for a clone: what it writes to its memory is its own, and it waits for the rest of its state. */
export const cloneArguments = (spec: MachineSpec, files: CloneFiles): string[] => [
  ...withoutBoot(qemuArguments(spec, { ...files, append: true })),
  ...sameDevices(spec, files, 'off'),
  '-incoming',
  'defer',
];

const BOOT = ['-kernel', '-initrd', '-append'];

/** Its kernel is in its memory: reading it and the initramfs again would be a fifth of what a clone costs. */
const withoutBoot = (args: readonly string[]): string[] =>
  args.filter((arg, at) => !BOOT.includes(arg) && !BOOT.includes(args[at - 1] ?? ''));
