// SPDX-License-Identifier: MIT
import type { NightCell, NightTest } from './night.js';

/** A test as the history remembers it. */
export type PastTest = Omit<NightTest, 'name' | 'promises'>;

/** A cell of a night before; its tests by their names. */
export interface PastCell extends Omit<NightCell, 'tests' | 'folder' | 'unmatched'> {
  readonly tests: ReadonlyMap<string, PastTest>;
}

/** A night as the history remembers it; its cells by their ids. */
export interface PastNight {
  readonly name: string;
  readonly plan: string;
  readonly fencelab: string;
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly cells: ReadonlyMap<string, PastCell>;
}
