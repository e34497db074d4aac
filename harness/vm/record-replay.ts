// SPDX-License-Identifier: MIT
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../errors.js';
import { displayEnvironment } from './display.js';
import { launch, type Machine, type MachineListeners, machineFiles } from './machine.js';
import { type MachineSpec, qemuArguments, quoted } from './qemu-args.js';

/** 2^3 ns an instruction, where nobody says: a guest that is neither slower nor faster than its clock by much. */
const SHIFT = 3;

/** What QEMU writes while it records, and reads while it replays. */
const logIn = (folder: string): string => join(folder, 'record.log');

/**
 * QEMU's arguments (docs/system/replay.rst): time is counted in instructions, and what comes from outside is kept. The debugger's
 * server is there while recording too: it is one more character device, without which QEMU 7.2 does not get on in its log. Going
 * back (reverse-continue) wants snapshots, rrsnapshot=: with them QEMU 7.2 does not get on either.
 */
function replayArguments(
  spec: MachineSpec,
  log: string,
  gdbSocket: string,
  mode: 'record' | 'replay',
): string[] {
  const shift = spec.icount?.shift ?? SHIFT;
  return [
    '-icount',
    `shift=${shift},rr=${mode},rrfile=${quoted(log)}`,
    '-rtc',
    'base=2020-01-01,clock=vm',
    '-gdb',
    `unix:${quoted(gdbSocket)},server=on,wait=off`,
  ];
}

const gdbSocketIn = (sockets: string): string => join(sockets, 'gdb');

/** @throws UsageError for machines that cannot be replayed. */
function canBeReplayed({ cpus, gpu, icount: _, ...spec }: MachineSpec): MachineSpec {
  if (cpus !== 1)
    throw new UsageError('only guests of one processor can be recorded', { remedy: 'Leave out --cpus.' });
  if (gpu === 'virgl')
    throw new UsageError('a guest with virtio-gpu 3D cannot be recorded', { remedy: 'Use --gpu 2d.' });
  // Where the kernel lies must be what its symbols say
  return { ...spec, cpus, gpu, accelerator: 'tcg', append: [...spec.append, 'nokaslr'] };
}

/** Start a guest in `folder` of which everything is kept that makes it run the same way again. */
export function startRecording(spec: MachineSpec, folder: string, listeners: MachineListeners): Machine {
  const machine = canBeReplayed(spec);
  const files = machineFiles(folder);
  for (const file of [files.results, files.trace, files.consoleLog]) writeFileSync(file, '');
  const args = [
    ...qemuArguments(machine, files),
    ...replayArguments(spec, logIn(folder), gdbSocketIn(files.sockets), 'record'),
  ];
  const environment = displayEnvironment(spec.gpu);
  return launch({ args, environment, folder, files, endsInOrder: true }, listeners);
}

/** A guest that runs again as it did in `folder`, once a debugger at `gdbSocket` lets it. */
export interface Replay {
  readonly machine: Machine;
  readonly gdbSocket: string;
}

const SERVER_MS = 30_000;

/** Until the debugger's server is there: QEMU makes its socket some time after it has started. False if QEMU ends before. */
export async function replayListens({ machine, gdbSocket }: Replay): Promise<boolean> {
  let gone = false;
  void machine.ended.then(() => {
    gone = true;
  });
  const until = performance.now() + SERVER_MS;
  while (!existsSync(gdbSocket) && !gone && performance.now() < until) await sleep(20);
  return existsSync(gdbSocket);
}

export function startReplay(spec: MachineSpec, folder: string): Replay {
  const machine = canBeReplayed(spec);
  const again = join(folder, 'replay');
  mkdirSync(again, { recursive: true });
  const files = machineFiles(again);
  for (const file of [files.results, files.trace, files.consoleLog]) writeFileSync(file, '');
  const gdbSocket = gdbSocketIn(files.sockets);
  const args = [
    ...qemuArguments(machine, files),
    ...replayArguments(spec, logIn(folder), gdbSocket, 'replay'),
    '-S',
  ];
  const environment = displayEnvironment(spec.gpu);
  const nothing = (): void => undefined;
  const listeners = { onResults: nothing, onTrace: nothing, onConsole: nothing };
  return { machine: launch({ args, environment, folder: again, files }, listeners), gdbSocket };
}
