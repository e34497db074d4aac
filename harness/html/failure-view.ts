// SPDX-License-Identifier: MIT
import {
  checkTrace,
  encodeAll,
  explain,
  ParseError,
  PROFILES,
  type Profile,
  parseScript,
  printCall,
  printResult,
  profileNamed,
  type Script,
  type Violation,
} from '../../models/index.js';
import { reasons, verdictWord } from '../report/lines.js';
import { fullName, type SubtestResult } from '../result/result.js';
import type { FailureView, FindingView } from './report.js';
import { type Scene, sceneOf } from './scene-of.js';

/** A failure without its place in the page. */
type View = Omit<FailureView, 'id'>;

/** A red subtest. `trace` is the text of the file that its verdict names; `profile` the rules it was judged by. */
export function viewOfResult(
  result: SubtestResult,
  more: {
    readonly where?: string;
    readonly trace: string | undefined;
    readonly profile: string | undefined;
    readonly again: string;
  },
): View {
  const { model } = result;
  const drawn = model?.kind === 'violates' ? drawnOf(model, more) : undefined;
  return {
    name: fullName(result),
    where: more.where,
    word: verdictWord(result).toUpperCase(),
    promises: result.promises,
    purpose: result.purpose,
    reasons: [...reasons(result), ...result.notes],
    finding: drawn?.finding,
    scene: drawn?.scene,
    noScene: drawn?.noScene,
    text: model?.kind === 'violates' ? model.text : undefined,
    splats: result.splats.map(({ title, text }) => ({ title, text })),
    again: model?.kind === 'violates' ? model.again : more.again,
  };
}

interface Drawn {
  readonly finding: FindingView;
  readonly scene?: Scene;
  readonly noScene?: string;
}

type Violates = NonNullable<SubtestResult['model']> & { kind: 'violates' };

function drawnOf(
  { promise, words, ops, call, got, allowed, trace: file }: Violates,
  { trace, profile: name }: { readonly trace: string | undefined; readonly profile: string | undefined },
): Drawn {
  const finding: FindingView = { promise, words, op: ops, call, got, allowed, before: [] };
  if (trace === undefined) return { finding, noScene: `there is no ${file} in the folder of the run` };
  const profile = name === undefined ? undefined : profileNamed(name);
  if (profile === undefined)
    return { finding, noScene: `the model has no rules called ${name ?? 'nothing'}` };
  const judged = judge(profile, trace);
  if (typeof judged === 'string') return { finding, noScene: judged };
  return { finding: findingOf(judged.verdict), scene: judged.scene() };
}

interface JudgedTrace {
  readonly verdict: Violation;
  scene(): Scene;
}

/** The verdict on a trace in text form, and its scene; or why there is none. */
function judge(profile: Profile, trace: string): JudgedTrace | string {
  let script: Script;
  let words: Int32Array;
  try {
    script = parseScript(trace);
    words = encodeAll(script.events);
  } catch (error) {
    if (error instanceof ParseError) return `line ${error.line} of the trace cannot be read: ${error.reason}`;
    if (error instanceof RangeError) return `the trace cannot be read: ${error.message}`;
    throw error;
  }
  const { setting, events } = script;
  const verdict = checkTrace(profile.rules, words, setting);
  if (verdict.kind !== 'violates') return `the model of today says of the trace: ${explain(verdict).trim()}`;
  return { verdict, scene: () => sceneOf({ profile, setting, words, events, verdict }) };
}

function findingOf({ finding, op, got, allowed, before }: Violation): FindingView {
  const [result] = got.results;
  return {
    promise: finding.promise,
    words: finding.words,
    op,
    call: printCall(got.call),
    got: result === undefined ? 'nothing' : printResult(got.call.op, result),
    allowed: allowed.map((one) => printResult(got.call.op, one)),
    before,
  };
}

/** What a search has saved of a failure. */
export interface SavedFinding {
  readonly slug: string;
  readonly signature: string;
  /** "5.10.262, fast" */
  readonly kernel: string;
  readonly report: string;
  readonly program: string;
  readonly trace: string | undefined;
  readonly again: string;
}

/** A failure that a search has found. Its rules are those by which the trace gives what the report says. */
export function viewOfFinding(saved: SavedFinding, where?: string): View {
  const judged = saved.trace === undefined ? undefined : judgedAs(saved.trace, saved.report);
  return {
    name: saved.signature,
    where,
    word: 'FOUND',
    promises: [],
    purpose: saved.kernel,
    reasons: [],
    finding: judged === undefined ? undefined : findingOf(judged.verdict),
    scene: judged?.scene(),
    noScene:
      judged !== undefined
        ? undefined
        : saved.trace === undefined
          ? 'no trace of it was saved: the guest died, or fencelab was older'
          : 'no rules of the model give what the report says',
    text: `${saved.report.trimEnd()}\n\n${saved.program}`,
    splats: [],
    again: saved.again,
  };
}

function judgedAs(trace: string, report: string): JudgedTrace | undefined {
  for (const profile of PROFILES) {
    const judged = judge(profile, trace);
    if (typeof judged !== 'string' && report.includes(explain(judged.verdict).trim())) return judged;
  }
  return undefined;
}
