// SPDX-License-Identifier: MIT
import {
  type Choice,
  CRASHED,
  checkTrace,
  decode,
  encode,
  explain,
  OPERATIONS,
  type Operation,
  printCall,
  printResult,
  type Setting,
  type Verdict,
  type Violation,
  withoutDefects,
} from '../../models/index.js';
import type { SubtestState } from '../channel/state.js';
import { endedWell, fullName, type ModelVerdict } from '../result/result.js';
import type { Reached } from '../trace/frame.js';
import type { Trace } from '../trace/traces.js';
import { chooseFor, type SeenKernel } from './kernel.js';
import { traceText } from './trace-text.js';

/** A trace with what the model says of it. */
export interface Judged {
  readonly choice: Choice;
  readonly setting: Setting;
  readonly words: Int32Array;
  readonly verdict: Verdict;
  /** Why the trace is not whole. */
  readonly lacks: string | undefined;
  /** Places in the kernel's code that it was the first to reach in its guest. */
  readonly reached: readonly Reached[];
}

export interface JudgeMeans {
  /** The command that repeats a subtest. */
  again(name: string): string;
  /** Write a file into the run's folder. */
  keep(file: string, text: string): void;
  /** The full names of subtests for which a kernel's known defects are not allowed, see NO_DEFECTS. */
  readonly noDefects?: ReadonlySet<string>;
  /** Whoever wants to see every trace. */
  onJudged?(name: string, judged: Judged): void;
}

/** Where in a run's folder the traces are, as text: those the model does not allow, and those of other red subtests. */
export const DIVERGENCES = 'divergences';
export const TRACES = 'traces';

/** Feeds each subtest's trace to the model. One for a run: its kernel is the same in every guest. */
export class ModelJudge {
  readonly #means: JudgeMeans;
  #choice: Choice | undefined;

  constructor(means: JudgeMeans) {
    this.#means = means;
  }

  /** The rules of this run; undefined until a guest has answered. */
  get choice(): Choice | undefined {
    return this.#choice;
  }

  /** A guest says what kernel it has. The first one counts. */
  meet(kernel: SeenKernel): void {
    this.#choice ??= chooseFor(kernel);
  }

  /** `died`: the kernel went down while the subtest ran. */
  judge(state: SubtestState, trace: Trace | undefined, died: boolean): ModelVerdict | undefined {
    const name = fullName(state);
    const choice = this.#choiceFor(name);
    if (state.dynamic !== undefined || state.outcome === 'notrun') return undefined;
    if (trace === undefined && state.outcome === 'skip') return undefined;
    if (choice === undefined || trace === undefined)
      return { kind: 'undecided', ops: 0, reason: 'no trace of it came' };
    const { setting } = trace;
    if (setting === undefined)
      return { kind: 'undecided', ops: 0, reason: trace.lacks ?? 'its beginning is missing' };
    const last = died ? crashRecord(trace) : undefined;
    const words = last === undefined ? trace.words : joined(trace.words, last);
    const lacks = last === undefined ? trace.lacks : undefined;
    const verdict = checkTrace(choice.profile.rules, words, setting, lacks === undefined);
    this.#means.onJudged?.(name, { choice, setting, words, verdict, lacks, reached: trace.reached });
    if (verdict.kind === 'violates') return this.#violation(name, verdict, choice, setting, words);
    if (!endedWell(state))
      this.#means.keep(`${TRACES}/${name}.trace`, traceText([`${name}: ${state.outcome}`], setting, words));
    if (verdict.kind === 'undecided') return { kind: 'undecided', ops: verdict.op, reason: verdict.reason };
    return lacks === undefined
      ? { kind: 'holds', ops: verdict.ops }
      : { kind: 'undecided', ops: verdict.ops, reason: lacks };
  }

  #choiceFor(name: string): Choice | undefined {
    if (this.#choice === undefined || this.#means.noDefects?.has(name) !== true) return this.#choice;
    return { ...this.#choice, profile: withoutDefects(this.#choice.profile) };
  }

  #violation(
    name: string,
    verdict: Violation,
    { profile }: Choice,
    setting: Setting,
    words: Int32Array,
  ): ModelVerdict {
    const { call, results } = verdict.got;
    const [got] = results;
    const text = explain(verdict);
    const again = this.#means.again(name);
    const trace = `${DIVERGENCES}/${name}.trace`;
    const remarks = [`${name}, judged by the model of ${profile.name}`, text, `again: ${again}`];
    this.#means.keep(trace, traceText(remarks, setting, words));
    return {
      kind: 'violates',
      ops: verdict.op,
      promise: verdict.finding.promise,
      words: verdict.finding.words,
      call: printCall(call),
      got: got === undefined ? 'nothing' : printResult(call.op, got),
      allowed: verdict.allowed.map((result) => printResult(call.op, result)),
      text,
      trace,
      again,
    };
  }
}

function joined(words: Int32Array, more: readonly number[]): Int32Array {
  const all = new Int32Array(words.length + more.length);
  all.set(words);
  all.set(more, words.length);
  return all;
}

/** The op that was entered and never came back, as a record that says so. */
function crashRecord({ entered, records }: Trace): number[] | undefined {
  if (entered === undefined) return undefined;
  const [header = 0, start = 0] = entered;
  const code = (header >> 16) & 0xff;
  const op = (OPERATIONS as readonly Operation[]).find((one) => one.code === code);
  if (op === undefined) return undefined;
  const { call } = decode(Int32Array.from([header, start, 0, records, ...entered.slice(2)]), 0);
  const thread = header >>> 24;
  const result = { ret: CRASHED, outputs: [], lists: [] };
  return encode({ call, results: [result], start: start >>> 0, before: records, thread });
}
