// SPDX-License-Identifier: MIT
import type { Splat, SplatKind } from '../result/result.js';
import { HARMLESS, ROWS, TELLTALE } from './patterns.js';
import type { ConsoleRecord } from './records.js';
import type { ReportEnd, Row } from './row.js';
import { isStackLine } from './stack.js';

/** A report of the kernel, and where in the run it came. */
export interface LocatedSplat extends Splat {
  /** The innermost subtest that was running, by the markers in the log. */
  readonly during: string | undefined;
  /** The process the report speaks of, where it does. */
  readonly pid: number | undefined;
  /** Line of the console, from 1. */
  readonly line: number;
  /** Which row of the table named it. */
  readonly pattern: string;
}

export const MAX_TEXT_LINES = 200;
/** A report whose end never comes is given up here. */
const MAX_RECORDS = 600;
const CUT_HERE = /^-+\[ cut here \]-+$/;
const LEAK_LINE = /^(?:kmemleak: )?\s|^kmemleak: \s/;

/** What a record begins, if anything. */
export type Beginning = 'cut here' | 'harmless' | { readonly row: Row; readonly match: RegExpExecArray };

export function beginningOf(text: string): Beginning | undefined {
  if (!TELLTALE.test(text)) return undefined;
  if (CUT_HERE.test(text)) return 'cut here';
  if (HARMLESS.some(({ match }) => match.test(text))) return 'harmless';
  for (const row of ROWS) {
    const match = row.match.exec(text);
    if (match !== null) return { row, match };
  }
  return undefined;
}

/** A report that is under way: records are offered to it until it is over. */
export class OpenReport {
  readonly #lines: string[] = [];
  readonly #raw: string[] = [];
  readonly #headers: { row: Row; match: RegExpExecArray }[] = [];
  readonly #first: ConsoleRecord;
  readonly #during: string | undefined;
  readonly #harmless: boolean;
  #cutHere = false;
  #inStack = false;
  #over = false;

  constructor(first: ConsoleRecord, beginning: Beginning, during: string | undefined) {
    this.#first = first;
    this.#during = during;
    this.#harmless = beginning === 'harmless';
    this.#take(first, beginning);
  }

  /** After its last line: nothing more belongs to it. */
  get over(): boolean {
    return this.#over;
  }

  get harmless(): boolean {
    return this.#harmless;
  }

  /** Takes the record if it belongs here. If not, the report is over. */
  offer(record: ConsoleRecord, beginning: Beginning | undefined): boolean {
    if (this.#over || this.#lines.length >= MAX_RECORDS) return false;
    if (beginning !== undefined && !this.#joins(beginning)) return false;
    if (this.#endedBefore(record.text)) return false;
    this.#take(record, beginning);
    return true;
  }

  /** A marker of the agent's came in between. It ends what has no end of its own, or never got a header. */
  interrupt(): void {
    const end = this.#end();
    const opened = this.#cutHere || this.#headers.some(({ row }) => row.role !== 'message');
    if (!opened || end === 'stack' || end === 'leak') this.#over = true;
  }

  result(): LocatedSplat | undefined {
    if (this.#harmless) return undefined;
    const named = this.#headers.toSorted((a, b) => ROWS.indexOf(a.row) - ROWS.indexOf(b.row))[0];
    const kind: SplatKind = named?.row.kind ?? 'warning';
    const pid = this.#lines
      .map((line) =>
        /\bPID: (\d+)|\bpid (\d+)|CPU#\d+: \S+\/(\d+)$|by task \S+\/(\d+)|task \S+:(\d+) blocked|\[[^\]]*:(\d+)\]$/.exec(
          line,
        ),
      )
      .find((m) => m !== null);
    const number = pid?.slice(1).find((digits) => digits !== undefined);
    return {
      title: named?.row.title(named.match, this.#lines) ?? 'a report whose header is missing',
      kind,
      text: this.#raw.join('\n'),
      during: this.#during,
      pid: number === undefined ? undefined : Number(number),
      line: this.#first.line,
      pattern: named?.row.name ?? 'cut-here',
    };
  }

  #take(record: ConsoleRecord, beginning: Beginning | undefined): void {
    this.#lines.push(record.text);
    if (this.#raw.length < MAX_TEXT_LINES) this.#raw.push(record.raw.trimEnd());
    if (beginning === 'cut here') this.#cutHere = true;
    else if (beginning !== undefined && beginning !== 'harmless') this.#headers.push(beginning);
    if (/Call Trace:|Call trace:/.test(record.text)) this.#inStack = true;
    this.#over = this.#endsWith(record.text);
  }

  /** Whether a header line is one more header of this report, and not the beginning of the next. */
  #joins(beginning: Beginning): boolean {
    if (this.#harmless || this.#inStack) return false;
    if (beginning === 'harmless') return false;
    const opener = this.#headers.some(({ row }) => row.role !== 'message');
    if (beginning === 'cut here') return !opener && !this.#cutHere;
    if (beginning.row.role === 'tail') return opener || this.#cutHere;
    if (beginning.row.role === 'message') return this.#cutHere;
    return !opener && (this.#cutHere || this.#headers.length > 0);
  }

  #end(): ReportEnd {
    if (this.#harmless) return 'stack';
    if (this.#cutHere || this.#headers.some(({ row }) => row.role === 'tail')) return 'trace';
    return this.#headers[0]?.row.end ?? 'trace';
  }

  #endsWith(text: string): boolean {
    switch (this.#end()) {
      case 'trace':
        return text.startsWith('---[ end trace');
      case 'panic':
        return text.startsWith('---[ end Kernel panic');
      case 'rule':
        return /^={40,}$/.test(text);
      case 'line':
        return true;
      case 'stack':
      case 'leak':
        return false;
    }
  }

  #endedBefore(text: string): boolean {
    if (this.#end() === 'leak') return !LEAK_LINE.test(text);
    return this.#end() === 'stack' && this.#inStack && !isStackLine(text);
  }
}
