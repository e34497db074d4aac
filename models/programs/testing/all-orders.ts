// SPDX-License-Identifier: MIT
import { runAll } from '../../check/hypotheses.js';
import { resultOf } from '../../check/step.js';
import type { Result } from '../../ops/call.js';
import { DEFAULT_SETTING, type Event } from '../../ops/event.js';
import type { Rules } from '../../rules/rules.js';
import { cloneWorld } from '../../state/clone.js';
import { World } from '../../state/world.js';
import { run } from '../../step/run.js';
import { printResult } from '../../text/print.js';

/** Leaves are a set, and when each signalled is not told. */
const asSet = (result: Result): Result => ({
  ...result,
  lists: result.lists.map((list) =>
    list.map(({ who, status }) => ({ who, status })).sort((a, b) => a.who - b.who),
  ),
});

/** What came of the ops of threads 1 and up, thread by thread; without numbers that were given out, and times. */
export function outcomeOf(events: readonly Event[]): string {
  const threads = new Map<number, string[]>();
  for (const { call, thread = 0, results } of events) {
    const [result] = results;
    if (thread === 0 || result === undefined) continue;
    const told = threads.get(thread) ?? [];
    threads.set(thread, told);
    told.push(call.op.makes !== undefined && result.ret >= 0 ? 'made' : printResult(call.op, asSet(result)));
  }
  const sorted = [...threads].sort(([a], [b]) => a - b);
  return sorted.map(([thread, told]) => `0.${thread}: ${told.join(', ')}`).join(' | ');
}

/**
 * Every outcome of a race that the model knows of, by trying each order of the ops that threads do side by side, each op at
 * one moment. For a few ops: there are as many orders as there are.
 */
export function allOrders(rules: Rules, events: readonly Event[]): Set<string> {
  const found = new Set<string>();
  const go = (world: World, left: readonly Event[], done: readonly Event[]): void => {
    const [first] = left;
    if (first === undefined) {
      found.add(outcomeOf(done));
      return;
    }
    const alone = left.findIndex(({ thread = 0 }) => thread === 0);
    const block = (first.thread ?? 0) === 0 ? [first] : left.slice(0, alone < 0 ? left.length : alone);
    // Each thread's first
    for (const event of block.filter((one, at) => block.findIndex((b) => b.thread === one.thread) === at)) {
      const { op, args } = event.call;
      for (const way of waysOf(world, event)) {
        const result = resultOf({ op, args }, way.answer);
        go(
          way,
          left.filter((other) => other !== event),
          [...done, { ...event, results: [result] }],
        );
      }
    }
  };
  go(new World(rules, DEFAULT_SETTING, false), events, []);
  return found;
}

function waysOf(world: World, { call: { op, args } }: Event): readonly World[] {
  const copy = cloneWorld(world);
  if (op.name === 'woken') return runAll(copy, op.code, args, 0) ?? [];
  run(copy, op.code, args, 0);
  return [copy];
}
