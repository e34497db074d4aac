// SPDX-License-Identifier: MIT

/** Where a search stands, by `git bisect log`. */
export type Standing =
  | { readonly kind: 'going' }
  | { readonly kind: 'found'; readonly commit: string }
  /** Only commits that were skipped are left. */
  | { readonly kind: 'open'; readonly candidates: readonly string[] };

/** Read `git bisect log`. Its comments are what git itself concluded. */
export function standingOf(log: string): Standing {
  const found = /^# first \S+ commit: \[([0-9a-f]{40,64})\]/m.exec(log)?.[1];
  if (found !== undefined) return { kind: 'found', commit: found };
  if (!/^# only skipped commits left to test$/m.test(log)) return { kind: 'going' };
  const last = log.slice(log.lastIndexOf('# only skipped commits left to test'));
  const candidates = [...last.matchAll(/^# possible first \S+ commit: \[([0-9a-f]{40,64})\]/gm)];
  return { kind: 'open', candidates: candidates.map((match) => match[1] ?? '') };
}

/** "Bisecting: 7 revisions left to test after this (roughly 3 steps)". */
export function stepsLeft(said: string): { revisions: number; steps: number } | undefined {
  const match = /Bisecting: (\d+) revisions? left to test after this \(roughly (\d+) steps?\)/.exec(said);
  return match === null ? undefined : { revisions: Number(match[1]), steps: Number(match[2]) };
}

/** What `git bisect start` may call the two states; git's own commands are no names. */
export function termProblem(term: string): string | undefined {
  const commands = [
    'start',
    'skip',
    'next',
    'reset',
    'visualize',
    'view',
    'replay',
    'log',
    'run',
    'help',
    'terms',
  ];
  if (!/^[A-Za-z][A-Za-z0-9-]{0,40}$/.test(term)) return 'it must be a word of letters, digits and "-"';
  return commands.includes(term) ? 'it is a command of git bisect' : undefined;
}
