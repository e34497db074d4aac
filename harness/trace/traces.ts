// SPDX-License-Identifier: MIT
import type { Setting } from '../../models/index.js';
import type { Frame, Reached, TraceItem } from './frame.js';
import { stopWords } from './stops.js';

/** What was recorded of one subtest. */
export interface Trace {
  readonly pid: number;
  /** Undefined if its first frame is missing. */
  readonly setting: Setting | undefined;
  /** Whole records one after the other, up to the first place where some may be missing. */
  readonly words: Int32Array;
  readonly records: number;
  /** An op that was begun, and of which no record came: header words and arguments. */
  readonly entered: Int32Array | undefined;
  /** Its end frame came, and nothing is missing. */
  readonly whole: boolean;
  /** Why it is not, in words. */
  readonly lacks: string | undefined;
  /** Places in the kernel's code that it was the first to reach. */
  readonly reached: readonly Reached[];
}

/** A trace while it comes. */
interface Open {
  setting: Setting | undefined;
  pieces: Int32Array[];
  words: number;
  records: number;
  entered: Int32Array | undefined;
  ended: boolean;
  reached: Reached[];
  /** The first thing that is wrong with it. From there on nothing is added. */
  wrong: string | undefined;
}

/** Puts the traces of one guest together, by pid. Keeps each until it is taken. */
export class Traces {
  readonly #open = new Map<number, Open>();

  add(item: TraceItem): void {
    if (item.kind === 'damage') {
      const words = `the trace channel was damaged at byte ${item.offset}, ${item.bytes} bytes: ${item.reason}`;
      for (const open of this.#open.values()) if (!open.ended) open.wrong ??= words;
      return;
    }
    const open = this.#open.get(item.pid) ?? fresh();
    this.#open.set(item.pid, open);
    if (open.ended) open.wrong ??= 'more came after its end';
    else this.#add(open, item);
  }

  /** Its end frame came. */
  ended(pid: number): boolean {
    return this.#open.get(pid)?.ended ?? false;
  }

  /** What came of a subtest; undefined if nothing did. It is let go of. */
  take(pid: number): Trace | undefined {
    const open = this.#open.get(pid);
    this.#open.delete(pid);
    if (open === undefined) return undefined;
    const lacks = open.wrong ?? (open.ended ? undefined : 'its end is missing');
    return {
      pid,
      setting: open.setting,
      words: joined(open.pieces, open.words),
      records: open.records,
      entered: open.entered,
      whole: lacks === undefined,
      lacks,
      reached: open.reached,
    };
  }

  #add(open: Open, frame: Frame): void {
    switch (frame.kind) {
      case 'begin':
        if (open.setting !== undefined || open.records > 0) open.wrong ??= 'it begins twice';
        open.setting ??= { first: frame.first, limit: frame.limit, nomem: frame.nomem };
        return;
      case 'records':
        if (open.setting === undefined) open.wrong ??= 'its beginning is missing';
        open.entered = undefined;
        if (open.wrong !== undefined) return;
        open.pieces.push(frame.words);
        open.words += frame.words.length;
        open.records += frame.count;
        return;
      case 'entered':
        open.entered = frame.words;
        return;
      case 'cover':
        open.reached.push(...frame.places);
        return;
      case 'end':
        open.ended = true;
        open.entered = undefined;
        open.wrong ??= wrongWith(open, frame);
    }
  }
}

const fresh = (): Open => ({
  setting: undefined,
  pieces: [],
  words: 0,
  records: 0,
  entered: undefined,
  ended: false,
  reached: [],
  wrong: undefined,
});

function wrongWith(open: Open, end: Extract<Frame, { kind: 'end' }>): string | undefined {
  if (open.setting === undefined) return 'its beginning is missing';
  if (end.reason === 'buffer full') return `the recorder was full: ${end.lost} records were lost`;
  if (end.reason === 'not expressible')
    return `the recorder cannot express what it did: ${stopWords(end.which)}`;
  if (end.reason === 'too many processes') return 'more processes or threads than a record can name';
  if (end.lost > 0) return `${end.lost} records were lost`;
  if (end.written !== open.records) return `${end.written} records were written and ${open.records} came`;
  return undefined;
}

function joined(pieces: readonly Int32Array[], length: number): Int32Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const words = new Int32Array(length);
  let at = 0;
  for (const piece of pieces) {
    words.set(piece, at);
    at += piece.length;
  }
  return words;
}
