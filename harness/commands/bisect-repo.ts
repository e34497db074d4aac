// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { standingOf, stepsLeft, termProblem } from '../bisect/git-words.js';
import type { Asked } from '../bisect/state.js';
import type { Trial } from '../bisect/trial.js';
import { writeWhole } from '../cache/stamp.js';
import { UntestableError, UsageError } from '../errors.js';
import { kernelVersion } from '../kernel/source.js';
import { tail } from '../process/run.js';
import { sha256Text } from '../record/folder.js';
import {
  addWorktree,
  commitOf,
  contentOf,
  describeCommit,
  git,
  gitSays,
  openRepo,
  type Repo,
  removeWorktree,
} from './bisect-git.js';
import type { Candidate } from './bisect-judge.js';
import { notTested } from './bisect-judge.js';
import { checkEnd, type Search, type Searched, tryOne } from './bisect-search.js';
import { GIT_LOG } from './bisect-session.js';

export interface RepoOptions {
  readonly repo: string;
  readonly good: string;
  readonly bad: string;
  readonly firstParent: boolean;
  readonly path: readonly string[];
  readonly termOld?: string;
  readonly termNew?: string;
}

/** A range of commits in which the verdict changes once. */
export interface Range {
  readonly repo: Repo;
  /** The commit of which the others descend, and the one that descends of them. */
  readonly old: { readonly sha: string; readonly word: string; readonly holds: boolean };
  readonly new: { readonly sha: string; readonly word: string; readonly holds: boolean };
  /** What `git bisect` calls them. */
  readonly terms: { readonly old: string; readonly new: string };
  readonly firstParent: boolean;
  readonly paths: readonly string[];
  /** How many commits there are to choose from. */
  readonly commits: number;
}

/** Look at what the user asks for: nothing is changed. Where the good commit is the later one, the fix is looked for. */
export async function rangeOf(options: RepoOptions, signal: AbortSignal): Promise<Range> {
  const repo = await openRepo(options.repo, signal);
  const good = await commitOf(repo, 'good', options.good, signal);
  const bad = await commitOf(repo, 'bad', options.bad, signal);
  if (good === bad)
    throw new UsageError(`--good ${options.good} and --bad ${options.bad} are the same commit, ${good}.`);
  const related = await git(repo.path, ['merge-base', good, bad], signal);
  if (!related.ok)
    throw new UsageError(`--good ${options.good} and --bad ${options.bad} have no history in common.`);
  const seeksFix = related.stdout === bad;
  const ends = {
    good: { sha: good, word: options.good, holds: true },
    bad: { sha: bad, word: options.bad, holds: false },
  };
  const [older, newer] = seeksFix ? [ends.bad, ends.good] : [ends.good, ends.bad];
  const terms = termsOf(options, seeksFix);
  const limits = options.path.length === 0 ? [] : ['--', ...options.path];
  const parents = options.firstParent ? ['--first-parent'] : [];
  const top = (await git(repo.path, ['rev-parse', '--show-toplevel'], signal)).stdout || repo.path;
  const counted = ['rev-list', '--count', ...parents, newer.sha, `^${older.sha}`, ...limits];
  const commits = Number(await gitSays(top, counted, signal));
  if (commits === 0)
    throw new UsageError(
      `Between ${older.word} and ${newer.word} no commit touches ${options.path.join(', ') || 'anything'}.`,
      { remedy: 'Paths are given as seen from the top of the repository.' },
    );
  return {
    repo,
    old: older,
    new: newer,
    terms,
    firstParent: options.firstParent,
    paths: options.path,
    commits,
  };
}

function termsOf({ termOld, termNew }: RepoOptions, seeksFix: boolean): Range['terms'] {
  const terms = {
    old: termOld ?? (seeksFix ? 'broken' : 'good'),
    new: termNew ?? (seeksFix ? 'fixed' : 'bad'),
  };
  for (const [option, term] of [
    ['term-old', terms.old],
    ['term-new', terms.new],
  ] as const) {
    const problem = termProblem(term);
    if (problem !== undefined) throw new UsageError(`--${option} ${term}: ${problem}.`);
  }
  if (terms.old === terms.new) throw new UsageError(`--term-old and --term-new are both "${terms.old}".`);
  return terms;
}

/** What makes two searches of a repository the same. */
export const askedOf = (range: Range): Asked => ({
  mode: 'repo',
  repo: range.repo.common,
  old: range.old.sha,
  new: range.new.sha,
  terms: [range.terms.old, range.terms.new],
  firstParent: range.firstParent,
  paths: [...range.paths],
});

/** Search with `git bisect` in a worktree that is there as long as this takes, and no longer. */
export async function searchRepo(range: Range, search: Search, signal: AbortSignal): Promise<Searched> {
  const tree = join(search.session.folder, 'linux');
  const known = concluded(search.session.state.gitLog ?? '');
  if (known !== undefined) return known;
  try {
    return await bisect(range, tree, search, signal);
  } finally {
    // Also after Ctrl-C: what is known is in the state, and the worktree is made again
    const stage = search.progress.stage('Take the worktree away');
    await removeWorktree(range.repo, tree, new AbortController().signal);
    stage.end('');
  }
}

/** What git has concluded by its log, if anything. */
function concluded(log: string): Searched | undefined {
  const standing = standingOf(log);
  if (standing.kind === 'going') return undefined;
  return { candidates: standing.kind === 'found' ? [standing.commit] : standing.candidates };
}

async function bisect(range: Range, tree: string, search: Search, signal: AbortSignal): Promise<Searched> {
  const { session } = search;
  const stage = search.progress.stage('Check out a worktree');
  try {
    await addWorktree(range.repo, tree, range.new.sha, signal);
    stage.end(range.repo.name);
  } catch (error) {
    stage.fail(signal.aborted ? 'interrupted' : 'failed');
    throw error;
  }
  const seeksFix = range.new.holds;
  const ends = seeksFix ? [range.old, range.new] : [range.new, range.old];
  for (const end of ends) {
    if (session.trial(end.sha) === undefined)
      await gitSays(tree, ['checkout', '-q', '--force', '--detach', end.sha], signal);
    const candidate = await candidateOf(range, tree, end.sha, signal);
    await checkEnd(search, candidate, { word: end.word, holds: end.holds }, signal);
  }
  const { said, log } = await begin(range, tree, search, signal);
  return follow(range, tree, search, { said, log }, signal);
}

interface Said {
  readonly said: string;
  readonly log: string;
}

/** Start, or take up what was interrupted: git replays its own log. */
async function begin(range: Range, tree: string, { session }: Search, signal: AbortSignal): Promise<Said> {
  const { gitLog } = session.state;
  if (gitLog !== undefined) {
    const file = join(session.folder, GIT_LOG);
    await writeWhole(file, gitLog);
    const replayed = await git(tree, ['bisect', 'replay', file], signal);
    if (replayed.ok) return { said: replayed.output, log: await logOf(tree, signal) };
  }
  await git(tree, ['bisect', 'reset', range.new.sha], signal);
  const terms = [`--term-old=${range.terms.old}`, `--term-new=${range.terms.new}`];
  const parents = range.firstParent ? ['--first-parent'] : [];
  const ends = [range.new.sha, range.old.sha];
  const started = await git(
    tree,
    ['bisect', 'start', ...terms, ...parents, ...ends, '--', ...range.paths],
    signal,
  );
  if (!started.ok) throw refused('git bisect start', started.output);
  const log = await logOf(tree, signal);
  await session.keepGitLog(log);
  return { said: started.output, log };
}

const logOf = (tree: string, signal: AbortSignal): Promise<string> =>
  gitSays(tree, ['bisect', 'log'], signal).then((log) => `${log}\n`);

const refused = (what: string, output: string): UntestableError =>
  new UntestableError(`${what} does not go on.`, {
    remedy: 'What git says of it is above. Is the range the right way round?',
    detail: tail(output),
  });

/** Test what git checks out and tell it what came of it, until it says that it is done. */
async function follow(
  range: Range,
  tree: string,
  search: Search,
  { said, log }: Said,
  signal: AbortSignal,
): Promise<Searched> {
  const { session } = search;
  for (let now = { said, log }; ; ) {
    const result = concluded(now.log);
    if (result !== undefined) return result;
    const sha = await gitSays(tree, ['rev-parse', 'HEAD'], signal);
    const trial = await tryOne(
      search,
      await candidateOf(range, tree, sha, signal),
      stepsLeft(now.said),
      signal,
    );
    const term = termFor(trial, range);
    const marked = await git(tree, ['bisect', term, sha], signal);
    const next = await logOf(tree, signal);
    await session.keepGitLog(next);
    if (!marked.ok && standingOf(next).kind === 'going') throw refused(`git bisect ${term}`, marked.output);
    now = { said: marked.output, log: next };
  }
}

function termFor({ outcome }: Trial, range: Range): string {
  if (outcome === 'skip') return 'skip';
  return (outcome === 'holds') === range.new.holds ? range.terms.new : range.terms.old;
}

/** What is checked out in the worktree, as a kernel to be judged. */
async function candidateOf(
  range: Range,
  tree: string,
  sha: string,
  signal: AbortSignal,
): Promise<Candidate & { readonly untestable?: Trial }> {
  const { subject } = await describeCommit(tree, sha, signal);
  const common = { id: sha, title: `${sha.slice(0, 12)} ${subject}` };
  const repository = sha256Text(range.repo.common).slice(0, 8);
  const slot = `bisect-${range.repo.name.replaceAll(/[^\w.-]/g, '_')}-${repository}`;
  const identity = `commit content ${await contentOf(tree, sha, signal)}`;
  const candidate = { ...common, target: { kernel: tree }, more: { content: { slot, identity } } };
  if ((await kernelVersion(tree)) !== undefined) return candidate;
  return { ...candidate, untestable: notTested(common, 'it is not a Linux source tree') };
}
