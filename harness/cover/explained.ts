// SPDX-License-Identifier: MIT
import { basename } from 'node:path/posix';
import type { Coverage, FunctionCoverage, Line } from './coverage.js';
import type { Reason } from './not-reached.js';

/** Lines of one function that were not reached, for one reason. */
export interface Gap {
  readonly file: string;
  readonly func: string;
  /** No line of the function was reached. */
  readonly whole: boolean;
  readonly lines: readonly Line[];
  /** Undefined: nobody has said. */
  readonly why: string | undefined;
}

/** A reason that does not hold: what it speaks of was reached. */
export interface Stale {
  readonly reason: Reason;
  readonly func: string;
  /** The source of the line that was reached; undefined if the function as a whole was not to be. */
  readonly line: string | undefined;
}

/** Every line that was not reached, with why; by file and function, in the order of the source. */
export function gapsOf({ files }: Coverage, reasons: readonly Reason[]): Gap[] {
  return files.flatMap(({ file, functions }) =>
    functions.flatMap((func) => gapsIn(file, func, reasonsFor(reasons, file, func.name))),
  );
}

const reasonsFor = (reasons: readonly Reason[], file: string, func: string): readonly Reason[] =>
  reasons.filter((one) => one.file === basename(file) && one.functions.includes(func));

function gapsIn(file: string, func: FunctionCoverage, reasons: readonly Reason[]): Gap[] {
  const byReason = new Map<string | undefined, Line[]>();
  for (const line of func.lines) {
    if (line.reached) continue;
    const why = reasons.find((one) => one.lines === undefined || one.lines.includes(line.text ?? ''))?.why;
    byReason.set(why, [...(byReason.get(why) ?? []), line]);
  }
  return [...byReason].map(([why, lines]) => ({
    file,
    func: func.name,
    whole: !func.reached,
    lines,
    why,
  }));
}

/** Reasons that speak of what was reached. One that speaks of what this kernel does not have is none. */
export function staleReasons({ files }: Coverage, reasons: readonly Reason[]): Stale[] {
  return reasons.flatMap((reason) =>
    files
      .filter(({ file }) => basename(file) === reason.file)
      .flatMap(({ functions }) => functions.filter(({ name }) => reason.functions.includes(name)))
      .flatMap((func) => staleIn(func, reason)),
  );
}

function staleIn(func: FunctionCoverage, reason: Reason): Stale[] {
  if (reason.lines === undefined) return func.reached ? [{ reason, func: func.name, line: undefined }] : [];
  return reason.lines
    .filter((text) => {
      const lines = func.lines.filter((line) => line.text === text);
      return lines.length > 0 && lines.every(({ reached }) => reached);
    })
    .map((line) => ({ reason, func: func.name, line }));
}
