// SPDX-License-Identifier: MIT
import type { Result } from '../ops/call.js';
import type { Event } from '../ops/event.js';
import type { WorldView } from '../state/view.js';
import type { Finding } from './promise.js';

/** What the model says of a trace. */
export type Verdict =
  /** Every result is one that the model allows. */
  | { readonly kind: 'holds'; readonly ops: number }
  | Violation
  /** The trace is damaged, or goes where the model cannot follow. What came before `op` holds. */
  | { readonly kind: 'undecided'; readonly op: number; readonly offset: number; readonly reason: string };

export interface Violation {
  readonly kind: 'violates';
  /** Number of the op, from 0, and the offset of its record in words. */
  readonly op: number;
  readonly offset: number;
  /** The op and what the kernel gave. */
  readonly got: Event;
  /** Every result that the model allows there. */
  readonly allowed: readonly Result[];
  /** The state before the op: one view for each hypothesis. */
  readonly before: readonly WorldView[];
  readonly finding: Finding;
}
