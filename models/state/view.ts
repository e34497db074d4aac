// SPDX-License-Identifier: MIT
import { WHO, whoNames } from '../ops/call.js';
import { NONE, VARIABLES_EACH } from '../ops/operation.js';
import { printStatus, printVariable } from '../text/words.js';
import { type Fence, isLeaf, leafPending, STUB } from './fence.js';
import type { File } from './file.js';
import type { World } from './world.js';

/** A world for people: one row a variable, and the slots of each buffer. */
export interface WorldView {
  readonly rows: readonly {
    readonly variable: string;
    readonly descriptor: number;
    readonly words: string;
  }[];
  readonly slots: readonly Slot[];
}

export interface Slot {
  readonly buffer: string;
  readonly usage: 'WRITE' | 'READ';
  readonly leaf: string;
  /** Slots of the kernel's list that may hold it. */
  readonly copies: number;
}

/** `t0#5`: the fence for 5 of the timeline in t0; `vgem#1` with its context's number for vgem. */
export function leafWords(leaf: Fence): string {
  const { context, position } = leaf;
  if (context === null) return 'stub';
  if (context.who < VARIABLES_EACH) return `t${context.who}#${position}`;
  return `${whoNames[context.who - WHO.vgem] ?? 'other'}${context.id}`;
}

const stateOf = (leaf: Fence): string =>
  leafPending(leaf)
    ? ''
    : ` (${leaf.context?.closed && leaf.position > leaf.context.position ? 'closed' : 'done'})`;

function fenceWords(fence: Fence): string {
  if (fence === STUB) return 'nothing to wait for';
  if (isLeaf(fence)) return leafWords(fence) + stateOf(fence);
  const members = fence.members.map((m) => leafWords(m) + stateOf(m)).join(', ');
  return `an array of ${members}${fence.enabled ? '; was polled' : ''}${fence.settled ? `; ${printStatus(fence.settled)}` : ''}`;
}

function fileWords(file: File): string {
  switch (file.kind) {
    case 'timeline':
      return `timeline at ${file.context.position}`;
    case 'sync':
      return `sync_file of ${fenceWords(file.fence)}`;
    case 'buffer': {
      const names = (write: boolean) =>
        file.resv
          .entries()
          .filter((entry) => entry.write === write)
          .map((entry) => leafWords(entry.leaf))
          .join(', ') || 'nobody';
      return `buffer: written by ${names(true)}; read by ${names(false)}`;
    }
    case 'card':
      return `vgem card with ${file.handles.filter((h) => h !== undefined).length} buffers`;
  }
}

export function viewWorld(world: World): WorldView {
  const rows: WorldView['rows'][number][] = [];
  const slots: Slot[] = [];
  for (const [variable, value] of world.variables.entries()) {
    if (value === NONE) continue;
    const name = printVariable(variable);
    const file = world.file(variable);
    if (variable >= 4 * VARIABLES_EACH) continue;
    if (file === undefined) continue;
    rows.push({ variable: name, descriptor: value, words: fileWords(file) });
    if (file.kind !== 'buffer') continue;
    for (const { leaf, write, copies } of file.resv.entries())
      slots.push({ buffer: name, usage: write ? 'WRITE' : 'READ', leaf: leafWords(leaf), copies });
  }
  return { rows, slots };
}

/** Two worlds with the same text go on in the same way, as long as both have the same past. */
export function fingerprint(world: World): string {
  const { rows, slots } = viewWorld(world);
  const waiting = world.expiring.filter((c) => c.position === 0).map((c) => c.id);
  return JSON.stringify([rows, slots, waiting, world.crashed]);
}
