// SPDX-License-Identifier: MIT
import { CODE } from '../ops/operations.js';
import type { Resv } from '../resv/resv.js';
import type { Context } from '../state/context.js';
import { type Fence, leafPending } from '../state/fence.js';
import type { File } from '../state/file.js';
import type { World } from '../state/world.js';
import { mayReach } from '../step/moving.js';
import type { Entry } from './history.js';

/** The same leaf in another world: contexts are copied, and keep their id. */
export const keyOf = (leaf: Fence): string => `${leaf.context?.id}#${leaf.position}`;

function contextsOfFile(file: File, found: Map<number, Context>): void {
  const note = (leaf: Fence) => {
    if (leaf.context !== null) found.set(leaf.context.id, leaf.context);
  };
  if (file.kind === 'timeline') found.set(file.context.id, file.context);
  else if (file.kind === 'sync') for (const leaf of [file.fence, ...file.fence.members]) note(leaf);
  else if (file.kind === 'buffer') for (const { leaf } of file.resv.entries()) note(leaf);
  else if (file.kind === 'card') {
    for (const context of file.fences) if (context) found.set(context.id, context);
    for (const object of file.handles) for (const { leaf } of object?.resv.entries() ?? []) note(leaf);
  }
}

/** Every context that can be reached in a world. One that cannot has nobody left to ask for it. */
export function contextsOf(world: World): Map<number, Context> {
  const found = new Map<number, Context>();
  for (const table of world.processes)
    for (const file of table?.files ?? []) if (file !== undefined) contextsOfFile(file, found);
  return found;
}

const WRITE: Readonly<Record<number, number>> = { [CODE.sync]: 2, [CODE.attach]: 1 };

function resvOf(world: World, entry: Entry, arg: (n: number) => number): Resv | undefined {
  if (!world.enter(entry.who >> 4)) return undefined;
  const place = entry.code === CODE.attach ? 1 : 0;
  const file = world.file(arg(place));
  if (file?.kind === 'buffer') return file.resv;
  return file?.kind === 'card' ? file.handles[world.value(arg(place + 1))]?.resv : undefined;
}

/**
 * dma_resv_wait_timeout_rcu() of 5.10.262 without the series, dma-resv.c:597: after a pending exclusive fence it does not
 * come back for a list of exactly one.
 */
const overlooksRead = (pending: readonly { readonly write: boolean }[]): boolean =>
  pending.some(({ write }) => write) && pending.filter(({ write }) => !write).length === 1;

/** Whether all that a SYNC, a VIRTGPU_WAIT or an ATTACH had to wait for when it began has signalled: what came later it may overlook. */
export function waitedFor(states: readonly World[], entry: Entry, words: Int32Array): boolean {
  const [now, oldest] = [states[0] as World, states.at(-1) as World];
  const arg = (n: number) => words[entry.first + n] ?? 0;
  const flags = arg(entry.code === CODE.attach ? 3 : 1);
  const reads = entry.code === CODE.idle || (flags & (WRITE[entry.code] ?? 0)) !== 0;
  const contexts = contextsOf(now);
  const due = resvOf(oldest, entry, arg)?.entries();
  if (due === undefined) return false;
  const pending = due.filter(({ leaf, write }) => (write || reads) && leafPending(leaf));
  const overlooks = entry.code !== CODE.attach && now.rules.sharedHidesExclusive && overlooksRead(pending);
  return pending
    .filter(({ write }) => write || !overlooks)
    .every(({ leaf }) => {
      const context = contexts.get(leaf.context?.id ?? 0);
      if (context === undefined || context.closed || context.position >= leaf.position) return true;
      return context.steps !== null && mayReach(context, leaf.position);
    });
}
