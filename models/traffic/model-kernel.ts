// SPDX-License-Identifier: MIT
import { runAll } from '../check/hypotheses.js';
import { resultOf } from '../check/step.js';
import type { Result } from '../ops/call.js';
import type { Event, Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { encodeAll } from '../trace/record.js';
import { randomFrom } from './random.js';

/** An op that was called and has not returned: `result` once it has happened. */
interface Called {
  readonly event: Event;
  readonly before: number;
  result: Result | undefined;
}

/**
 * A kernel with these rules that runs programs as the executor of a guest does: ops of thread 0 one after the other,
 * those of other threads between them side by side, in an order that follows from a seed. Each op happens at one moment
 * of its interval. The trace says how many had ended when an op began.
 */
export class ModelKernel {
  readonly #world: World;
  readonly #random: (below: number) => number;
  readonly #trace: Event[] = [];

  constructor(rules: Rules, setting: Setting, seed: number) {
    this.#world = new World(rules, setting);
    this.#random = randomFrom(seed);
  }

  get crashed(): boolean {
    return this.#world.crashed;
  }

  run(events: readonly Event[]): Int32Array {
    for (let at = 0; at < events.length && !this.#world.crashed; ) {
      const end = blockEnd(events, at);
      this.#block(events.slice(at, end));
      at = end;
    }
    return encodeAll(this.#trace);
  }

  #block(events: readonly Event[]): void {
    const queues = new Map<number, Event[]>();
    for (const event of events) {
      const queue = queues.get(event.thread ?? 0) ?? [];
      queue.push(event);
      queues.set(event.thread ?? 0, queue);
    }
    const called = new Map<number, Called>();
    for (;;) {
      const ready = [...queues.keys()].filter((n) => called.has(n) || (queues.get(n)?.length ?? 0) > 0);
      const thread = ready[this.#random(ready.length)];
      if (thread === undefined || this.#world.crashed) return;
      this.#advance(thread, called, queues.get(thread) ?? []);
    }
  }

  /** A thread calls, its op happens, or it returns: whichever is next. */
  #advance(thread: number, called: Map<number, Called>, queue: Event[]): void {
    const now = called.get(thread);
    const event = queue[0];
    if (now === undefined && event !== undefined)
      called.set(thread, { event: queue.shift() ?? event, before: this.#trace.length, result: undefined });
    else if (now !== undefined && now.result === undefined) {
      const { call } = now.event;
      // One of the items that an epoll may report
      if (call.op.name === 'woken') runAll(this.#world, call.op.code, call.args, 0);
      else run(this.#world, call.op.code, call.args, 0);
      now.result = resultOf(call, this.#world.answer);
    } else if (now?.result !== undefined) {
      const { start, took, ...event } = now.event;
      this.#trace.push({ ...event, results: [now.result], start: 1, took: 0, before: now.before });
      called.delete(thread);
    }
  }
}

/** Up to where ops go side by side, or one op of thread 0. */
function blockEnd(events: readonly Event[], from: number): number {
  let end = from + 1;
  if ((events[from]?.thread ?? 0) === 0) return end;
  while (end < events.length && (events[end]?.thread ?? 0) !== 0) end++;
  return end;
}
