// SPDX-License-Identifier: MIT
import { VARIABLES_EACH, variable as variableOf } from '../ops/operation.js';
import type { Resv } from '../resv/resv.js';
import type { Fence } from '../state/fence.js';
import type { File } from '../state/file.js';
import type { Process } from '../state/process.js';
import { leafStatus } from '../state/status.js';
import { leafWords } from '../state/view.js';
import type { World } from '../state/world.js';
import { fenceOf } from '../step/sync-file.js';
import { printVariable } from '../text/words.js';
import { keyOf } from './leaves.js';

/** A fence that something holds. */
export interface PicturedFence {
  /** The same in each picture of a trace. */
  readonly key: string;
  /** `t0#1`, as in a WorldView. */
  readonly name: string;
  /** See WHO: a timeline's variable, or whose it is. */
  readonly who: number;
  /** dma_fence_get_status(): 0 pending, 1 done, or an error. */
  readonly status: number;
}

/** What a variable is, of what holds fences. */
export interface PicturedFile {
  readonly variable: string;
  readonly kind: 'timeline' | 'sync_file';
  /** Keys of the fences in a sync_file; of a timeline none. */
  readonly fences: readonly string[];
}

/** A reservation object, and all that it is known by. */
export interface PicturedBuffer {
  readonly variables: readonly string[];
  readonly slots: readonly { readonly usage: 'WRITE' | 'READ'; readonly fence: string }[];
}

/** A world to be drawn: like a WorldView, and in parts that can be followed from one state to the next. */
export interface Picture {
  readonly fences: readonly PicturedFence[];
  readonly files: readonly PicturedFile[];
  readonly buffers: readonly PicturedBuffer[];
}

const HANDLES = variableOf('g', 0) / VARIABLES_EACH;
const IDS = variableOf('f', 0) / VARIABLES_EACH;

class Painter {
  readonly #world: World;
  readonly fences = new Map<string, PicturedFence>();
  readonly files: PicturedFile[] = [];
  readonly buffers = new Map<Resv, string[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The key of a leaf; undefined for the stub, which nobody waits for. */
  fence(leaf: Fence): string | undefined {
    if (leaf.context === null) return undefined;
    const key = keyOf(leaf);
    const status = leafStatus(this.#world.rules, leaf);
    this.fences.set(key, { key, name: leafWords(leaf), who: leaf.context.who, status });
    return key;
  }

  file(variable: string, file: File): void {
    if (file.kind === 'timeline') this.files.push({ variable, kind: 'timeline', fences: [] });
    else if (file.kind === 'buffer') this.buffer(variable, file.resv);
    else if (file.kind === 'sync') {
      const fence = fenceOf(file);
      const leaves = fence.members.length === 0 ? [fence] : fence.members;
      const fences = leaves.flatMap((leaf) => this.fence(leaf) ?? []);
      this.files.push({ variable, kind: 'sync_file', fences });
    }
  }

  buffer(variable: string, resv: Resv): void {
    const known = this.buffers.get(resv);
    if (known === undefined) this.buffers.set(resv, [variable]);
    else known.push(variable);
  }

  process(table: Process, number: number): void {
    const prefix = number === 0 ? '' : `${number}:`;
    const cards = new Set(table.files.flatMap((file) => (file?.kind === 'card' ? [file] : [])));
    for (const [variable, value] of table.assigned()) {
      const name = prefix + printVariable(variable);
      const letter = Math.floor(variable / VARIABLES_EACH);
      const file = letter === HANDLES || letter === IDS ? undefined : table.files[value];
      if (file !== undefined) this.file(name, file);
      if (letter !== HANDLES) continue;
      // A handle is of one card, which its variable does not tell: where two cards have it, neither is drawn
      const objects = [...cards].flatMap((card) => card.handles[value] ?? []);
      const [only, ...more] = objects;
      if (only !== undefined && more.length === 0) this.buffer(name, only.resv);
    }
  }
}

export function pictureOf(world: World): Picture {
  const painter = new Painter(world);
  for (const [number, table] of world.processes.entries())
    if (table !== undefined) painter.process(table, number);
  const buffers = [...painter.buffers].map(([resv, variables]) => ({
    variables: variables.toSorted(descriptorsFirst),
    slots: resv.entries().flatMap(({ leaf, write }) => {
      const fence = painter.fence(leaf);
      return fence === undefined ? [] : [{ usage: write ? ('WRITE' as const) : ('READ' as const), fence }];
    }),
  }));
  return { fences: [...painter.fences.values()], files: painter.files, buffers };
}

/** A buffer is called by its dma-buf, if it has one. */
const descriptorsFirst = (a: string, b: string): number => Number(a.includes('g')) - Number(b.includes('g'));
