// SPDX-License-Identifier: MIT
import type { Result } from '../ops/call.js';
import type { Event, Script } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { encodeAll } from '../trace/record.js';
import { check } from './checker.js';
import { step } from './step.js';
import type { Verdict } from './verdict.js';

/** A trace in text form, checked. Every op has to have one result. */
export const checkScript = (rules: Rules, trace: Script): Verdict =>
  check(rules, encodeAll(trace.events), trace.setting);

/** Worlds may differ in what nobody sees of this op. */
const different = (results: readonly Result[]): Result[] => [
  ...new Map(results.map((result) => [JSON.stringify(result), result])).values(),
];

/**
 * The model answers a program: the same ops, each with every result that is allowed there. Where there are several, the
 * program goes on with the first. What the text says of results is not looked at.
 */
export function answerScript(rules: Rules, program: Script): Script {
  let world = new World(rules, program.setting);
  const events: Event[] = [];
  for (const { call, thread } of program.events) {
    const outcomes = step(world, call, 0, thread);
    events.push({
      call,
      results: different(outcomes.map((outcome) => outcome.result)),
      ...(thread === undefined ? {} : { thread }),
    });
    const [first] = outcomes;
    if (first === undefined) break;
    world = first.world;
  }
  return { setting: program.setting, events };
}
