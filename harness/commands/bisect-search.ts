// SPDX-License-Identifier: MIT
import { remaining, type Seen, type Trial } from '../bisect/trial.js';
import { UsageError } from '../errors.js';
import type { Progress, Stage } from '../progress/progress.js';
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
  const more = left === undefined ? '' : `; then about ${left.steps} more steps${about}`;
  const stage = progress.stage(`${session.state.trials.length + 1}. ${fit(candidate.title, 80)}`);
  if (more !== '') stage.update(more.slice(2));
  try {
    const question = {
      ...{ runs: search.runs, known: search.known, onlyKnown: search.onlySame },
      progress: within(stage, more, progress),
      judged: (kernel: string) => session.judged(kernel),
    };
    const trial = candidate.untestable ?? (await search.judge(candidate, question, signal));
    await session.record(trial);
    if (trial.outcome === 'holds') stage.end(trialLine(trial));
    else stage.fail(trialLine(trial));
    return trial;
  } catch (error) {
    stage.fail(signal.aborted ? 'interrupted' : 'failed');
    throw error;
  }
}

/** Building and running a kernel as one stage: a line a step, and what is going on while it goes on. */
const within = (stage: Stage, more: string, { say }: Progress): Progress => ({
  say,
  stage: (title) => ({
    update: (text, done, total) => stage.update(`${title}: ${text}${more}`, done, total),
    end: () => undefined,
    fail: () => undefined,
  }),
});

/** "fails: export@x: P1 ... (built what changed, 12 s; run 4.1 s)" */
function trialLine(trial: Trial): string {
  const word = { holds: 'holds', fails: 'fails', skip: 'could not be tested' }[trial.outcome];
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
  return `${word}${why}${other} (${times.join('; ')})`;
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
