// SPDX-License-Identifier: MIT
import { runAll } from '../check/hypotheses.js';
import { resultOf } from '../check/step.js';
import { DEFAULT_SETTING, type Event, type Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { encodeAll } from '../trace/record.js';
import { randomFrom } from './random.js';

/** An op that a thread has begun: what it found then, for a kernel that forgets what others do meanwhile. */
interface Running {
  readonly event: Event;
  readonly found: World;
  readonly importsThen: number;
  readonly opsThen: number;
  result: Event['results'][number] | undefined;
}

export interface KernelOptions {
  readonly setting?: Setting;
  /**
   * An import writes back what it found when it began, so that one that ended meanwhile is lost. No program of one thread
   * can tell.
   */
  readonly losesUpdates?: boolean;
}

/**
 * A kernel with these rules that runs programs as the executor of a guest does: ops of thread 0 one after the other, those
 * of other threads between them side by side. Its scheduler follows from a seed: each op is at one moment between its
 * call and its return.
 */
export class ModelKernel {
  readonly #random: (below: number) => number;
  readonly #losesUpdates: boolean;
  readonly #events: Event[] = [];
  #world: World;
  #imports = 0;
  #ops = 0;

  constructor(rules: Rules, seed: number, { setting, losesUpdates = false }: KernelOptions = {}) {
    this.#world = new World(rules, setting ?? DEFAULT_SETTING, false);
    this.#random = randomFrom(seed);
    this.#losesUpdates = losesUpdates;
  }

  get crashed(): boolean {
    return this.#world.crashed;
  }

  /** The trace so far, with these ops behind it. */
  record(program: readonly Event[]): Int32Array {
    for (let at = 0; at < program.length && !this.#world.crashed; ) {
      let end = at;
      while ((program[end]?.thread ?? 0) !== 0) end++;
      if (end > at) this.#sideBySide(program.slice(at, end));
      else this.#alone(program[end++] as Event);
      at = end;
    }
    return encodeAll(this.#events);
  }

  #alone(event: Event): void {
    const running = this.#begin(event);
    this.#happen(running);
    this.#end(running);
  }

  #sideBySide(block: readonly Event[]): void {
    const queues = new Map<number, Event[]>();
    for (const event of block)
      queues.set(event.thread ?? 0, [...(queues.get(event.thread ?? 0) ?? []), event]);
    const running = new Map<number, Running>();
    for (let busy = [...queues.keys()]; busy.length > 0; ) {
      const thread = busy[this.#random(busy.length)] as number;
      const now = running.get(thread);
      const next = now === undefined ? queues.get(thread)?.shift() : undefined;
      if (next !== undefined) running.set(thread, this.#begin(next));
      else if (now === undefined) busy = busy.filter((one) => one !== thread);
      else if (now.result === undefined) this.#happen(now);
      else {
        this.#end(now);
        running.delete(thread);
      }
    }
  }

  #begin(event: Event): Running {
    const found = this.#losesUpdates ? cloneWorld(this.#world) : this.#world;
    const [importsThen, opsThen] = [this.#imports, this.#ops];
    return {
      event: { ...event, before: this.#events.length, start: 0, took: 0 },
      ...{ found, importsThen, opsThen, result: undefined },
    };
  }

  #happen(running: Running): void {
    const { op, args } = running.event.call;
    const imports = op.name === 'import';
    const others = this.#imports - running.importsThen;
    if (this.#losesUpdates && imports && others > 0 && this.#ops - running.opsThen === others)
      this.#world = running.found;
    if (op.name === 'woken') runAll(this.#world, op.code, args, 0);
    else run(this.#world, op.code, args, 0);
    running.result = resultOf({ op, args }, this.#world.answer);
    this.#ops++;
    if (imports) this.#imports++;
  }

  #end({ event, result }: Running): void {
    if (result !== undefined) this.#events.push({ ...event, results: [withoutTimes(result)] });
  }
}

/** Of a clock that stands still. */
const withoutTimes = (result: Event['results'][number]): Event['results'][number] => ({
  ...result,
  lists: result.lists.map((list) => list.map(({ who, status }) => ({ who, status }))),
});

export const recordThreads = (
  rules: Rules,
  program: readonly Event[],
  seed: number,
  options?: KernelOptions,
): Int32Array => new ModelKernel(rules, seed, options).record(program);
