// SPDX-License-Identifier: MIT
import type { Event } from '../ops/event.js';
import { NEW, type State, type Way } from './exhaustive-graph.js';
import { eventOf, KIND, makesFile, type Names, named, rank, type SmallOp } from './exhaustive-op.js';
import { B, BUFFERS, CARD, does, F, G, OWN, S, T } from './exhaustive-scope.js';
import { independent, madeBits, renamed, type Touches } from './exhaustive-touches.js';

/** Room for fences in an INFO: more than a program can make. */
const ROOM = 16;

/**
 * A program as far as it has come: what its variables are called, and its ops with all that has to be made before them.
 * Variables are numbered as they are made, timelines as they are first used, so that two programs that are the same up to
 * renaming are the same.
 */
export class Path implements Names {
  readonly timelines: readonly number[];
  readonly files: readonly number[];
  readonly fences: readonly number[];
  readonly used: number;
  /** Ops that count. */
  readonly length: number;
  /** Sync files and fences of vgem that were made. */
  readonly #files: number;
  readonly #fences: number;
  /** Where each timeline is, and how many fences it has made. */
  readonly #values: readonly number[];
  readonly #ofTimeline: readonly number[];
  /** Bits: buffers that were made, those that were closed, those that vgem has a handle for. */
  #made: number;
  #closed: number;
  #handles: number;
  readonly #events: Event[];
  /** The last op, and the program without it; undefined where there is none yet. */
  readonly last: Event | undefined;
  readonly before: Path | undefined;
  /** Of the last op, with numbers of variables. */
  readonly #rank: number;
  readonly #touches: Touches;
  /** Timelines that were used before it. */
  readonly #usedBefore: number;

  /** Nothing yet, or `before` with one more op. */
  constructor(before?: Path, way?: Way) {
    this.timelines = [];
    this.files = [];
    this.fences = [];
    this.used = 0;
    this.length = 0;
    this.#files = 0;
    this.#fences = 0;
    this.#values = [];
    this.#ofTimeline = [];
    this.#made = 0;
    this.#closed = 0;
    this.#handles = 0;
    this.#events = [];
    this.#rank = -1;
    this.#touches = NOTHING;
    this.#usedBefore = 0;
    if (before === undefined || way === undefined) return;
    const op = named(way.op, before);
    const { kind, a, b, c } = op;
    this.length = before.length + 1;
    this.#made = before.#made;
    this.#closed = before.#closed;
    this.#handles = before.#handles;
    this.#events = before.#events.slice();
    this.#values = before.#values;
    this.#ofTimeline = before.#ofTimeline;
    this.#usedBefore = before.used;
    const unused = kind === KIND.fence && a === before.used;
    this.used = before.used + (unused ? 1 : 0);
    if (unused) this.#values = [...before.#values, 0];
    if (kind === KIND.fence) this.#ofTimeline = changed(before.#ofTimeline, a, 1);
    this.#prepare(op, this.#events, unused);
    const isFile = makesFile(kind);
    this.before = before;
    this.last = before.#eventOf(op, this.#value(op));
    this.#events.push(this.last);
    if (kind === KIND.inc) this.#values = changed(this.#values, a, 1);
    if (kind === KIND.closeBuffer) this.#closed |= 1 << a;
    this.#files = before.#files + (isFile ? 1 : 0);
    this.#fences = before.#fences + (kind === KIND.attach ? 1 : 0);
    this.timelines = way.timelines.map((at) => (at === NEW ? before.used : (before.timelines[at] ?? 0)));
    this.files = way.files.map((at) => (at === NEW ? before.#files : (before.files[at] ?? 0)));
    this.fences = way.fences.map((at) => (at === NEW ? before.#fences : (before.fences[at] ?? 0)));
    this.#rank = rank(kind, a, b, c);
    const touched = renamed(way.touches, before);
    this.#touches = {
      reads: touched.reads,
      writes: touched.writes | madeBits(kind, isFile ? before.#files : before.#fences),
    };
  }

  /** What is made when it is first used. */
  #prepare({ kind, a, b }: SmallOp, into: Event[], unused = false): void {
    if (unused) into.push(does('timeline', T + a));
    const buffer = kind === KIND.import ? b : ON_BUFFER.has(kind) ? a : undefined;
    if (buffer === undefined) return;
    const bit = 1 << buffer;
    if ((this.#made & bit) === 0) {
      if (buffer === OWN)
        into.push(does('dumb', G + buffer, CARD), does('prime', B + buffer, CARD, G + buffer));
      else into.push(does('heap', B + buffer));
      this.#made |= bit;
      if (buffer === OWN) this.#handles |= bit;
    }
    if (kind === KIND.attach && (this.#handles & bit) === 0) {
      into.push(does('open', G + buffer, CARD, B + buffer));
      this.#handles |= bit;
    }
  }

  #eventOf(op: SmallOp, value: number): Event {
    return eventOf(op, makesFile(op.kind) ? this.#files : this.#fences, value);
  }

  /** What a place's op is called in this program. */
  eventAt(place: SmallOp): Event {
    const op = named(place, this);
    return this.#eventOf(op, this.#value(op));
  }

  #value({ kind, a, b }: SmallOp): number {
    return kind === KIND.fence ? (this.#values[a] ?? 0) + b : 0;
  }

  /**
   * Whether a program that has the last op and this one in the other order is tried too, and does the same: neither
   * touches what the other changes, and the other order comes first.
   */
  isSecondOrder(way: Way): boolean {
    const { kind, a, b, c } = named(way.op, this);
    // Without the last op a timeline that is not used yet would have its number
    const timeline = kind === KIND.fence ? Math.min(a, this.#usedBefore) : a;
    return rank(kind, timeline, b, c) < this.#rank && independent(this.#touches, renamed(way.touches, this));
  }

  /**
   * Appends the whole program: its ops, those that change nothing, a look at all it has, and its end, which leaves nothing
   * but the card. `thorough`: sync files are asked for their status alone too, once all their fences have ended.
   */
  write(into: Event[], idle: State['idle'], thorough: boolean): void {
    for (const event of this.#events) into.push(event);
    const [made, handles] = [this.#made, this.#handles];
    for (const place of idle) {
      this.#prepare(named(place, this), into);
      into.push(this.eventAt(place));
    }
    this.#look(into);
    this.#separate(into);
    this.#end(into, thorough);
    [this.#made, this.#handles] = [made, handles];
  }

  #look(into: Event[]): void {
    for (let n = 0; n < BUFFERS; n++)
      if ((this.#made & ~this.#closed & (1 << n)) !== 0) into.push(does('observe', B + n));
    for (const n of this.files) into.push(does('info', S + n, ROOM));
  }

  /** Fences of one timeline have one name: one step on it is seen which of them is where. */
  #separate(into: Event[]): void {
    let any = false;
    for (const n of this.timelines)
      if ((this.#ofTimeline[n] ?? 0) > 1) {
        into.push(does('inc', T + n, 1));
        any = true;
      }
    if (any) this.#look(into);
  }

  /** Fences that have signalled are told to signal once more, and refuse: their ids must be gone. */
  #end(into: Event[], thorough: boolean): void {
    for (let n = 0; n < this.#fences; n++) into.push(does('signal', CARD, F + n));
    for (const n of this.timelines) into.push(does('close', T + n));
    for (const n of this.files) {
      if (thorough) into.push(does('info', S + n, 0));
      into.push(does('close', S + n));
    }
    for (let n = 0; n < BUFFERS; n++) {
      if ((this.#made & ~this.#closed & (1 << n)) !== 0) into.push(does('close', B + n));
      if ((this.#handles & (1 << n)) !== 0) into.push(does('drop', CARD, G + n));
    }
  }
}

/** The list with one number changed; what is behind its end was 0. */
function changed(list: readonly number[], at: number, by: number): readonly number[] {
  const copy = list.slice();
  copy[at] = (copy[at] ?? 0) + by;
  return copy;
}

const NOTHING: Touches = { reads: 0, writes: 0 };
/** Kinds whose `a` is a buffer. */
const ON_BUFFER: ReadonlySet<number> = new Set([KIND.attach, KIND.export, KIND.pollBuffer, KIND.closeBuffer]);
