// SPDX-License-Identifier: MIT
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { projectRoot } from '../folders.js';
import { run, whyFailed } from '../process/run.js';
import { DIES_WITH_US, QEMU, type QemuEnd, type QemuStart, type QemuStarter } from './qemu-process.js';

const SOURCE = join(projectRoot, 'vm-images', 'host', 'fork-server.c');

/** How long a QEMU that is only loaded may take, on a host that is very busy, in ms. */
const READY_MS = 10_000;

/** A QEMU that is linked once; what is started is forked from it, with the environment that it has. */
export interface ForkServer {
  readonly start: QemuStarter;
  /** It ends when the last of those that it started has. */
  end(): void;
}

/** Why there is none. Everything can be started without it, only later. */
export interface NoForkServer {
  readonly why: string;
}

/** See vm-images/host/fork-server.c, which is compiled for this. Takes about a tenth of a second. */
export async function startForkServer(
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ForkServer | NoForkServer> {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-fork-'));
  try {
    const library = join(folder, 'fork-server.so');
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
    const built = await run('gcc', [...flags, '-o', library, SOURCE, '-ldl'], {
      signal,
      env: { TMPDIR: folder }, // what it leaves when it is stopped goes with the folder
    });
    signal.throwIfAborted();
    if (!built.ok) return { why: `${SOURCE} does not compile: gcc ${whyFailed(built)}` };
    // The loader maps it before QEMU says that it is ready; after that the file may go
    return await launched(library, environment, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function launched(
  library: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ForkServer | NoForkServer> {
  const preload = [library, process.env['LD_PRELOAD'] ?? ''].filter((path) => path !== '').join(' ');
  const [file, ...first] = DIES_WITH_US;
  const child = execa(file, [...first, QEMU], {
    reject: false,
    buffer: { stdout: false },
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...environment, LD_PRELOAD: preload, FENCELAB_FORK_SERVER: '1' },
  });
  // It has ended, which is told of below
  child.stdin.on('error', () => undefined);
  const running = new Map<string, { readonly errors: string; over(end: QemuEnd): void }>();
  let heard: (ready: boolean) => void = () => undefined;
  const ready = new Promise<boolean>((resolve) => {
    heard = resolve;
  });
  let gone: string | undefined;
  let closing = false;
  const closeIfIdle = (): void => {
    if (closing && running.size === 0) child.stdin.end();
  };
  const over = (id: string, end: Omit<QemuEnd, 'stderr'>, text?: string): void => {
    const one = running.get(id);
    if (one === undefined) return;
    running.delete(id);
    one.over({ ...end, stderr: text ?? textOf(one.errors) });
    closeIfIdle();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word, id = '', how, number] = line.split(' ');
    if (word === 'ready') heard(true);
    if (word === 'ended') over(id, endOf(how, Number(number)));
    if (word === 'failed')
      over(id, NO_END, `QEMU could not be forked: ${line.split(' ').slice(2).join(' ')}`);
  });
  void child.then((r) => {
    gone = `the QEMU that others are forked from has ended: ${r.stderr.trim() || whyEnded(r)}`;
    heard(false);
    for (const id of [...running.keys()]) over(id, NO_END, gone);
  });
  const timer = setTimeout(() => heard(false), READY_MS);
  const onAbort = (): void => heard(false);
  signal.addEventListener('abort', onAbort);
  const up = await ready;
  clearTimeout(timer);
  signal.removeEventListener('abort', onAbort);
  if (!up || signal.aborted) {
    child.kill('SIGKILL');
    await child;
    signal.throwIfAborted();
    return { why: gone ?? `${QEMU} did not stop before it began` };
  }
  let count = 0;
  const start = ({ args, errors, state = '/dev/null' }: QemuStart): ReturnType<QemuStarter> => {
    const id = `${++count}`;
    const ended = new Promise<QemuEnd>((resolve) => {
      running.set(id, { errors, over: resolve });
    });
    if (gone === undefined) child.stdin.write(request(['start', id, errors, state, QEMU, ...args]));
    else over(id, NO_END, gone);
    return {
      ended,
      kill: (name) => {
        if (running.has(id) && gone === undefined)
          child.stdin.write(request(['kill', id, `${constants.signals[name]}`]));
      },
    };
  };
  return {
    start,
    end: () => {
      closing = true;
      closeIfIdle();
    },
  };
}

const NO_END = { exitCode: undefined, signal: undefined };

function endOf(how: string | undefined, number: number): Omit<QemuEnd, 'stderr'> {
  if (how === 'exit') return { exitCode: number, signal: undefined };
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return { exitCode: undefined, signal: name ?? `${number}` };
}

const whyEnded = (r: {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}): string => (r.signal === undefined ? `exit code ${r.exitCode}` : `signal ${r.signal}`);

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended before it could open it
  }
}

/** As vm-images/host/fork-server.c reads it. */
function request(words: readonly string[]): Buffer {
  const text = Buffer.from(words.map((word) => `${word}\0`).join(''), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}
