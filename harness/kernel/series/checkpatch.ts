// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { UntestableError, UsageError } from '../../errors.js';
import { run, tail, whyFailed } from '../../process/run.js';

/** One thing that checkpatch has to say of a patch. */
export interface Remark {
  readonly severity: 'ERROR' | 'WARNING' | 'CHECK';
  /** "LONG_LINE" */
  readonly type: string;
  readonly text: string;
}

/** A remark that stays, and why. */
export interface Exception {
  /** A patch's file name, or EVERY. */
  readonly patch: string;
  readonly type: string;
  readonly reason: string;
}

/** Stands for each patch of the series. */
export const EVERY = '*';

/** Whether an exception is made for a patch, alone or among all. */
export const concerns = (exception: Exception, patch: string): boolean =>
  exception.patch === patch || exception.patch === EVERY;

/** Read `checkpatch.pl --terse --show-types`: "FILE:LINE: WARNING:TYPE: text". */
export function parseRemarks(output: string): Remark[] {
  const found: Remark[] = [];
  for (const match of output.matchAll(/^(?:.*?:\d*: )?(ERROR|WARNING|CHECK):([A-Z0-9_]+): (.*)$/gm)) {
    const [, severity, type, text] = match;
    if (type !== undefined && text !== undefined)
      found.push({ severity: severity as Remark['severity'], type, text });
  }
  return found;
}

/**
 * Read checkpatch-exceptions.txt: "PATCHFILE TYPE reason…" a line, `*` for any patch; `#` begins a comment. A reason is
 * compulsory.
 */
export function parseExceptions(text: string, name: string): Exception[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const [patch, type, ...words] = line.trim().split(/\s+/);
    if (patch === undefined || type === undefined || words.length === 0)
      throw new UsageError(`${name}:${index + 1}: an exception wants PATCHFILE (or *), TYPE and a reason.`);
    return [{ patch, type, reason: words.join(' ') }];
  });
}

/**
 * Set remarks against the exceptions of one patch: what is not excused, and which exceptions nothing needs any more. Those
 * for every patch are needed if one of the patches needs them, see unneeded().
 */
export function weigh(
  patch: string,
  remarks: readonly Remark[],
  exceptions: readonly Exception[],
): { readonly open: readonly Remark[]; readonly excused: number; readonly stale: readonly Exception[] } {
  const ours = exceptions.filter((exception) => concerns(exception, patch));
  const isExcused = ({ type }: Remark) => ours.some((exception) => exception.type === type);
  return {
    open: remarks.filter((remark) => !isExcused(remark)),
    excused: remarks.filter(isExcused).length,
    stale: ours.filter((one) => one.patch !== EVERY && !remarks.some(({ type }) => type === one.type)),
  };
}

/** The exceptions for every patch that no patch needs, by what checkpatch says of all of them. */
export const unneeded = (exceptions: readonly Exception[], remarks: readonly Remark[]): Exception[] =>
  exceptions.filter((one) => one.patch === EVERY && !remarks.some(({ type }) => type === one.type));

/** Run the tree's own checkpatch on a patch. */
export async function checkpatch(tree: string, patch: string, signal: AbortSignal): Promise<Remark[]> {
  const options = ['--strict', '--terse', '--show-types', '--no-summary', `--root=${tree}`];
  const done = await run('perl', [join(tree, 'scripts/checkpatch.pl'), ...options, patch], {
    cwd: tree,
    signal,
    env: { LC_ALL: 'C.UTF-8' },
  });
  signal.throwIfAborted();
  const remarks = parseRemarks(done.stdout);
  // It exits with 1 when it has something to say. Anything else, or 1 and silence, is a failure of its own.
  if (done.ok || (done.exitCode === 1 && remarks.length > 0)) return remarks;
  throw new UntestableError(`scripts/checkpatch.pl ${whyFailed(done)}.`, { detail: tail(done.output) });
}
