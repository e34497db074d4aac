// SPDX-License-Identifier: MIT

/** A night of the past, for the plots. Oldest first. */
export interface HistoryNight {
  /** "2026-11-23", or with a time where there were several that day. */
  readonly date: string;
  /** The night's name. */
  readonly night: string;
  /** Tests that were red, and all. */
  readonly red: number;
  readonly tests: number;
  readonly milliseconds: number;
  /** Ops that the model judged. */
  readonly ops: number;
  /** Places of the dma-buf sources that were reached, of those that could be; undefined where no kernel counted them. */
  readonly coverage?: { readonly reached: number; readonly of: number } | undefined;
}
