// SPDX-License-Identifier: MIT

/** What is drawn of a trace: rows of ops from top to bottom, and what exists while they are done. Rows count from 0. */
export interface Scene {
  /** Threads in the order of their lanes: "0.1". Empty words for a trace of one thread. */
  readonly lanes: readonly string[];
  readonly rows: readonly SceneRow[];
  readonly fences: readonly Lifeline[];
  readonly files: readonly FileLine[];
  readonly buffers: readonly BufferLines[];
  /** Whether states are known; otherwise only ops are drawn. */
  readonly states: boolean;
  /** Ops of the trace that are not drawn, and fences and files for which there was no room. */
  readonly leftOut: { readonly ops: number; readonly fences: number; readonly files: number };
  /** How many states were possible at once, at most; one of them is drawn. */
  readonly possibilities: number;
}

export type SceneRow = OpRow | GapRow;

export interface OpRow {
  readonly kind: 'op';
  /** Its number in the trace. */
  readonly op: number;
  readonly lane: number;
  readonly call: string;
  readonly got: string;
  /** It is the one that is not allowed. */
  readonly wrong: boolean;
  /** Rows between which it ran, both included; its own row is the moment it happened. */
  readonly from: number;
  readonly to: number;
}

/** Ops that are not drawn. */
export interface GapRow {
  readonly kind: 'gap';
  readonly ops: number;
}

/** From a row on, up to another, which is not included; -1: from before the first row; undefined: to the end. */
export interface Interval {
  readonly from: number;
  readonly until: number | undefined;
}

/** A fence. */
export interface Lifeline extends Interval {
  readonly key: string;
  /** "t0#1" */
  readonly name: string;
  /** The row in which it signalled, -1 for before the first, and how: "done", "ENOENT". Undefined: it is pending. */
  readonly signalled: { readonly row: number; readonly status: string; readonly error: boolean } | undefined;
  /** What the results of the wrong op say of it: it should be there and is not, or the other way round. */
  readonly mark: 'missing' | 'extra' | undefined;
}

/** A sync_file in a variable. */
export interface FileLine extends Interval {
  readonly name: string;
  /** Keys of its fences. */
  readonly fences: readonly string[];
  /** Files that are there at different times share a column. */
  readonly column: number;
}

/** A reservation object, with a column for each slot that is taken at the same time as others. */
export interface BufferLines {
  /** "b0", and other variables that name it. */
  readonly names: readonly string[];
  readonly slots: readonly SlotLine[];
  /** How many columns each usage takes. */
  readonly columns: { readonly WRITE: number; readonly READ: number };
}

export interface SlotLine extends Interval {
  readonly usage: 'WRITE' | 'READ';
  readonly fence: string;
  readonly name: string;
  /** Within its usage. */
  readonly column: number;
}

/** Puts intervals side by side, each into the first column that is free. The column of each, and how many there are. */
export function columnsOf(intervals: readonly Interval[]): { column: readonly number[]; columns: number } {
  const ends: number[] = [];
  const column = intervals.map(({ from, until }) => {
    const end = until ?? Number.POSITIVE_INFINITY;
    const free = ends.findIndex((taken) => taken <= from);
    const at = free < 0 ? ends.length : free;
    ends[at] = end;
    return at;
  });
  return { column, columns: ends.length };
}
