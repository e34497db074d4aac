// SPDX-License-Identifier: MIT
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** What QEMU may say on its monitor socket; unknown members are ignored. */
const message = z.union([
  z.object({ QMP: z.unknown() }),
  z.object({ return: z.unknown(), id: z.number() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: z.number().optional() }),
  z.object({ event: z.string() }),
]);

export interface Qmp {
  /** @throws Error with QEMU's own words, or when the monitor is gone. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

/** Connect to QEMU's monitor (docs/interop/qmp-spec) and negotiate. Fails if there is no greeting within `timeoutMs`. */
export async function connectQmp(path: string, timeoutMs = 2000): Promise<Qmp> {
  const socket: Socket = createConnection(path);
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let gone: Error | undefined;
  const fail = (reason: Error): void => {
    gone ??= reason;
    for (const w of waiting.values()) w.reject(gone);
    waiting.clear();
    socket.destroy();
  };
  const greeted = new Promise<void>((resolve, reject) => {
    waiting.set(0, { resolve: () => resolve(), reject });
  });
  socket.on('error', (e) => fail(new Error(`QEMU's monitor: ${e.message}`)));
  socket.on('close', () => fail(new Error("QEMU's monitor was closed")));
  const lines = createInterface({ input: socket });
  lines.on('error', () => undefined); // the socket's, which says it too
  lines.on('line', (line) => {
    const parsed = message.safeParse(safeJson(line));
    if (!parsed.success)
      return fail(new Error(`QEMU's monitor said something that is not QMP: ${line.slice(0, 120)}`));
    const m = parsed.data;
    if ('event' in m) return;
    const id = 'QMP' in m ? 0 : m.id;
    const w = id === undefined ? undefined : waiting.get(id);
    if (w === undefined || id === undefined) return;
    waiting.delete(id);
    if ('error' in m) w.reject(new Error(`QEMU refused: ${m.error.desc}`));
    else w.resolve('return' in m ? m.return : undefined);
  });
  const timer = setTimeout(() => fail(new Error(`QEMU's monitor was silent for ${timeoutMs} ms`)), timeoutMs);
  const execute = (command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone);
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  try {
    await greeted;
    await execute('qmp_capabilities');
  } finally {
    clearTimeout(timer);
  }
  return { execute, close: () => socket.destroy() };
}

function safeJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
