// SPDX-License-Identifier: MIT

/** The one door for those who connect the model to kernels: harness/ imports this file and nothing else of models/. */

export { Checker, check } from './check/checker.js';
export { checkConcurrent, MAX_CONFIGURATIONS } from './check/concurrent.js';
export { type Expected, expectations, expectedTogether, type Together } from './check/expected.js';
export { explain } from './check/explain.js';
export { type Film, filmOf } from './check/film.js';
export { type Order, orderOf } from './check/order.js';
export type { Picture, PicturedBuffer, PicturedFence, PicturedFile } from './check/picture.js';
export type { Finding, PromiseName } from './check/promise.js';
export { answerScript, checkScript } from './check/script.js';
export { type Outcome, step, stepObserved } from './check/step.js';
export { checkTrace } from './check/trace.js';
export type { Verdict, Violation } from './check/verdict.js';
export { DESIGNS } from './design/designs.js';
export { type Analysis, analyse, DESIGN_PROMISES } from './design/explore.js';
export { POLICIES } from './design/policies.js';
export { analyseAll, DEFAULT_DEPTH, designHistories, designSummary, designTable } from './design/table.js';
export { errnoName } from './kernel/errno.js';
export { cHeader } from './ops/c-header.js';
export { type Call, CRASHED, type Leaf, type Result, WHO } from './ops/call.js';
export { DEFAULT_SETTING, type Event, OK, type Script, type Setting } from './ops/event.js';
export {
  type Argument,
  type Letter,
  letterOf,
  NONE,
  type Operation,
} from './ops/operation.js';
export { OPERATIONS, type OperationName } from './ops/operations.js';
export { type Deviation, type Profile, type ProfileName, withoutDefects } from './profiles/profile.js';
export { type Choice, chooseProfile, PROFILES, profileNamed, type Traits } from './profiles/profiles.js';
export { Exhaustive } from './programs/exhaustive.js';
export { Faults } from './programs/faults.js';
export { Guided } from './programs/guided.js';
export { type LeavesProgram, leavesProgram } from './programs/leaves.js';
export { Pressure } from './programs/pressure.js';
export { Race } from './programs/race.js';
export { TEMPLATES } from './programs/race-templates.js';
export { RandomLong } from './programs/random-long.js';
export { repeated } from './programs/repeat.js';
export { passes } from './programs/shrink.js';
export type { Batch, Outcome as BatchOutcome, ProgramMode, Strategy, Tally } from './programs/strategy.js';
export { viewWorld, type WorldView } from './state/view.js';
export { World } from './state/world.js';
export { linesOfOps, parseEvent, parseScript } from './text/parse.js';
export { ParseError } from './text/parse-error.js';
export { printCall, printEvent, printResult, printScript } from './text/print.js';
export { printStatus, printVariable } from './text/words.js';
export { recordFault } from './trace/fault.js';
export { decode, encode, encodeAll, HEADER_WORDS, packLeaf } from './trace/record.js';
export { ModelKernel } from './traffic/model-kernel.js';
export { prologue, Traffic } from './traffic/random.js';
export { nextCalls, randomCalls } from './traffic/record.js';
