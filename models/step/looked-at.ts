// SPDX-License-Identifier: MIT
import { NONE, VARIABLES_EACH, variable } from '../ops/operation.js';
import { CODE } from '../ops/operations.js';
import type { Resv } from '../resv/resv.js';
import type { Context } from '../state/context.js';
import { type Fence, leafPending } from '../state/fence.js';
import type { File } from '../state/file.js';
import type { World } from '../state/world.js';
import { mayReach } from './moving.js';
import { fenceOf } from './sync-file.js';
import type { Words } from './words.js';

/**
 * Which fences that signal by themselves an op looks at: all in the files, buffers and handles that its arguments name.
 * Whatever is not known here looks at everything, which is right and slow.
 */

const LOOKS = new Set<number>(
  (
    [
      'import',
      'export',
      'merge',
      'info',
      'poll',
      'sync',
      'observe',
      'attach',
      'idle',
      'transfer',
      'submit',
    ] as const
  ).map((name) => CODE[name]),
);
LOOKS.add(CODE.commit).add(CODE.watch).add(CODE.woken);
/** On a kernel whose polls do not hold the file, what is pending decides whether a release brings it down. */
const RELEASES = new Set<number>([CODE.close, CODE.drop, CODE.exit]);

const HANDLES = variable('g', 0);

class Found {
  /** Positions of each context, by its place in `world.moving`. */
  readonly positions: Set<number>[];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.positions = world.moving.map(() => new Set());
  }

  add(context: Context, position: number): void {
    const at = this.#world.moving.indexOf(context);
    if (at >= 0 && position > context.position && mayReach(context, position))
      this.positions[at]?.add(position);
  }

  fence(fence: Fence | null): void {
    if (fence === null) return;
    if (fence.context !== null && leafPending(fence)) this.add(fence.context, fence.position);
    for (const member of fence.members) this.fence(member);
  }

  resv(resv: Resv): void {
    for (const { leaf } of resv.entries()) this.fence(leaf);
  }

  file(file: File): void {
    if (file.kind === 'sync') this.fence(fenceOf(file));
    else if (file.kind === 'buffer') {
      this.resv(file.resv);
      this.fence(file.callbacks.first);
      this.fence(file.callbacks.second);
    } else if (file.kind !== 'timeline' && file.kind !== 'card') this.everything();
  }

  everything(): void {
    for (const context of this.#world.moving)
      for (const { position } of context.steps ?? []) this.add(context, position);
  }
}

/** Positions that contexts may have come to, by their place in `world.moving`, as far as the op looks at them. */
export function lookedAt(
  world: World,
  code: number,
  words: Words,
  at: number,
  count: number,
): readonly (readonly number[])[] {
  const found = new Found(world);
  if (!world.rules.pollHoldsFile && RELEASES.has(code)) found.everything();
  const args = LOOKS.has(code) ? count : 0;
  for (let i = 0; i < args; i++) {
    const value = words[at + i] ?? NONE;
    const file = value >= 0 && value < 8 * VARIABLES_EACH ? world.file(value) : undefined;
    if (file === undefined) continue;
    if (file.kind !== 'card') found.file(file);
    else {
      const handle = words[at + i + 1] ?? NONE;
      const object = handle >= HANDLES ? file.handles[world.value(handle)] : undefined;
      if (object !== undefined) found.resv(object.resv);
      if (object?.file) found.file(object.file);
      if (code === CODE.commit)
        for (const { position } of file.device.crtc.steps ?? []) found.add(file.device.crtc, position);
    }
  }
  return found.positions.map((set) => [...set].sort((a, b) => a - b));
}
