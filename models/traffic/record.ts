// SPDX-License-Identifier: MIT

import { runAll } from '../check/hypotheses.js';
import { resultOf } from '../check/step.js';
import type { Call } from '../ops/call.js';
import { DEFAULT_SETTING, type Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { mayReach, reach } from '../step/moving.js';
import { run } from '../step/run.js';
import { encode } from '../trace/record.js';
import { prologue, Traffic } from './random.js';

/** A call of a thread of a process; of the subtest itself if none is named. */
export interface CallOf extends Call {
  readonly thread?: number;
}

/** A kernel with these rules: it answers calls, and what it says is a trace. Each call takes no time. */
export class Recorder {
  readonly #world: World;

  constructor(rules: Rules, setting: Setting = DEFAULT_SETTING) {
    this.#world = new World(rules, setting);
  }

  /** What signals by itself does so as soon as it may. */
  #settle(): void {
    for (const context of this.#world.moving)
      for (const { position } of [...(context.steps ?? [])])
        if (mayReach(context, position)) reach(context, position);
  }

  record(calls: Iterable<CallOf>): Int32Array {
    const words: number[] = [];
    for (const call of calls) {
      if (this.#world.crashed) break;
      if (call.op.name === 'wait') this.#world.from += (call.args[0] ?? 0) * 1000;
      this.#world.until = this.#world.from;
      this.#settle();
      if (!this.#world.enter((call.thread ?? 0) >> 4)) break;
      // One of the items that an epoll may report
      if (call.op.name === 'woken') runAll(this.#world, call.op.code, call.args, 0);
      else run(this.#world, call.op.code, call.args, 0);
      for (const word of encode({
        call,
        results: [resultOf(call, this.#world.answer)],
        ...(call.thread === undefined ? {} : { thread: call.thread }),
      }) ?? [])
        words.push(word);
    }
    return Int32Array.from(words);
  }
}

export const recordCalls = (rules: Rules, calls: Iterable<CallOf>, setting?: Setting): Int32Array =>
  new Recorder(rules, setting).record(calls);

/** The next calls of some traffic, at least that many. */
export function nextCalls(traffic: Traffic, ops: number): Call[] {
  const calls: Call[] = [];
  while (calls.length < ops) calls.push(...traffic.next());
  return calls;
}

/** Random calls from the beginning. */
export const randomCalls = (seed: number, ops: number): Call[] => [
  ...prologue(),
  ...nextCalls(new Traffic(seed), ops),
];
