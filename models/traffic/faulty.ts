// SPDX-License-Identifier: MIT
import { runAll } from '../check/hypotheses.js';
import { resultOf } from '../check/step.js';
import { ERRNO } from '../kernel/errno.js';
import type { Call } from '../ops/call.js';
import { DEFAULT_SETTING, type Event } from '../ops/event.js';
import type { Operation } from '../ops/operation.js';
import { CODE, OPERATIONS } from '../ops/operations.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { encodeAll } from '../trace/record.js';

/** What a kernel with a bug does to its state in an op that it then refuses with ENOMEM. */
export type Spoils = (world: World, call: Call) => void;

export const NOMEM = { ...DEFAULT_SETTING, nomem: true };
const OBSERVE = (OPERATIONS as readonly Operation[]).find((op) => op.code === CODE.observe) as Operation;
/** Allocations of each op. */
const TRIES = 2;

/**
 * A kernel with these rules on which the executor of a guest makes allocations fail: each op that allocates is refused
 * some times, what it touched is observed, and then it is done. A trace, for a setting of NOMEM.
 */
export function recordFaulty(
  rules: Rules,
  events: readonly Event[],
  spoils: Spoils = () => undefined,
): Int32Array {
  const world = new World(rules, NOMEM);
  const trace: Event[] = [];
  const does = (call: Call): void => {
    // One of the items that an epoll may report
    if (call.op.code === CODE.woken) runAll(world, call.op.code, call.args, 0);
    else run(world, call.op.code, call.args, 0);
    trace.push({ call, results: [resultOf(call, world.answer)] });
  };
  for (const { call } of events) {
    if (world.crashed) break;
    if (call.op.name === 'wait') world.from += (call.args[0] ?? 0) * 1000;
    world.until = world.from;
    if ((call.op as Operation).allocates === true && call.op.code !== CODE.observe)
      for (let n = 0; n < TRIES; n++) {
        spoils(world, call);
        trace.push({ call, results: [{ ret: -ERRNO.ENOMEM, outputs: [], lists: [] }] });
        for (const one of call.args) if (isBuffer(world, one)) does({ op: OBSERVE, args: [one] });
      }
    does(call);
  }
  return encodeAll(trace);
}

const isBuffer = (world: World, one: number): boolean => one > 0 && world.file(one)?.kind === 'buffer';
