// SPDX-License-Identifier: MIT
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UntestableError } from '../errors.js';
import { type CloneFiles, cloneArguments, templateArguments } from './clone-args.js';
import { displayEnvironment } from './display.js';
import { type Job, jobStream } from './initramfs.js';
import { launch, type Machine, type MachineListeners, machineFiles } from './machine.js';
import type { MachineSpec } from './qemu-args.js';
import type { QemuStarter } from './qemu-process.js';
import { connectQmp, type Qmp } from './qmp.js';

/**
 * A guest as it was at one moment. Memory and state are files without a name: they are gone when nobody has them open any
 * more, however this process ends.
 */
export interface SavedGuest {
  readonly spec: MachineSpec;
  readonly memory: number;
  readonly state: number;
  /** What it had written until then. */
  readonly results: Uint8Array;
  readonly console: Uint8Array;
}

/** A guest that runs and can be saved. */
export interface Saveable {
  readonly machine: Machine;
  /** Saves it, and ends it. It must be waiting for its job. */
  save(): Promise<SavedGuest>;
}

/** Start a guest in `folder`, which must exist and be empty. Its job ends with `more`. */
export function startSaveable(spec: MachineSpec, folder: string, listeners: MachineListeners): Saveable {
  const room = roomFor(spec.memoryMiB);
  const [memory, state] = [nameless(room), nameless(room)];
  const files = cloneFiles(folder, memory);
  for (const file of [files.results, files.trace, files.consoleLog]) writeFileSync(file, '');
  const environment = displayEnvironment(spec.gpu);
  const server = serve(files.jobSocket, undefined);
  const machine = launch({ args: templateArguments(spec, files), environment, folder, files }, listeners);
  let saved = false;
  void machine.ended.then(() => {
    server.close();
    if (!saved) for (const fd of [memory, state]) closeSync(fd);
  });
  return {
    machine,
    save: async () => {
      const qmp = await connectQmp(files.qmpSocket);
      try {
        await allowShared(qmp);
        await qmp.execute('migrate', { uri: `exec:cat > ${pathOf(state)}` });
        for (;;) {
          const { status, why } = progressOf(await qmp.execute('query-migrate'));
          if (status === 'completed') break;
          if (status === 'failed' || status === 'cancelled')
            throw new UntestableError(`QEMU could not save a guest: ${why}`);
          await sleep(2);
        }
      } finally {
        qmp.close();
      }
      saved = true;
      await machine.stop();
      const [results, console] = [readFileSync(files.results), readFileSync(files.consoleLog)];
      return { spec, memory, state, results, console };
    },
  };
}

/**
 * Start a clone in `folder`, which must exist, and give it its job. Its files begin with what the saved guest had said.
 * `start` starts QEMU.
 */
export function startClone(
  saved: SavedGuest,
  folder: string,
  listeners: MachineListeners,
  job: Job,
  start: QemuStarter,
): Machine {
  const { spec } = saved;
  const files = cloneFiles(folder, saved.memory);
  writeFileSync(files.results, saved.results);
  writeFileSync(files.trace, '');
  writeFileSync(files.consoleLog, saved.console);
  const server = serve(files.jobSocket, jobStream(job));
  const environment = displayEnvironment(spec.gpu);
  const args = cloneArguments(spec, files);
  const state = pathOf(saved.state);
  const machine = launch({ args, environment, folder, files, state, start }, listeners);
  void machine.ended.then(() => server.close());
  let failure = '';
  load(files.qmpSocket, machine).catch((error: unknown) => {
    failure = `a clone could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
    return machine.stop();
  });
  const ended = machine.ended.then((end) =>
    failure === '' ? end : { ...end, stderr: `${end.stderr}${failure}` },
  );
  return { ...machine, ended };
}

/** How long a busy host may take until QEMU's monitor answers, in ms. */
const MONITOR_MS = 20_000;

/** It runs on as soon as it is loaded, as the saved one did. */
async function load(qmpSocket: string, machine: Machine): Promise<void> {
  const qmp = await connectSoon(qmpSocket, machine);
  if (qmp === undefined) return;
  try {
    await allowShared(qmp);
    await qmp.execute('migrate-incoming', { uri: 'fd:3' });
  } finally {
    qmp.close();
  }
}

/** QEMU makes its socket a little later than it starts, and listens a little later again. Undefined: it has ended. */
async function connectSoon(path: string, machine: Machine): Promise<Qmp | undefined> {
  let gone = false;
  void machine.ended.then(() => {
    gone = true;
  });
  for (const deadline = performance.now() + MONITOR_MS; !gone; await sleep(2)) {
    if (!existsSync(path)) {
      if (performance.now() > deadline) throw new Error('its monitor did not appear');
      continue;
    }
    try {
      return await connectQmp(path, MONITOR_MS);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
  return undefined;
}

export function forget(saved: SavedGuest): void {
  for (const fd of [saved.memory, saved.state]) closeSync(fd);
}

function cloneFiles(folder: string, memory: number): CloneFiles & ReturnType<typeof machineFiles> {
  const files = machineFiles(folder);
  return {
    ...files,
    jobSocket: join(files.sockets, 'job'),
    memory: pathOf(memory),
  };
}

/** The other end of the port. It stays open, since a port without a host reads as ended. */
function serve(path: string, bytes: Buffer | undefined): { close(): void } {
  const server = createServer((socket) => {
    server.close();
    socket.on('error', () => undefined);
    socket.resume();
    if (bytes !== undefined) socket.write(bytes);
  });
  server.on('error', () => undefined); // QEMU does not find it, and says so
  server.listen(path);
  return server;
}

/** Memory if there is enough of it, since clones read the file all the time; else the temp folder. */
function roomFor(memoryMiB: number): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize >= memoryMiB * 2 ** 20) return '/dev/shm';
  } catch {
    // there is none
  }
  return tmpdir();
}

/** A file without a name can be opened again as long as we have it open. */
const pathOf = (fd: number): string => `/proc/${process.pid}/fd/${fd}`;

/** Memory that is in a shared file is not part of the state. */
const allowShared = (qmp: Qmp): Promise<unknown> =>
  qmp.execute('migrate-set-capabilities', {
    capabilities: [{ capability: 'x-ignore-shared', state: true }],
  });

function nameless(room: string): number {
  const folder = mkdtempSync(join(room, 'fencelab-'));
  try {
    return openSync(join(folder, 'file'), 'w+');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function progressOf(answer: unknown): { readonly status: string; readonly why: string } {
  const of = (name: string): string =>
    typeof answer === 'object' && answer !== null && name in answer ? String(Reflect.get(answer, name)) : '';
  return { status: of('status'), why: of('error-desc') || 'it does not say why' };
}
