// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UntestableError, UsageError } from '../errors.js';
import { type Finished, run, tail, whyFailed } from '../process/run.js';

/** What a user's own git may be told by its environment. */
const UNSET = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR', 'GIT_NAMESPACE'];

/** git that runs none of the repository's hooks, starts nothing in the background and speaks English. */
export async function git(folder: string, args: readonly string[], signal: AbortSignal): Promise<Finished> {
  const settings = [
    ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'gc.auto=0', 'maintenance.auto=false'],
    ...['advice.detachedHead=false', 'core.sparseCheckout=false', 'safe.directory=*'],
  ];
  const done = await run(
    'env',
    [
      ...UNSET.flatMap((name) => ['-u', name]),
      ...['LC_ALL=C', 'GIT_OPTIONAL_LOCKS=0', 'GIT_TERMINAL_PROMPT=0', 'git'],
      ...settings.flatMap((setting) => ['-c', setting]),
      ...args,
    ],
    { cwd: folder, signal },
  );
  signal.throwIfAborted();
  return done;
}

/** As {@link git}, and what it says. Throws where git fails. */
export async function gitSays(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const done = await git(folder, args, signal);
  if (done.ok) return done.stdout;
  throw new UntestableError(`git ${args[0]} ${whyFailed(done)}.`, {
    remedy: `It was asked in ${folder}.`,
    detail: tail(done.output),
  });
}

/** A repository that is only read, but for the worktree that git notes in it. */
export interface Repo {
  /** As the user wrote it. */
  readonly asked: string;
  /** Any folder of it in which git works. */
  readonly path: string;
  /** Where all its worktrees keep what they share. */
  readonly common: string;
  readonly name: string;
}

export async function openRepo(asked: string, signal: AbortSignal): Promise<Repo> {
  const path = await realpath(resolve(asked)).catch(() => {
    throw new UsageError(`--repo ${asked}: there is no such folder.`);
  });
  const said = await git(path, ['rev-parse', '--path-format=absolute', '--git-common-dir'], signal);
  if (!said.ok)
    throw new UsageError(`--repo ${asked}: git finds no repository there.`, {
      remedy: 'Give a checkout, or a bare repository. A tree without git: --series, or one check at a time.',
      detail: tail(said.output),
    });
  const common = await realpath(said.stdout);
  const name = basename(basename(common) === '.git' ? dirname(common) : common.replace(/\.git$/, ''));
  return { asked, path, common, name };
}

/** The commit that a user means. */
export async function commitOf(
  repo: Repo,
  option: string,
  rev: string,
  signal: AbortSignal,
): Promise<string> {
  const said = rev.startsWith('-')
    ? undefined
    : await git(repo.path, ['rev-parse', '--verify', '--quiet', `${rev}^{commit}`], signal);
  if (said?.ok === true) return said.stdout;
  throw new UsageError(`--${option} ${rev}: ${repo.asked} has no such commit.`, {
    remedy: 'Give a tag, a branch or the sha of a commit.',
  });
}

export interface Commit {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  /** "2026-11-22 18:00:00 +0000" */
  readonly date: string;
}

export async function describeCommit(folder: string, sha: string, signal: AbortSignal): Promise<Commit> {
  const format = '--format=%H%n%an <%ae>%n%ad%n%s';
  const text = await gitSays(folder, ['show', '-s', '--date=iso', format, sha], signal);
  const [full = sha, author = '', date = '', ...subject] = text.split('\n');
  return { sha: full, author, date, subject: subject.join(' ') };
}

/** Files that a kernel is not made of. Kconfig reads some that lie among the documents. */
const NO_SOURCE =
  /^(?:Documentation\/|LICENSES\/|tools\/testing\/)(?!.*(?:Kconfig|Makefile))|^(?:MAINTAINERS|CREDITS|COPYING|README|\.mailmap)$/;

/** Names what the kernel of a commit is made of: commits that differ in documents only have the same. */
export async function contentOf(folder: string, sha: string, signal: AbortSignal): Promise<string> {
  const listed = await gitSays(folder, ['ls-tree', '-r', '-z', '--full-tree', sha], signal);
  const hash = createHash('sha256');
  for (const entry of listed.split('\0')) {
    const path = entry.slice(entry.indexOf('\t') + 1);
    if (entry !== '' && !NO_SOURCE.test(path)) hash.update(entry).update('\0');
  }
  return hash.digest('hex');
}

/** Make a worktree at a commit. One that a search left behind when it was killed is used, if it is whole. */
export async function addWorktree(repo: Repo, path: string, sha: string, signal: AbortSignal): Promise<void> {
  if (await isOurs(repo, path, signal)) {
    const folder = await gitSays(path, ['rev-parse', '--path-format=absolute', '--git-dir'], signal);
    // Nobody else works in it: the search has its lock
    for (const name of (await readdir(folder)).filter((each) => each.endsWith('.lock')))
      await rm(join(folder, name), { force: true });
    await git(path, ['bisect', 'reset', 'HEAD'], signal);
    const forced = await git(path, ['checkout', '-q', '--force', '--detach', sha], signal);
    if (forced.ok && (await git(path, ['clean', '-q', '-ffdx'], signal)).ok) return;
  }
  await removeWorktree(repo, path, signal);
  const added = await git(repo.path, ['worktree', 'add', '-q', '--detach', path, sha], signal);
  if (added.ok) return;
  throw new UntestableError(`git worktree add ${whyFailed(added)}.`, {
    remedy: `Is there room in ${dirname(path)}, and may ${repo.common} be written?`,
    detail: tail(added.output),
  });
}

async function isOurs(repo: Repo, path: string, signal: AbortSignal): Promise<boolean> {
  const there = await realpath(path).catch(() => undefined);
  if (there === undefined) return false;
  const said = await git(
    path,
    ['rev-parse', '--path-format=absolute', '--git-common-dir', '--show-toplevel'],
    signal,
  );
  const [common, top] = said.stdout.split('\n');
  return said.ok && common !== undefined && (await realpath(common)) === repo.common && top === there;
}

/** Take the worktree away, with all that git noted of it. Works on what is half there as well. */
export async function removeWorktree(repo: Repo, path: string, signal: AbortSignal): Promise<void> {
  await git(repo.path, ['worktree', 'remove', '--force', '--force', path], signal);
  await rm(path, { recursive: true, force: true });
  const notes = join(repo.common, 'worktrees');
  for (const name of await readdir(notes).catch(() => []))
    if (await isNoteOf(join(notes, name), path))
      await rm(join(notes, name), { recursive: true, force: true });
  await rmdir(notes).catch(() => undefined); // somebody else has one
}

async function isNoteOf(note: string, path: string): Promise<boolean> {
  const place = await readFile(join(note, 'gitdir'), 'utf8').catch(() => '');
  return place.trim() === join(path, '.git');
}
