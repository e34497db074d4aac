// SPDX-License-Identifier: MIT
import { remaining, type Seen, type Trial } from '../bisect/trial.js';
import { UsageError } from '../errors.js';
import type { Progress } from '../progress/progress.js';
import { duration, fit } from '../progress/words.js';
import { type Candidate, type Judge, untestableEnd } from './bisect-judge.js';
import type { Session } from './bisect-session.js';

/** A search under way: what the three kinds of them have in common. */
export interface Search {
  readonly session: Session;
  readonly judge: Judge;
  readonly progress: Progress;
  /** A kernel that passes so many runs holds. */
  readonly runs: number;
  /** Only failures like that of the bad end count. */
  readonly onlySame: boolean;
  /** How the bad end fails, once that is known. */
  known: readonly Seen[] | undefined;
}

/** What a search came to: one candidate, or those that could not be told apart. */
export interface Searched {
  readonly candidates: readonly string[];
}

interface Testable extends Candidate {
  /** Why it need not be built. */
  readonly untestable?: Trial;
}

/** One candidate: from what is known, or tested now; kept at once. */
export async function tryOne(
  search: Search,
  candidate: Testable,
  left: { readonly steps: number } | undefined,
  signal: AbortSignal,
): Promise<Trial> {
  const { session, progress } = search;
  const before = session.trial(candidate.id);
  if (before !== undefined) return before;
  const time = remaining(session.state.trials, left?.steps);
  const about = time === undefined ? '' : `, about ${duration(time)}`;
  const more = left === undefined ? '' : ` (then ${left.steps} more to go${about})`;
  progress.say(`${session.state.trials.length + 1}. ${fit(candidate.title, 90)}${more}`);
  const trial =
    candidate.untestable ??
    (await search.judge(
      candidate,
      {
        runs: search.runs,
        known: search.known,
        onlyKnown: search.onlySame,
        judged: (kernel) => session.judged(kernel),
      },
      signal,
    ));
  await session.record(trial);
  progress.say(trialLine(trial));
  return trial;
}

/** "   FAILS: export@x: P1 ... (built 12 s, ran 4.1 s)" */
function trialLine(trial: Trial): string {
  const word = { holds: 'holds', fails: 'FAILS', skip: 'skipped' }[trial.outcome];
  const why = trial.reason === '' ? '' : `: ${fit(trial.reason, 160)}`;
  const other = trial.differs ? ' [not as the bad end fails]' : '';
  const built = {
    full: 'built',
    incremental: 'built what changed',
    cached: 'built before',
    same: 'the same kernel as before',
    not: 'no kernel',
  }[trial.built];
  const times = [`${built}, ${duration(trial.buildMilliseconds)}`];
  if (trial.runs > 0 && trial.built !== 'same')
    times.push(`${trial.runs === 1 ? 'run' : `${trial.runs} runs`} ${duration(trial.runMilliseconds)}`);
  return `   ${word}${why}${other} (${times.join('; ')})`;
}

/** Test an end of the range. Throws where it does not do what the user says that it does: all else would be in vain. */
export async function checkEnd(
  search: Search,
  candidate: Testable,
  end: { readonly word: string; readonly holds: boolean },
  signal: AbortSignal,
): Promise<Trial> {
  const trial = await tryOne(search, candidate, undefined, signal);
  const isAsSaid = trial.outcome === (end.holds ? 'holds' : 'fails');
  if (!isAsSaid) await search.session.drop(trial.id);
  const what = `The ${end.holds ? 'good' : 'bad'} end, ${end.word},`;
  if (trial.outcome === 'skip') throw untestableEnd(what, trial);
  const runs = search.runs === 1 ? '' : ` in ${search.runs} runs`;
  if (end.holds && trial.outcome === 'fails')
    throw new UsageError(`${what} fails: ${trial.reason}`, {
      remedy: `Nothing can be searched for between two that fail. Was it good at all? See ${trial.folder ?? 'the check'}.`,
    });
  if (!end.holds && trial.outcome === 'holds')
    throw new UsageError(`${what} holds${runs}: nothing of what was asked fails there.`, {
      remedy:
        search.runs === 1
          ? 'Ask for the test that fails (-- --only ...); for what fails now and then: --runs, or --rate with --confidence.'
          : 'Ask for the test that fails (-- --only ...), or for more runs.',
    });
  if (!end.holds) search.known = trial.failures;
  return trial;
}
