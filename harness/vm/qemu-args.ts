// SPDX-License-Identifier: MIT

export const GPUS = ['2d', 'virgl', 'none'] as const;
export type Gpu = (typeof GPUS)[number];
export type Accelerator = 'kvm' | 'tcg';

/** Everything that decides QEMU's command line. Paths are absolute, since QEMU runs in the guest's own folder. */
export interface MachineSpec {
  /** A bzImage, or a vmlinux with a PVH note, which boots 0.1-0.25 s sooner. */
  readonly kernel: string;
  readonly initramfs: string;
  /** True where `kernel` is an uncompressed vmlinux: qboot can enter it directly. */
  readonly pvh: boolean;
  readonly accelerator: Accelerator;
  readonly gpu: Gpu;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Words added to the kernel's command line. */
  readonly append: readonly string[];
}

/** Files and sockets of one guest, all inside its own folder. */
export interface MachineFiles {
  readonly results: string;
  readonly trace: string;
  readonly consoleLog: string;
  readonly consoleSocket: string;
  readonly qmpSocket: string;
}

export const RESULTS_PORT = 'fencelab.results';
/** Everything that the test programs do, op by op: far more than the results, so it has a port of its own. */
export const TRACE_PORT = 'fencelab.trace';

/**
 * The kernel's command line, word by word:
 * - console=ttyS0: the serial port carries the whole kernel log, our markers included; it is the only source of splats;
 * - acpi=off, noapictimer: the two largest parts of a boot under emulation (../shared figures: 350-650 ms and 100-200 ms);
 *   MSI makes the PCI devices work without ACPI's routing tables;
 * - oops=panic panic=-1: a kernel that oopsed is not trusted any further; with -no-reboot QEMU then ends, at once;
 * - tsc=unstable: on a busy host an emulated TSC is calibrated wrong, and all time limits with it (seen: 8 times too fast);
 * - printk.devkmsg=on: the markers that tell subtests apart in the log are not rate-limited;
 * - sysrq_always_enabled: a break on the serial line asks a hung kernel for its stacks.
 */
export function kernelCommandLine(spec: Pick<MachineSpec, 'append' | 'accelerator'>): string {
  return [
    'console=ttyS0,115200',
    'acpi=off',
    ...(spec.accelerator === 'tcg' ? ['noapictimer', 'tsc=unstable'] : []),
    'oops=panic',
    'panic=-1',
    'sysrq_always_enabled',
    'printk.devkmsg=on',
    ...spec.append,
  ].join(' ');
}

const GPU_DEVICE: Record<Gpu, readonly string[]> = {
  '2d': ['-device', 'virtio-gpu-pci'],
  virgl: ['-device', 'virtio-gpu-gl-pci'],
  none: [],
};

/** Chardev options are separated by commas; a comma in a path is written twice. */
const quoted = (path: string): string => path.replaceAll(',', ',,');

/** QEMU's arguments (without the program itself). A pure function, so that a run can be repeated from its record. */
export function qemuArguments(spec: MachineSpec, files: MachineFiles): string[] {
  return [
    '-accel',
    spec.accelerator,
    ...(spec.accelerator === 'kvm' ? ['-cpu', 'host'] : []),
    '-m',
    `${spec.memoryMiB}`,
    '-smp',
    `${spec.cpus},sockets=${spec.cpus}`,
    '-nodefaults',
    '-no-user-config',
    '-no-reboot',
    // qboot enters a PVH kernel 0.1 s sooner than SeaBIOS; with an SDL display QEMU 7.2 hangs in it before the kernel.
    ...(spec.pvh && spec.gpu !== 'virgl' ? ['-bios', 'qboot.rom'] : []),
    '-kernel',
    spec.kernel,
    '-initrd',
    spec.initramfs,
    '-append',
    kernelCommandLine(spec),
    '-display',
    spec.gpu === 'virgl' ? 'sdl,gl=on' : 'none',
    ...GPU_DEVICE[spec.gpu],
    '-chardev',
    `socket,id=console,path=${quoted(files.consoleSocket)},server=on,wait=off,logfile=${quoted(files.consoleLog)},logappend=off`,
    '-serial',
    'chardev:console',
    '-device',
    'virtio-serial-pci',
    '-chardev',
    `file,id=results,path=${quoted(files.results)}`,
    '-device',
    `virtserialport,chardev=results,name=${RESULTS_PORT}`,
    '-chardev',
    `file,id=trace,path=${quoted(files.trace)}`,
    '-device',
    `virtserialport,chardev=trace,name=${TRACE_PORT}`,
    '-qmp',
    `unix:${quoted(files.qmpSocket)},server=on,wait=off`,
  ];
}
