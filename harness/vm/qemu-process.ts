// SPDX-License-Identifier: MIT
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';

export const QEMU = 'qemu-system-x86_64';

/** How QEMU itself ended. With -no-reboot a panic or a reboot of the guest is exit code 0. */
export interface QemuEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stderr: string;
}

export interface QemuStart {
  readonly args: readonly string[];
  /** Variables on top of ours. */
  readonly environment: Readonly<Record<string, string>>;
  /** A file for what it writes to standard error. */
  readonly errors: string;
  /** A file that it gets as its descriptor 3. */
  readonly state?: string;
}

export interface QemuProcess {
  /** Settles once it is gone, for whatever reason. */
  readonly ended: Promise<QemuEnd>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts QEMU; a fork server (fork-server.ts) has one that is quicker. */
export type QemuStarter = (start: QemuStart) => QemuProcess;

/** setpriv: the kernel kills QEMU should this process be killed in a way that leaves it no time to clean up. */
export const DIES_WITH_US = ['setpriv', '--pdeathsig', 'KILL'] as const;

export const startQemu: QemuStarter = ({ args, environment, errors, state }) => {
  // An open file of its own: those that share one would share the place where they read
  const fd = state === undefined ? undefined : openSync(state, 'r');
  const [file, ...first] = DIES_WITH_US;
  const child = execa(file, [...first, QEMU, ...args], {
    reject: false,
    // Any number does; the types of execa know those up to 9
    stdio: ['ignore', 'ignore', 'pipe', ...(fd === undefined ? [] : [fd as 9])],
    env: environment,
    maxBuffer: 1 << 20,
  });
  if (fd !== undefined) closeSync(fd);
  const ended = (async (): Promise<QemuEnd> => {
    const r = await child;
    const stderr = r.stderr ?? '';
    writeFileSync(errors, stderr);
    return {
      exitCode: r.exitCode,
      signal: r.signal,
      stderr: r.exitCode === undefined && !r.signal ? `${r.message}` : stderr,
    };
  })();
  return { ended, kill: (signal) => child.kill(signal) };
};
