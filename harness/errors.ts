// SPDX-License-Identifier: MIT

/** What a command's exit status says; the same four everywhere, and the ones `git bisect run` expects. */
export const EXIT = { holds: 0, fails: 1, usage: 2, untestable: 125 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An error the user is meant to read: what was asked and why it cannot be, then what to do.
 * `title` is one line; `detail` may be the tail of a log.
 */
export class FencelabError extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;
  readonly detail: string | undefined;

  constructor(
    exitCode: ExitCode,
    title: string,
    more: { remedy?: string | undefined; detail?: string | undefined; cause?: unknown } = {},
  ) {
    super(title, more.cause === undefined ? {} : { cause: more.cause });
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.remedy = more.remedy;
    this.detail = more.detail;
  }
}

/** The command line, or a file it names, is not what the command can take (exit 2). */
export class UsageError extends FencelabError {
  constructor(title: string, more: { remedy?: string; detail?: string; cause?: unknown } = {}) {
    super(EXIT.usage, title, more);
  }
}

/** This kernel could not be tested: it does not download, build or boot (exit 125, "skip" to git bisect). */
export class UntestableError extends FencelabError {
  constructor(title: string, more: { remedy?: string; detail?: string; cause?: unknown } = {}) {
    super(EXIT.untestable, title, more);
  }
}
