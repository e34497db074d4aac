// SPDX-License-Identifier: MIT
import type { Outcome } from './result.js';

/** What a person expects of a test on a kernel, in the files of expectations. `flaky`: either is fine. */
export const EXPECTED = ['pass', 'fail', 'flaky', 'skip'] as const;
export type Expected = (typeof EXPECTED)[number];

/** What a test's outcome means once expectations are known. */
export const JUDGED = ['ok', 'failed', 'expected-fail', 'unexpected-pass', 'flaked', 'skipped'] as const;
export type Judged = (typeof JUDGED)[number];

/** One subtest of a cell, or one finding of a search (then its name is "explore@SIGNATURE-SLUG"). */
export interface NightTest {
  /** "program@subtest", the name every report uses. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly expected: Expected;
  readonly judged: Judged;
  readonly milliseconds: number;
  /** Promises it defends. */
  readonly promises: readonly string[];
  /** Why it failed or was skipped, in one line: the model's finding, the splat's title, the assertion. */
  readonly why?: string | undefined;
  /** How often it was run in this cell and how often it passed, where more than once. */
  readonly runs?: { readonly of: number; readonly passed: number } | undefined;
}

/** A defect of upstream's that is known and told apart from findings. */
export interface DocumentedDefect {
  readonly signature: string;
  readonly times: number;
  /** Shows it; from the project's root. */
  readonly program: string;
}

/** A kernel with a profile, a GPU and a strategy: what a night is made of. */
export interface NightCell {
  /** "debian:5.10+series/fast/2d/check": unique in the night, the same each night. */
  readonly id: string;
  readonly kernel: string;
  /** "series", "none", or the names of the patches. */
  readonly patch: string;
  readonly profile: string;
  readonly gpu: string;
  /** "check", or a search: "exhaustive 4", "random", "race" ... */
  readonly strategy: string;
  /** Which shard of the night has it, from 1. */
  readonly shard: number;
  /** `missing`: this part of the night is not here (merge says so); `notrun`: it was stopped before its turn. */
  readonly verdict: 'holds' | 'fails' | 'untestable' | 'notrun' | 'missing';
  /** Why it is untestable, notrun or missing, in one line. */
  readonly reason?: string | undefined;
  readonly release?: string | undefined;
  readonly accelerator?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly milliseconds: number;
  /** Ops the model judged, and programs of a search. */
  readonly ops: number;
  readonly programs: number;
  /** Places of the dma-buf sources reached, of those that could be; where the kernel counts them. */
  readonly coverage?: { readonly reached: number; readonly of: number } | undefined;
  /** Its run folder (results.json or explore.json in it), relative to the night's folder. */
  readonly folder?: string | undefined;
  readonly tests: readonly NightTest[];
  /** What the kernel was built from: the same as long as source, patches, configuration and compiler are. */
  readonly kernelKey?: string | undefined;
  /** Defects of the kernel that are known, with a program each, and that a search met again: no failures. */
  readonly documented?: readonly DocumentedDefect[] | undefined;
  /** Lines of the files of expectations that match none of its tests: "FILE, line 3: import@x". */
  readonly unmatched?: readonly string[] | undefined;
}

/** What is new since the night before, as the history knows it; what matters most first. */
export const CHANGES = [
  'newly failing',
  'unexpected pass',
  'fixed',
  'coverage lost',
  'not tested any more',
  'flaky',
  'slower',
  'tested again',
] as const;
export interface NightChange {
  readonly kind: (typeof CHANGES)[number];
  readonly cell: string;
  /** Undefined where it is the cell as a whole. */
  readonly test?: string | undefined;
  /** "was pass on 2026-11-23, now fail: P1, t0 is lost"; one line. */
  readonly text: string;
}

/** A whole night, or the part of it that one shard ran. Written to NIGHT/night.json. */
export interface Night {
  readonly formatVersion: 1;
  /** Version of fencelab. */
  readonly fencelab: string;
  /** Name of the night's file without ".toml". */
  readonly name: string;
  /** sha256 of what was planned: parts of one night have the same. */
  readonly plan: string;
  /** Into how many shards it was divided, and which are in here. */
  readonly shards: { readonly of: number; readonly here: readonly number[] };
  readonly startedAt: string;
  readonly milliseconds: number;
  /** All cells of the plan, also those that other shards have (missing). In the plan's order. */
  readonly cells: readonly NightCell[];
  /** Empty where there is no history yet. */
  readonly changes: readonly NightChange[];
}

/** Whether a cell came to a verdict on its kernel. */
export const wasTested = ({ verdict }: Pick<NightCell, 'verdict'>): boolean =>
  verdict === 'holds' || verdict === 'fails';

/** It ended as nobody expected. */
export function isRedTest({ judged }: Pick<NightTest, 'judged'>): boolean {
  return judged === 'failed' || judged === 'unexpected-pass';
}
