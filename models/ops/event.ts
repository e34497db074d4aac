// SPDX-License-Identifier: MIT
import { OPEN_FILES } from '../kernel/limits.js';
import type { Call, Result } from './call.js';

/** A call, and what came of it: nothing yet in a program, one result in a trace, or every result that is allowed. */
export interface Event {
  readonly call: Call;
  readonly results: readonly Result[];
  /** Who did it: process * 16 + thread. Absent: 0, the subtest itself. */
  readonly thread?: number;
  /** When it began, in microseconds since the run did, and how long it took. */
  readonly start?: number;
  readonly took?: number;
  /** How many ops of the trace had ended when it began; undefined if nobody counted. */
  readonly before?: number;
}

/** What has to be known of the process before the first op. */
export interface Setting {
  /** The lowest free descriptor. All below are taken, all above are free. */
  readonly first: number;
  /** RLIMIT_NOFILE. */
  readonly limit: number;
  /** Memory may run out: ENOMEM is possible wherever something is allocated. */
  readonly nomem: boolean;
}

export const DEFAULT_SETTING: Setting = { first: 3, limit: OPEN_FILES, nomem: false };

/** A program or a trace. */
export interface Script {
  readonly setting: Setting;
  readonly events: readonly Event[];
}

/** `ok` in the text form: it succeeded, with a number nobody wrote down. */
export const OK = 0x7fffffff;
