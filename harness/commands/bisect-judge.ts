// SPDX-License-Identifier: MIT
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { failuresOf, isSame, onlySame } from '../bisect/failures.js';
import type { Seen, Trial } from '../bisect/trial.js';
import type { Cache } from '../cache/cache.js';
import { EXIT, FencelabError, UntestableError } from '../errors.js';
import type { KernelRequest } from '../kernel/types.js';
import type { Progress } from '../progress/progress.js';
import { sha256Of, sha256Text } from '../record/folder.js';
import { fullName, isRed, type RunSummary } from '../result/result.js';
import type { Check } from './bisect-check.js';
import { judge } from './judge.js';
import { prepareRun, type Work } from './prepare-run.js';
import { shortPath } from './short-path.js';
import { type Ingredients, provide, type TargetOptions } from './target.js';

/** A kernel that a search wants to know about. */
export interface Candidate {
  readonly id: string;
  /** For people: "abcdef123456 dma-buf: do this". */
  readonly title: string;
  readonly target: Pick<TargetOptions, 'kernel'> & Partial<TargetOptions>;
  readonly more?: Pick<KernelRequest, 'content' | 'config'>;
}

/** What a search already knows, and how sure it wants to be. */
export interface Question {
  /** A kernel that passes so many runs holds. One that fails once fails. */
  readonly runs: number;
  /** How the kernel that is known to be bad fails. */
  readonly known?: readonly Seen[] | undefined;
  /** Only failures like that count. */
  readonly onlyKnown: boolean;
  /** Where it is told how far this candidate is. */
  readonly progress: Progress;
  /** An earlier verdict on a kernel with this content. */
  judged(kernel: string): Trial | undefined;
}

/** Builds, boots and judges; tests put their own in its place. Never fails for what a kernel does. */
export type Judge = (candidate: Candidate, question: Question, signal: AbortSignal) => Promise<Trial>;

export interface JudgeMeans {
  readonly check: Check;
  readonly cache: Cache;
  /** The search's folder; runs are kept in `runs` below. */
  readonly folder: string;
}

type Verdict = Pick<Trial, 'outcome' | 'reason' | 'failures' | 'runs' | 'folder'>;

/** A judge that takes real kernels. */
export function kernelJudge(means: JudgeMeans): Judge {
  return async (candidate, question, signal) => {
    const began = performance.now();
    const common = { id: candidate.id, title: candidate.title, differs: false };
    const provided = await build(means, candidate, question.progress, signal);
    const buildMilliseconds = performance.now() - began;
    if ('why' in provided)
      return {
        ...common,
        ...skipped(provided.why),
        built: 'not',
        buildMilliseconds,
        runMilliseconds: 0,
      };
    const { ingredients, built } = provided;
    const kernel = await contentOf(ingredients);
    const config = await keepConfig(means, candidate, ingredients);
    const earlier = question.judged(kernel);
    if (earlier !== undefined && earlier.runs >= (earlier.outcome === 'fails' ? 1 : question.runs)) {
      const { outcome, reason, failures, runs, differs } = earlier;
      const times = { buildMilliseconds, runMilliseconds: 0 };
      return {
        ...common,
        outcome,
        reason,
        failures,
        runs,
        differs,
        kernel,
        built: 'same',
        ...config,
        ...times,
      };
    }
    const verdict = await runAll(means, ingredients, question, signal);
    const differs =
      verdict.failures.length > 0 &&
      question.known !== undefined &&
      !isSame(verdict.failures, question.known);
    const runMilliseconds = performance.now() - began - buildMilliseconds;
    return { ...common, ...verdict, differs, kernel, built, ...config, buildMilliseconds, runMilliseconds };
  };
}

const skipped = (reason: string): Verdict & { outcome: 'skip' } => ({
  outcome: 'skip',
  reason,
  failures: [],
  runs: 0,
});

async function build(
  { check, cache }: JudgeMeans,
  { target, more }: Candidate,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ ingredients: Ingredients; built: Trial['built'] } | { why: string }> {
  let built: Trial['built'] = 'cached';
  try {
    const ingredients = await provide(
      { ...check.options, ...target },
      cache,
      progress,
      signal,
      // Not in a build folder that checks use as well: another compiler's name, and all of it is built again
      { ...more, ccache: more !== undefined },
      (how) => {
        built = how;
      },
    );
    return { ingredients, built };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FencelabError) || error.exitCode !== EXIT.untestable || isOfTheMachine(error))
      throw error;
    return { why: whyNot(error) };
  }
}

/** The .config of a kernel that was built with one of somebody else's making, in the search's folder. */
async function keepConfig(
  { folder }: JudgeMeans,
  { id, more }: Candidate,
  { configFile }: Ingredients,
): Promise<{ config?: string }> {
  if (more?.config === undefined || configFile === undefined) return {};
  const config = join('configs', `${sha256Text(id).slice(0, 12)}.config`);
  await mkdir(join(folder, 'configs'), { recursive: true });
  await copyFile(configFile, join(folder, config));
  return { config };
}

/** What says nothing of the kernel: going on to the next one would only skip that too. */
const isOfTheMachine = ({ message, detail }: FencelabError): boolean =>
  /^(Not installed here|Cannot lock|The lock on)|could not be (downloaded|fetched|copied)|was killed by/.test(
    message,
  ) || /No space left on device|Cannot allocate memory|Killed signal/.test(`${message} ${detail ?? ''}`);

/** In one line, with the first thing that the compiler says; a file is named as in the tree. */
function whyNot({ message, detail }: FencelabError): string {
  const first = (detail ?? '').split('\n').find((line) => line.trim() !== '');
  return first === undefined ? message : `${message} ${first.trim().replace(/^\/\S*?\/tree\//, '')}`;
}

/** The kernel that is booted and the test programs in it: the same, and so is the verdict. */
async function contentOf({ kernelFile, guestFile }: Ingredients): Promise<string> {
  return sha256Text(`${await sha256Of(kernelFile)} ${await sha256Of(guestFile)}`);
}

async function runAll(
  means: JudgeMeans,
  ingredients: Ingredients,
  question: Question,
  signal: AbortSignal,
): Promise<Verdict> {
  const work = await means.check.work(ingredients);
  let last: string | undefined;
  for (let run = 1; run <= question.runs; run++) {
    const { folder, summary } = await runOnce(
      means,
      ingredients,
      work,
      { run, of: question.runs, progress: question.progress },
      signal,
    );
    signal.throwIfAborted();
    // What passed says no more than that it passed
    if (last !== undefined) await rm(join(means.folder, last), { recursive: true, force: true });
    last = relative(means.folder, folder);
    const verdict = { ...verdictOf(summary, question), folder: last };
    if (verdict.outcome !== 'holds') return { ...verdict, runs: verdict.outcome === 'skip' ? run - 1 : run };
  }
  return {
    outcome: 'holds',
    reason: '',
    failures: [],
    runs: question.runs,
    ...(last === undefined ? {} : { folder: last }),
  };
}

function verdictOf(summary: RunSummary, { onlyKnown, known }: Question): Omit<Verdict, 'runs' | 'folder'> {
  if (summary.verdict === 'untestable')
    return skipped(`no guest of it could be tested: ${summary.reason ?? 'no reason given'}`);
  const failures = failuresOf(summary);
  if (failures.length === 0) return { outcome: 'holds', reason: '', failures };
  const [first] = failures;
  const reason = first === undefined ? '' : `${first.test}: ${first.text}`;
  if (!onlyKnown || known === undefined) return { outcome: 'fails', reason, failures };
  const same = onlySame(summary, failures, known);
  if (same.outcome === 'skip') return { ...skipped(same.reason), failures };
  return { outcome: same.outcome, reason, failures };
}

async function runOnce(
  { check, cache, folder: parent }: JudgeMeans,
  ingredients: Ingredients,
  work: Work,
  { run, of, progress }: { readonly run: number; readonly of: number; readonly progress: Progress },
  signal: AbortSignal,
): Promise<{ folder: string; summary: RunSummary }> {
  const { options } = check;
  const { folder, record } = await prepareRun(
    { ...options, results: join(parent, 'runs') },
    ingredients,
    work,
  );
  const stage = progress.stage(of === 1 ? 'Test' : `Test, run ${run} of ${of}`);
  let done = 0;
  let red = 0;
  try {
    const summary = await judge(
      {
        ...{ record, folder, cache: cache.root, shownFolder: shortPath(folder) },
        ...{ accelerator: options.accel, strict: options.strict },
      },
      // Which accelerator is used was said before; of many runs nobody wants to read it again
      { stage: (title) => progress.stage(title), say: () => undefined },
      {
        onSubtestStart: (name) => stage.update(name, done, record.plan.length),
        onSubtestEnd: (result) => {
          if (result.dynamic === undefined) done++;
          if (isRed(result)) red++;
          stage.update(fullName(result), done, record.plan.length);
        },
      },
      signal,
    );
    stage.end(endOf(summary, red));
    return { folder, summary };
  } catch (error) {
    stage.fail(signal.aborted ? 'interrupted' : 'failed');
    throw error;
  }
}

const endOf = ({ verdict, results, reason }: RunSummary, red: number): string =>
  verdict === 'untestable' ? (reason ?? 'could not be tested') : `${results.length} subtests, ${red} red`;

/** For callers whose candidate cannot even be asked for. */
export function notTested(candidate: Pick<Candidate, 'id' | 'title'>, why: string): Trial {
  const none = { built: 'not', buildMilliseconds: 0, runMilliseconds: 0, differs: false } as const;
  return { id: candidate.id, title: candidate.title, ...skipped(why), ...none };
}

/** An end of the range that does not do what the user says it does. */
export const untestableEnd = (what: string, trial: Trial): UntestableError =>
  new UntestableError(`${what} could not be tested: ${trial.reason}`, {
    remedy: 'Give another one for it, near by, that builds and boots.',
  });
