// SPDX-License-Identifier: MIT
import type { GuestRecord, PlannedSubtest, RunSummary, SubtestResult } from '../result/result.js';

/** What is about to run, and where its files go. */
export interface RunPlan {
  readonly subtests: readonly PlannedSubtest[];
  /** The run's folder: as a path to write to, and as a person in the current folder would name it. */
  readonly folder: string;
  readonly shownFolder: string;
}

/** Everything that happens in a run, in order. Plain data: it can be saved and told again. */
export type RunEvent =
  | { readonly kind: 'begin'; readonly plan: RunPlan }
  | { readonly kind: 'boot'; readonly guest: number; readonly milliseconds: number; readonly release: string }
  | { readonly kind: 'subtest-start'; readonly name: string; readonly guest: number }
  /** Once a subtest, when nothing can change its result any more. */
  | { readonly kind: 'subtest-end'; readonly result: SubtestResult }
  /** `again`: how many subtests go on in a fresh guest. */
  | { readonly kind: 'guest-end'; readonly record: GuestRecord; readonly again: number }
  | { readonly kind: 'end'; readonly summary: RunSummary }
  /** It came to no verdict: the kernel does not build, say. Nothing follows. */
  | { readonly kind: 'untestable'; readonly reason: string };

export type EventOf<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;

/** Turns events into one report. Knows nothing of kernels, guests or other reporters. */
export interface Reporter {
  /** As messages name it: "junit". */
  readonly name: string;
  /** At most one reporter of a run may. */
  readonly ownsStdout: boolean;
  on(event: RunEvent): Promise<void> | void;
}

/** Where a report goes. */
export interface Sink {
  write(text: string): void;
}
