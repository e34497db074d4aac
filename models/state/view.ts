// SPDX-License-Identifier: MIT
import { WHO, whoNames } from '../ops/call.js';
import { VARIABLES_EACH, variable as variableOf } from '../ops/operation.js';
import { printStatus, printVariable } from '../text/words.js';
import { type Fence, isLeaf, leafPending, STUB } from './fence.js';
import type { File } from './file.js';
import type { Process } from './process.js';
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

interface MutableView {
  readonly rows: WorldView['rows'][number][];
  readonly slots: Slot[];
}

export interface Slot {
  readonly buffer: string;
  readonly usage: 'WRITE' | 'READ';
  readonly leaf: string;
  /** Slots of the kernel's list that may hold it. */
  readonly copies: number;
}

const HANDLES = variableOf('g', 0) / VARIABLES_EACH;
const FENCES = variableOf('f', 0) / VARIABLES_EACH;
/** GEM handles and fence ids are no descriptors. */
const isNumber = (variable: number): boolean => {
  const letter = Math.floor(variable / VARIABLES_EACH);
  return letter === HANDLES || letter === FENCES;
};

/** `t0#5`: the fence for 5 of the timeline in t0; `vgem#1` with its context's number for vgem. */
export function leafWords(leaf: Fence): string {
  const { context, position } = leaf;
  if (context === null) return 'stub';
  if (context.who < VARIABLES_EACH) return `t${context.who}#${position}`;
  const name = whoNames[context.who - WHO.vgem] ?? 'other';
  return context.steps === null ? `${name}${context.id}` : `${name}#${position}`;
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
    case 'other':
      return 'something else';
    case 'epoll':
      return `epoll of ${file.watches.map((w) => printVariable(w.variable)).join(', ') || 'nothing'}`;
    case 'card':
      return `${file.device.driver} card with ${file.handles.filter((h) => h !== undefined).length} buffers`;
  }
}

function viewProcess(view: MutableView, table: Process, number: number): void {
  for (const [variable, value] of table.assigned()) {
    const file = isNumber(variable) ? undefined : table.files[value];
    if (file === undefined) continue;
    const name = (number === 0 ? '' : `${number}:`) + printVariable(variable);
    view.rows.push({ variable: name, descriptor: value, words: fileWords(file) });
    if (file.kind !== 'buffer') continue;
    for (const { leaf, write, copies } of file.resv.entries())
      view.slots.push({ buffer: name, usage: write ? 'WRITE' : 'READ', leaf: leafWords(leaf), copies });
  }
}

export function viewWorld(world: World): WorldView {
  const view: MutableView = { rows: [], slots: [] };
  for (const [number, table] of world.processes.entries())
    if (table !== undefined) viewProcess(view, table, number);
  return view;
}

const callbackWords = (fence: Fence | null): string =>
  fence !== null && leafPending(fence) ? leafWords(fence) : '';

/** What no row shows and what yet decides how a world goes on. */
function hiddenWords(world: World): string[] {
  const words: string[] = [];
  for (const file of world.processes.flatMap((table) => table?.files ?? [])) {
    if (file?.kind === 'buffer')
      words.push(
        callbackWords(file.callbacks.first),
        callbackWords(file.callbacks.second),
        `${file.resv.hidden}`,
      );
    if (file?.kind !== 'card') continue;
    words.push(`${file.device.renders}`);
    for (const object of file.handles)
      if (object !== undefined) {
        for (const { leaf, write, copies } of object.resv.entries())
          words.push(leafWords(leaf), `${write} ${copies}`);
        words.push(`${object.resv.hidden}`);
      }
  }
  for (const { crtc } of world.devices) words.push(`${(crtc.steps?.length ?? 0) > 0}`);
  return words;
}

/** Two worlds with the same text go on in the same way, as long as both have the same past. */
export function fingerprint(world: World): string {
  const { rows, slots } = viewWorld(world);
  const waiting = world.expiring.filter((c) => c.position === 0).map((c) => c.id);
  return JSON.stringify([rows, slots, waiting, hiddenWords(world), world.crashed]);
}
