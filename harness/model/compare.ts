// SPDX-License-Identifier: MIT
import {
  type Event,
  type Profile,
  printCall,
  printResult,
  type Setting,
  step,
  stepObserved,
  World,
} from '../../models/index.js';

/** An op of a trace beside what the model allows there. */
export interface Row {
  readonly call: string;
  readonly got: string;
  /** Every result that is allowed; empty where the model does not follow any more. */
  readonly allowed: readonly string[];
}

/** More possible states than this are not followed: the verdict is the checker's, this is only shown. */
const MAX_WORLDS = 64;

/** A trace of one thread, line by line. */
export function compare(rules: Profile['rules'], setting: Setting, events: readonly Event[]): Row[] {
  let worlds = [new World(rules, setting)];
  return events.map((event) => {
    const { call, results, start = 0, took = 0, thread = 0 } = event;
    const [got] = results;
    for (const world of worlds) world.until = Math.max(world.until, start);
    const allowed = worlds.flatMap((world) =>
      step(world, call, took, thread).map((outcome) => printResult(call.op, outcome.result)),
    );
    worlds = got === undefined ? [] : worlds.flatMap((world) => stepObserved(world, call, got, took, thread));
    if (worlds.length > MAX_WORLDS) worlds = [];
    return {
      call: `${thread === 0 ? '' : `${thread >> 4}.${thread & 15}: `}${printCall(call)}`,
      got: got === undefined ? '' : printResult(call.op, got),
      allowed: [...new Set(allowed)],
    };
  });
}
