// SPDX-License-Identifier: MIT
import { basename, join } from 'node:path';
import { reportLines } from '../bisect/report.js';
import { MOST_RUNS, runsNeeded } from '../bisect/runs.js';
import type { Asked } from '../bisect/state.js';
import type { Trial } from '../bisect/trial.js';
import { Cache } from '../cache/cache.js';
import { withLock } from '../cache/lock.js';
import { writeWhole } from '../cache/stamp.js';
import { EXIT, UsageError } from '../errors.js';
import { cacheFolder } from '../folders.js';
import type { Progress } from '../progress/progress.js';
import { shellWord } from '../progress/words.js';
import { needs, virglNeeds } from '../setup/packages.js';
import { ensure } from '../setup/set-up.js';
import { type Check, readCheck } from './bisect-check.js';
import { type Judge, kernelJudge } from './bisect-judge.js';
import type { BisectOptions } from './bisect-options.js';
import { configQuestion, type Question, repoQuestion, seriesQuestion } from './bisect-questions.js';
import type { Search } from './bisect-search.js';
import { GIT_LOG, Session, searchFolder } from './bisect-session.js';
import { shortPath } from './short-path.js';
import { withProgress } from './with-progress.js';

/** A search from its question to its report. Returns the exit status. Tests give a judge of their own. */
export function bisect(
  words: readonly string[],
  options: BisectOptions,
  judge?: (means: { readonly check: Check; readonly folder: string }) => Judge,
): Promise<number> {
  const runs = runsOf(options);
  return withProgress(process.stdout, async ({ progress }, signal) => {
    try {
      const question = await questionOf(words, options, signal);
      const gpu = question.check.options.gpu;
      if (judge === undefined)
        await ensure(gpu === 'virgl' ? [...needs, ...virglNeeds] : needs, progress, signal);
      const cache = await Cache.open(cacheFolder());
      const asked: Asked = {
        ...question.asked,
        check: [...question.check.words],
        ...{ runs, sameFailure: options.sameFailure },
      };
      const folder = searchFolder(options.results, question.name, asked);
      const lock = { what: shortPath(folder), progress, signal };
      return await withLock(join(cache.root, 'locks', basename(folder)), lock, async (signal) => {
        if (options.restart) await Session.forget(folder);
        const session = await Session.open(folder, asked);
        const judges = judge ?? (({ check }) => kernelJudge({ check, cache, folder }));
        const search: Search = {
          ...{ session, progress, runs, known: undefined },
          judge: judges({ check: question.check, folder }),
          onlySame: options.sameFailure,
        };
        return await answer(question, search, options, progress, signal);
      });
    } catch (error) {
      if (signal.aborted) progress.say('interrupted: the same command goes on from here');
      throw error;
    }
  });
}

async function answer(
  question: Question,
  search: Search,
  options: BisectOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const { session } = search;
  const { trials } = session.state;
  progress.say(question.title);
  progress.say(`results go to ${shortPath(session.folder)}`);
  if (session.isResumed)
    progress.say(`goes on from an earlier search: ${trials.length} tested (--restart begins anew)`);
  const { isFound, found, shows, failing } = await question.search(search, signal);
  const state = session.state;
  const log = join(shortPath(session.folder), GIT_LOG);
  const lines = reportLines({
    found,
    shows: showing(shows, failing, state.trials),
    trials: state.trials,
    milliseconds: state.milliseconds,
    resumed: state.resumed,
    runs: search.runs,
    rate: options.rate,
    folder: shortPath(session.folder),
    last: [
      isFound ? 'FOUND' : 'NOT NARROWED DOWN TO ONE',
      `results:  ${shortPath(session.folder)}`,
      ...(state.gitLog === undefined ? [] : [`log:      git bisect replay ${shellWord(log)}`]),
    ],
  });
  await writeWhole(join(session.folder, REPORT_FILE), `${lines.join('\n')}\n`);
  progress.say('');
  for (const line of lines) progress.say(line);
  return isFound ? EXIT.holds : EXIT.fails;
}

export const REPORT_FILE = 'report.txt';

/** What was found may hold (it mended it), or not have been tested: then the failure of the bad end is shown. */
const showing = (shows: string | undefined, failing: string, trials: readonly Trial[]): Trial | undefined =>
  trials.find(({ id, outcome }) => id === shows && outcome === 'fails') ??
  trials.find(({ id }) => id === failing);

function runsOf({ runs, rate, confidence }: BisectOptions): number {
  if (runs !== undefined && rate !== undefined)
    throw new UsageError('--runs and --rate exclude each other: the rate says how many runs it takes.');
  if (confidence !== undefined && rate === undefined)
    throw new UsageError('--confidence needs --rate: how often does the failure show?', {
      remedy: '--rate 1/20 --confidence 99%',
    });
  if (rate === undefined) return runs ?? 1;
  const wanted = runsNeeded(confidence ?? 0.95, rate);
  if (wanted > MOST_RUNS)
    throw new UsageError(`--rate and --confidence ask for ${wanted} runs of each kernel.`, {
      remedy: 'Look for a program that shows it more often: fencelab explore --race',
    });
  return wanted;
}

/** Which of the three kinds of search it is. */
function questionOf(
  words: readonly string[],
  options: BisectOptions,
  signal: AbortSignal,
): Promise<Question> {
  const kinds = (['repo', 'series', 'config'] as const).filter((kind) => options[kind] !== undefined);
  if (kinds.length > 1)
    throw new UsageError(`${kinds.map((kind) => `--${kind}`).join(' and ')} exclude each other.`);
  const foreign = foreignOption(kinds[0] ?? 'repo', options);
  if (foreign !== undefined) throw new UsageError(foreign);
  const isOn = 'give it with --on';
  switch (kinds[0]) {
    case 'series':
      return seriesQuestion(
        options,
        readCheck(words, { kernel: isOn, patch: 'the series is what is searched' }),
      );
    case 'config':
      return configQuestion(
        options,
        readCheck(words, { kernel: isOn, profile: 'the configurations are given' }),
      );
    default:
      return repoQuestion(options, readCheck(words, { kernel: 'the commits are what is searched' }), signal);
  }
}

/** An option of another kind of search. */
function foreignOption(kind: 'repo' | 'series' | 'config', options: BisectOptions): string | undefined {
  if (kind === 'repo' && options.on !== undefined)
    return '--on is for --series and --config: here the commits are the kernels.';
  const of = {
    repo: ['good', 'bad', 'termOld', 'termNew'],
    series: ['broke', 'fixed', 'from', 'to'],
  } as const;
  const given = (['repo', 'series'] as const)
    .filter((other) => other !== kind)
    .flatMap((other) => of[other])
    .find((name) => options[name] !== undefined);
  const word = given?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (word !== undefined) return `--${word} is not for a search with --${kind}.`;
  if (kind !== 'repo' && (options.firstParent || options.path.length > 0))
    return `--first-parent and --path are not for a search with --${kind}.`;
  return undefined;
}
