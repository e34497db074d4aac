// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { makeCall } from '../ops/make-call.js';
import { variable } from '../ops/operation.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import type { BufferFile } from '../state/file.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { prologue, randomFrom, Traffic } from '../traffic/random.js';
import { featureOf, outlookOf } from './feature.js';
import { type Scene, sceneAfter } from './scenes.js';
import { looks, tidy } from './tidy.js';

/** How a program grows. */
export interface Growth {
  readonly seed: number;
  /** Ops, about: it ends with what was begun, and closes what is open. */
  readonly ops: number;
  /** Every so many choices a scene is played; Infinity: none. */
  readonly sceneEvery: number;
  /** How many calls may wait for what nobody signals, each 20 ms until the executor interrupts it. */
  readonly waits: number;
  /** A timeline may be closed while a buffer that waits for it is polled, in which kernels hang: see #polledAhead(). */
  readonly mayHang: boolean;
}

/** What searches share, so that the next program goes where none has been. */
export interface Seen {
  /** What ops have led to: featureOf(). */
  readonly states: Set<number>;
  /** Where ops were tried: outlookOf(). */
  readonly tried: Set<number>;
  /** Scenes that were played. */
  played: number;
}

export const nothingSeen = (): Seen => ({ states: new Set(), tried: new Set(), played: 0 });

/** Bits of SYNC's access. */
const WRITE = 2;
const END = 4;
/** Calls to choose from. */
const CANDIDATES = 4;

/** One program while it grows, with the model's state after it. */
export class Growing {
  readonly #calls: Call[] = [];
  readonly #traffic: Traffic;
  readonly #random: (below: number) => number;
  readonly #growth: Growth;
  readonly #seen: Seen;
  readonly #world: World;
  /** All that there ever were: one that is closed is polled on, and its callback keeps a fence. */
  readonly #buffers = new Set<BufferFile>();
  #waits: number;

  constructor(rules: Rules, growth: Growth, seen: Seen) {
    this.#world = new World(rules);
    this.#traffic = new Traffic(growth.seed);
    this.#random = randomFrom(growth.seed ^ 0x5bd1e995);
    this.#growth = growth;
    this.#seen = seen;
    this.#waits = growth.waits;
  }

  grow(): Call[] {
    const { ops, sceneEvery } = this.#growth;
    for (const call of prologue()) this.#do(call);
    for (let n = 1; this.#calls.length < ops && !this.#ended; n++) {
      if (n % sceneEvery === 0) this.#play(sceneAfter(this.#seen.played++, this.#random));
      else this.#offer(this.#choose());
    }
    for (const call of [...looks(this.#calls), ...tidy(this.#calls)]) this.#do(call);
    this.#do(makeCall('close', variable('c', 0)));
    return this.#calls;
  }

  get #ended(): boolean {
    return this.#world.beyond !== undefined || this.#world.crashed;
  }

  /** The first of some that was not tried in a state like this one; if all were, the last. */
  #choose(): readonly Call[] {
    for (let n = 1; ; n++) {
      const calls = this.#traffic.next();
      const last = calls.at(-1);
      if (last === undefined) continue;
      if (n === CANDIDATES || !this.#seen.tried.has(outlookOf(this.#world, last))) return calls;
    }
  }

  /** Calls that belong together. */
  #offer(calls: readonly Call[]): void {
    for (const call of calls) if (!this.#waitsTooLong(call)) this.#do(call);
  }

  /** A scene that the model cannot follow, or in which this kernel is known to go down, is left out. */
  #play(scene: Scene | undefined): void {
    if (scene === undefined) return;
    const calls = scene.calls(this.#random);
    const ahead = cloneWorld(this.#world);
    for (const { op, args } of calls) {
      run(ahead, op.code, args, 0);
      if (ahead.beyond !== undefined || ahead.crashed) return;
    }
    this.#offer(calls);
  }

  /** Whether it would wait, and that once more is too much. */
  #waitsTooLong({ op, args: [target = -1, access = 0] }: Call): boolean {
    if (op.name !== 'sync' || (access & END) !== 0) return false;
    const file = this.#world.file(target);
    if (file?.kind !== 'buffer' || !file.resv.busy(true, (access & WRITE) !== 0)) return false;
    return this.#waits-- <= 0;
  }

  /** Whether the kernel is known to go down: on 5.10 a buffer that is polled must not be closed. */
  #kills({ op, args }: Call): boolean {
    if (this.#world.rules.pollHoldsFile || (op.name !== 'close' && op.name !== 'drop')) return false;
    const ahead = cloneWorld(this.#world);
    run(ahead, op.code, args, 0);
    return ahead.crashed;
  }

  /**
   * How many steps ahead a fence is that a poll of a buffer waits for, of a timeline that is to be closed; 0 if none is.
   * sw_sync_debugfs_release() signals under its lock and without a reference of its own, and dma_buf_poll_cb() of 6.1 to 7.3
   * puts what may be the last one: then timeline_fence_release() waits for that lock for ever.
   */
  #polledAhead({ op, args: [closed = -1] }: Call): number {
    const file = op.name === 'close' ? this.#world.file(closed) : undefined;
    if (file?.kind !== 'timeline' || file.refs > 1) return 0;
    let ahead = 0;
    for (const { callbacks } of this.#buffers)
      for (const fence of [callbacks.first, callbacks.second])
        if (fence?.context === file.context) ahead = Math.max(ahead, fence.position - file.context.position);
    return ahead;
  }

  #do(call: Call): void {
    const world = this.#world;
    if (this.#ended || this.#kills(call)) return;
    const polled = this.#growth.mayHang ? 0 : this.#polledAhead(call);
    if (polled > 0) this.#do(makeCall('inc', call.args[0] ?? -1, polled));
    this.#seen.tried.add(outlookOf(world, call));
    const { op, args } = call;
    if (op.name === 'wait') world.from += (args[0] ?? 0) * 1000;
    world.until = world.from;
    run(world, op.code, args, 0);
    // Nobody would judge what comes behind it
    if (world.beyond !== undefined) return;
    this.#calls.push(call);
    for (const one of args) {
      const file = world.file(one);
      if (file?.kind === 'buffer') this.#buffers.add(file);
    }
    this.#seen.states.add(featureOf(world, op.code, args));
  }
}
