// SPDX-License-Identifier: MIT
import type { SplatKind } from '../result/result.js';

/**
 * How far a report goes:
 * - `trace`: to "---[ end trace"
 * - `rule`: to a line of "====="
 * - `stack`: to the first record after its call trace that is not part of a call trace
 * - `panic`: to "---[ end Kernel panic"; mostly the log just stops
 * - `leak`: as long as kmemleak speaks
 * - `line`: it is one line
 */
export type ReportEnd = 'trace' | 'rule' | 'stack' | 'panic' | 'leak' | 'line';

/**
 * What a line may be in a report:
 * - `opener`: it begins one (after "cut here", or alone)
 * - `message`: the text of a WARN(), before or after its header; can also come before "cut here"
 * - `tail`: a further header line of a report that is under way ("Oops: 0002 [#1]")
 */
export type RowRole = 'opener' | 'message' | 'tail';

/** One thing that kernels say when something is wrong. */
export interface Row {
  readonly name: string;
  readonly kind: SplatKind;
  readonly role: RowRole;
  readonly end: ReportEnd;
  /** Tried on the text of a record, without its time stamp. */
  readonly match: RegExp;
  /** A line as a kernel writes it. */
  readonly example: string;
  /** Same bug, same title: no address, no offset, no pid. `lines` are the whole report, without time stamps. */
  readonly title: (match: RegExpExecArray, lines: readonly string[]) => string;
}

/** "… in FUNCTION", where there is one. */
export const within = (what: string, where: string | undefined): string =>
  where === undefined ? what : `${what} in ${where}`;

/** What is left of a message when everything that differs from run to run is taken out. */
export function scrub(text: string): string {
  return text
    .replace(/\b(?:0x)?[0-9a-f]{8,16}\b|\b0x[0-9a-f]+\b/gi, 'N')
    .replace(/\b(?=[a-f]*\d)[0-9a-f]{4,}\b|\d+/gi, 'N')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}
