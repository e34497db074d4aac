// SPDX-License-Identifier: MIT
import { type Call, NONE } from '../../models/index.js';
import { argument, quoted, variableName } from './words.js';

/** The C function that does an op, by the op's name. All that the executor of the guest does is here, and nothing else. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  timeline: 'timeline_open',
  fence: 'timeline_fence',
  inc: 'timeline_inc',
  card: 'card_open',
  dumb: 'dumb_create',
  prime: 'prime_export',
  open: 'prime_import',
  drop: 'gem_close',
  attach: 'vgem_attach',
  signal: 'vgem_signal',
  texture: 'virtgpu_texture',
  idle: 'virtgpu_wait',
  transfer: 'virtgpu_transfer',
  heap: 'heap_buffer',
  export: 'export_sync_file',
  import: 'import_sync_file',
  sync: 'cpu_access',
  name: 'buffer_name',
  unknown: 'unknown_ioctl',
  observe: 'observe',
  merge: 'sync_file_merge',
  info: 'sync_file_info',
  deadline: 'sync_file_deadline',
  poll: 'poll_one',
  dup: 'descriptor_dup',
  close: 'descriptor_close',
  other: 'null_open',
  limit: 'descriptor_limit',
  wait: 'sleep_ms',
  epoll: 'epoll_open',
  watch: 'epoll_watch',
  woken: 'epoll_one',
};

/** Ops that say more than a number. */
const TELLS = new Set(['info', 'poll', 'observe', 'woken']);
/** The executor waits no longer. */
const LONGEST_MS = 1000;

/** Which of an op's last arguments are ever given, and so have to be parameters of its function. */
export class Given {
  /** A card is always of a driver. */
  readonly #given = new Set(['card driver']);

  constructor(calls: readonly Call[]) {
    for (const { op, args } of calls) {
      const first = op.makes === undefined ? 0 : 1;
      for (const [n, { name, optional }] of op.args.entries())
        if (optional === undefined || args[first + n] !== optional) this.#given.add(`${op.name} ${name}`);
    }
  }

  has(op: string, argument: string): boolean {
    return this.#given.has(`${op} ${argument}`);
  }
}

/** One op as C statements, without an end of line. */
export function statement(call: Call, given: Given): string {
  const { op } = call;
  const [made, ...rest] = op.makes === undefined ? [NONE, ...call.args] : call.args;
  const words = op.args.flatMap((arg, n) => {
    if (op.name === 'timeline' || !given.has(op.name, arg.name)) return [];
    const value = rest[n] ?? 0;
    const waits = arg.name === 'milliseconds' && op.name !== 'wait';
    return [argument(op.name, arg, waits ? Math.min(value >>> 0, LONGEST_MS) : value)];
  });
  // Leaves are known by the name of the task that opened their timeline
  if (op.name === 'timeline') {
    const [called = 0] = rest;
    words.push(quoted(called === 0 ? variableName(made ?? NONE) : `t${called - 1}`));
  }
  if (op.name === 'watch') words.push(quoted(variableName(rest[2] ?? NONE)));
  if (op.name === 'close')
    return `done(descriptor_close(${rest[0] === NONE ? 'NULL' : `&${variableName(rest[0] ?? NONE)}`}))`;
  const text = `${FUNCTIONS[op.name]}(${words.join(', ')})`;
  if (TELLS.has(op.name)) return text;
  return op.makes === undefined || made === NONE || made === undefined
    ? `done(${text})`
    : `made(&${variableName(made)}, ${text})`;
}
