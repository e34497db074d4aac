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
  /** One processor, and a clock that counts instructions, 2^shift ns each: the same programs run the same way each time. */
  readonly icount?: { readonly shift: number; readonly seed: number } | undefined;
}

/** Files and sockets of one guest, all inside its own folder. */
export interface MachineFiles {
  readonly results: string;
  readonly trace: string;
  readonly consoleLog: string;
  readonly consoleSocket: string;
  readonly qmpSocket: string;
  /** QEMU goes on writing where these files end, instead of at their beginning. */
  readonly append?: boolean;
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
 * - no_timer_check: where the host is so busy that no tick comes while the kernel counts ten of them, it panics ("IO-APIC +
 *   timer doesn't work!", seen at a load of 35 on two processors); in KVM a kernel leaves this out by itself;
 * - printk.devkmsg=on: the markers that tell subtests apart in the log are not rate-limited;
 * - sysrq_always_enabled: a break on the serial line asks a hung kernel for its stacks.
 */
export function kernelCommandLine(spec: Pick<MachineSpec, 'append' | 'accelerator'>): string {
  return [
    'console=ttyS0,115200',
    'acpi=off',
    ...(spec.accelerator === 'tcg' ? ['noapictimer', 'tsc=unstable', 'no_timer_check'] : []),
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
export const quoted = (path: string): string => path.replaceAll(',', ',,');

/** A device that does its work where the guest asks for it, and not in another thread whenever that gets to it. */
const SAME_THREAD = ',ioeventfd=off';

/**
 * Nothing of the host's time: the clock counts instructions, the date is fixed, and what the guest takes for random comes
 * from the seed (the processor has no RDRAND). Two runs of one initramfs are then the same, byte for byte. A virtio-gpu
 * would spoil that: QEMU's main loop serves it whenever it gets to it. The seed changes nothing in what our programs do:
 * threads meet elsewhere with other pauses, which are in the program.
 */
const exactly = ({ shift, seed }: { readonly shift: number; readonly seed: number }): string[] => [
  ...['-icount', `shift=${shift},sleep=off`],
  ...['-rtc', 'base=2020-02-25T00:00:00,clock=vm'],
  ...['-cpu', 'qemu64', '-seed', `${seed}`],
];

/**
 * What no kernel of ours looks at, since it boots with acpi=off: to make the tables takes QEMU 5 ms of processor, which is
 * more than a tenth of what a clone's start costs.
 */
const UNUSED = 'acpi=off,smm=off,vmport=off';

/** QEMU's arguments (without the program itself). A pure function, so that a run can be repeated from its record. */
export function qemuArguments(spec: MachineSpec, files: MachineFiles): string[] {
  const append = files.append === true ? 'on' : 'off';
  return [
    '-accel',
    spec.accelerator,
    ...(spec.accelerator === 'kvm' ? ['-cpu', 'host'] : []),
    ...(spec.icount === undefined ? [] : exactly(spec.icount)),
    '-m',
    `${spec.memoryMiB}`,
    '-smp',
    `${spec.cpus},sockets=${spec.cpus}`,
    '-machine',
    UNUSED,
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
    ...GPU_DEVICE[spec.gpu].map((word) =>
      spec.icount !== undefined && word.startsWith('virtio') ? word + SAME_THREAD : word,
    ),
    '-chardev',
    `socket,id=console,path=${quoted(files.consoleSocket)},server=on,wait=off,logfile=${quoted(files.consoleLog)},logappend=${append}`,
    '-serial',
    'chardev:console',
    '-device',
    `virtio-serial-pci${spec.icount === undefined ? '' : SAME_THREAD}`,
    '-chardev',
    `file,id=results,path=${quoted(files.results)},append=${append}`,
    '-device',
    `virtserialport,chardev=results,name=${RESULTS_PORT}`,
    '-chardev',
    `file,id=trace,path=${quoted(files.trace)},append=${append}`,
    '-device',
    `virtserialport,chardev=trace,name=${TRACE_PORT}`,
    '-qmp',
    `unix:${quoted(files.qmpSocket)},server=on,wait=off`,
  ];
}
