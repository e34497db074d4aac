// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CpuPlace, cpuPlaces } from './cpu-places.js';
import { displayEnvironment } from './display.js';
import { type Follower, follow } from './follow.js';
import { type MachineFiles, type MachineSpec, qemuArguments } from './qemu-args.js';
import { QEMU, type QemuEnd, type QemuStarter, startQemu } from './qemu-process.js';
import { connectQmp } from './qmp.js';

/** Where the trace channel of a guest ends up. */
export const TRACE_FILE = 'trace.bin';

/** A running guest. Nothing here knows what the bytes mean. */
export interface Machine {
  /** Program and arguments, as a person could type them. */
  readonly command: readonly string[];
  /** Environment variables that QEMU got on top of ours. */
  readonly environment: Readonly<Record<string, string>>;
  /** performance.now() when QEMU was started. */
  readonly startedAt: number;
  /** Settles once QEMU is gone, for whatever reason, and all files have been read to their end. */
  readonly ended: Promise<QemuEnd>;
  /** Read what has arrived so far, without waiting for the file watcher. */
  poll(): void;
  /** Ask the kernel where all its tasks and CPUs are (sysrq w, l, t over the serial line, then an NMI). Best effort. */
  askForStacks(): Promise<void>;
  /** Where its processors are now, as QEMU sees them; none if it cannot be asked. */
  cpuPlaces(): Promise<readonly CpuPlace[]>;
  /** End QEMU now, and wait until it is gone. Safe to call at any time, more than once. */
  stop(): Promise<void>;
}

export interface MachineListeners {
  onResults(bytes: Buffer): void;
  onTrace(bytes: Buffer): void;
  onConsole(bytes: Buffer): void;
}

/**
 * Start QEMU in `folder` (which must exist and be empty): console.log, results.txt, trace.bin and
 * qemu-stderr.log are written there.
 */
export function startMachine(spec: MachineSpec, folder: string, listeners: MachineListeners): Machine {
  const files = machineFiles(folder);
  for (const file of [files.results, files.trace, files.consoleLog]) writeFileSync(file, '');
  return launch(
    { args: qemuArguments(spec, files), environment: displayEnvironment(spec.gpu), folder, files },
    listeners,
  );
}

/** Files of a machine in its folder. Sockets go to a new short path under the temp folder: 107 bytes at most. */
export function machineFiles(folder: string): MachineFiles & { readonly sockets: string } {
  const sockets = mkdtempSync(join(tmpdir(), 'fencelab-'));
  return {
    sockets,
    results: join(folder, 'results.txt'),
    trace: join(folder, TRACE_FILE),
    consoleLog: join(folder, 'console.log'),
    consoleSocket: join(sockets, 'console'),
    qmpSocket: join(sockets, 'qmp'),
  };
}

/** One QEMU to start. Its three output files exist. */
export interface Launch {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** The folder of the sockets is removed when QEMU is gone. */
  readonly files: ReturnType<typeof machineFiles>;
  /** A file that QEMU gets as its descriptor 3. */
  readonly state?: string;
  /** {@link startQemu} if there is no other. */
  readonly start?: QemuStarter | undefined;
  /** Where it has something to finish: it is asked to end, and made to if it does not within three seconds. */
  readonly endsInOrder?: boolean;
}

const IN_ORDER_MS = 3000;

/** Start QEMU, and hand on what it writes until it ends. */
export function launch(order: Launch, listeners: MachineListeners): Machine {
  const { files, args } = order;
  const startedAt = performance.now();
  const qemu = (order.start ?? startQemu)({
    args,
    environment: order.environment,
    errors: join(order.folder, 'qemu-stderr.log'),
    ...(order.state === undefined ? {} : { state: order.state }),
  });
  const followers: Follower[] = [
    follow(files.results, listeners.onResults),
    follow(files.trace, listeners.onTrace),
    follow(files.consoleLog, listeners.onConsole),
  ];
  const ended = (async (): Promise<QemuEnd> => {
    const end = await qemu.ended;
    for (const f of followers) f.end();
    rmSync(files.sockets, { recursive: true, force: true });
    return end;
  })();
  return {
    command: [QEMU, ...args],
    environment: order.environment,
    startedAt,
    ended,
    poll: () => {
      for (const f of followers) f.poll();
    },
    askForStacks: () => askForStacks(files.consoleSocket, files.qmpSocket).catch(() => undefined),
    cpuPlaces: () => cpuPlaces(files.qmpSocket).catch(() => []),
    stop: async () => {
      qemu.kill(order.endsInOrder === true ? 'SIGTERM' : 'SIGKILL');
      const timer = setTimeout(() => qemu.kill('SIGKILL'), IN_ORDER_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

const SYSRQ_KEYS = ['w', 'l', 't'] as const;
const SYSRQ_PAUSE_MS = 400;

async function askForStacks(consoleSocket: string, qmpSocket: string): Promise<void> {
  const qmp = await connectQmp(qmpSocket);
  const line = createConnection(consoleSocket);
  line.on('error', () => undefined);
  line.resume();
  try {
    for (const key of SYSRQ_KEYS) {
      await qmp.execute('chardev-send-break', { id: 'console' });
      line.write(key);
      await sleep(SYSRQ_PAUSE_MS);
    }
    await qmp.execute('inject-nmi');
    await sleep(SYSRQ_PAUSE_MS);
  } finally {
    line.destroy();
    qmp.close();
  }
}
