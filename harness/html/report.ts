// SPDX-License-Identifier: MIT
import type { WorldView } from '../../models/index.js';
import type { CoverageReport } from '../cover/coverage-file.js';
import type { SearchRow } from '../explore/row.js';
import type { NightChange } from '../result/night.js';
import type { HistoryNight } from './history.js';
import type { Table } from './markdown-table.js';
import type { Scene } from './scene.js';

/** How a word is to be taken; shown as a sign beside the word, and as a colour. */
export type Tone = 'good' | 'bad' | 'skip' | 'open' | 'warn';

/** All that a page shows. Words are as they came: the page escapes them. */
export interface HtmlReport {
  readonly title: string;
  readonly verdict: { readonly word: string; readonly tone: Tone; readonly reason: string | undefined };
  /** Target, release, accelerator, durations: a name and a value each. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** Lines that the terminal has too: counts, the model's tally, what is undecided. */
  readonly lines: readonly string[];
  /** What is new since the night before; undefined where nobody compares. */
  readonly changes: readonly NightChange[] | undefined;
  readonly matrix: Matrix;
  readonly searches: readonly SearchRow[];
  readonly failures: readonly FailureView[];
  /** Failures that are in the list of results only. */
  readonly moreFailures: number;
  readonly results: Results;
  readonly coverage: readonly CoverageReport[];
  readonly history: readonly HistoryNight[];
  readonly mutants: Table | undefined;
  readonly designs: Table | undefined;
  /** What the terminal said at the end. */
  readonly terminal: string | undefined;
  /** Version of fencelab, and when the run began. */
  readonly made: string;
}

/** Programs by kernels. */
export interface Matrix {
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly program: string; readonly cells: readonly (Tally | undefined)[] }[];
}

export interface Column {
  readonly title: string;
  /** Profile, GPU, strategy. */
  readonly under: string;
  readonly word: string;
  readonly tone: Tone;
  /** Why nothing is known of it. */
  readonly reason: string | undefined;
  readonly milliseconds: number;
}

/** What came of a program's subtests. */
export interface Tally {
  readonly pass: number;
  readonly red: number;
  readonly skip: number;
  readonly undecided: number;
  /** Failed as was expected, or one time and not another. */
  readonly known: number;
  readonly notrun: number;
  /** Where its first failure is in the page: see FailureView.id. */
  readonly failure: string | undefined;
}

/** A failure as it is told and drawn. */
export interface FailureView {
  /** "f1": its place in the page. */
  readonly id: string;
  readonly name: string;
  /** Which kernel, where there are several. */
  readonly where: string | undefined;
  /** "MODEL", "FAIL" ... as the terminal has it. */
  readonly word: string;
  readonly promises: readonly string[];
  readonly purpose: string;
  readonly reasons: readonly string[];
  readonly finding: FindingView | undefined;
  readonly scene: Scene | undefined;
  /** Why there is no drawing. */
  readonly noScene: string | undefined;
  /** The same for a terminal. */
  readonly text: string | undefined;
  readonly splats: readonly { readonly title: string; readonly text: string }[];
  /** The command that repeats it. */
  readonly again: string | undefined;
}

/** What the model says against a trace. */
export interface FindingView {
  readonly promise: string;
  readonly words: string;
  readonly op: number;
  readonly call: string;
  readonly got: string;
  readonly allowed: readonly string[];
  /** The states before it, one for each possibility. */
  readonly before: readonly WorldView[];
}

/** Every result, as short as can be: the page makes rows of those that are looked at. */
export interface Results {
  readonly cells: readonly string[];
  readonly words: readonly { readonly word: string; readonly tone: Tone }[];
  /** Name, cell, word, milliseconds, why, the failure in the page (without "f", 0 for none). */
  readonly rows: readonly (readonly [string, number, number, number, string, number])[];
}
