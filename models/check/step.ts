// SPDX-License-Identifier: MIT
import { type Call, CRASHED, type Leaf, type Result } from '../ops/call.js';
import { argumentWords } from '../ops/layout.js';
import type { Answer, LeafList } from '../state/answer.js';
import { cloneWorld } from '../state/clone.js';
import type { World } from '../state/world.js';
import { printResult } from '../text/print.js';
import { encode, HEADER_WORDS } from '../trace/record.js';
import { runAll } from './hypotheses.js';
import { matches } from './matches.js';
import { lackingErrors, lacksMemory, refused } from './no-memory.js';

/** One way an op can go: what the caller gets, and the state after it. */
export interface Outcome {
  readonly result: Result;
  readonly world: World;
}

function leafAt(list: LeafList, at: number, timed: boolean): Leaf {
  const leaf = { who: list.who[at] ?? 0, status: list.status[at] ?? 0 };
  const latest = list.until[at] ?? 0;
  if (!timed || leaf.status === 0 || latest === 0 || latest === Number.POSITIVE_INFINITY) return leaf;
  return { ...leaf, at: latest, earliest: list.from[at] ?? 0 };
}

const leaves = (list: LeafList, timed: boolean): Leaf[] =>
  Array.from({ length: list.length }, (_, at) => leafAt(list, at, timed));

/** The answer as a result; where duplicates may be shown, the one without any. */
export function resultOf(call: Call, answer: Answer): Result {
  const { ret } = answer;
  if (ret < 0) return { ret, outputs: [], lists: [] };
  const outputs = (call.op.outputs ?? []).map((_, at) => answer.outputs[at] ?? 0);
  return {
    ret,
    outputs,
    lists: (call.op.lists ?? []).map((_, at) => leaves(answer.lists[at as 0 | 1], answer.timed)),
  };
}

/**
 * EVERY allowed outcome of an op with its next state. The world that is given is not changed. Slow and readable: for
 * `fencelab model`, for generating programs and for explaining; the checker asks `stepObserved`.
 */
export function step(world: World, call: Call, tookUs = 0, thread = 0): Outcome[] {
  if (world.crashed) return [];
  const start = cloneWorld(world);
  if (!start.enter(thread >> 4)) return [];
  start.from = world.until;
  start.until = world.until + tookUs + (call.op.name === 'wait' ? (call.args[0] ?? 0) * 1000 : 0);
  const outcomes = (runAll(start, call.op.code, call.args, 0) ?? []).flatMap((after) => {
    const outcome = { result: resultOf(call, after.answer), world: after };
    const { otherRet } = after.answer;
    if (otherRet === 0) return [outcome];
    return [outcome, { result: { ret: otherRet, outputs: [], lists: [] }, world: cloneWorld(after) }];
  });
  for (const ret of lackingErrors(world, call.op.code))
    for (const after of refused(cloneWorld(world), call.op.code, call.args, 0))
      outcomes.push({ result: { ret, outputs: [], lists: [] }, world: after });
  return dedupe(call, outcomes);
}

/** Outcomes that differ in what the caller sees, or in what comes of them, stay apart. */
function dedupe(call: Call, outcomes: readonly Outcome[]): Outcome[] {
  const seen: Outcome[] = [];
  for (const outcome of outcomes) {
    const words = printResult(call.op, outcome.result);
    if (
      outcome.result.ret === CRASHED ||
      !seen.some((o) => printResult(call.op, o.result) === words && o.world === outcome.world)
    )
      seen.push(outcome);
  }
  return seen;
}

/**
 * The states a kernel may be in after an op that gave `result`; none means that it may not give that. The world that is
 * given is not changed.
 */
export function stepObserved(world: World, call: Call, result: Result, tookUs = 0, thread = 0): World[] {
  const record = Int32Array.from(encode({ call, results: [result] }) ?? []);
  const at = HEADER_WORDS + argumentWords(call.op);
  return step(world, call, tookUs, thread)
    .filter(({ world: after, result: allowed }) =>
      lacksMemory(world, call.op.code, allowed.ret)
        ? result.ret === allowed.ret
        : matches(after.answer, record, at, call.op.outputs?.length ?? 0, call.op.lists?.length ?? 0),
    )
    .map((outcome) => outcome.world);
}
