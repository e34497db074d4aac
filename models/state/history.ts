// SPDX-License-Identifier: MIT

/** An interval of the trace's clock (us). */
export interface Span {
  readonly from: number;
  /** Infinity: up to now. */
  readonly until: number;
}

/** How many steps of a timeline are remembered; of what signalled before them nobody knows when. */
const REMEMBERED = 64;

/**
 * When a context came how far: for each of its last steps the position it reached and the interval of the op that did
 * it. A fence signals in the first step that reaches it.
 */
export class History {
  // invariant: positions grow; the oldest is at #next once there are REMEMBERED
  #positions: number[] = [];
  #from: number[] = [];
  #until: number[] = [];
  #next = 0;
  /** The furthest position that was forgotten. */
  #forgotten = 0;

  /**
   * Steps that overlap in time may have happened in the other order, so each gets the time of all: then histories of the
   * same ops are the same, in whatever order they were explained.
   */
  record(position: number, from: number, until: number): void {
    const at = this.#next;
    if (this.#positions.length === REMEMBERED) this.#forgotten = this.#positions[at] as number;
    this.#positions[at] = position;
    this.#next = (at + 1) % REMEMBERED;
    let [first, last] = [from, until];
    let overlapping = 0;
    for (let back = 1; back < this.#positions.length; back++) {
      const place = (at + REMEMBERED - back) % REMEMBERED;
      if ((this.#until[place] as number) <= first) break;
      first = Math.min(first, this.#from[place] as number);
      last = Math.max(last, this.#until[place] as number);
      overlapping = back;
    }
    for (let back = 0; back <= overlapping; back++) {
      const place = (at + REMEMBERED - back) % REMEMBERED;
      this.#from[place] = first;
      this.#until[place] = last;
    }
  }

  /** The step in which a fence at `position` signalled, undefined if it was forgotten. */
  spanOf(position: number): Span | undefined {
    if (position <= this.#forgotten) return undefined;
    const { length } = this.#positions;
    const oldest = length === REMEMBERED ? this.#next : 0;
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#positions[(oldest + middle) % REMEMBERED] as number) >= position) high = middle;
      else low = middle + 1;
    }
    if (low === length) return undefined;
    const at = (oldest + low) % REMEMBERED;
    return { from: this.#from[at] as number, until: this.#until[at] as number };
  }

  clone(): History {
    const copy = new History();
    copy.#positions = [...this.#positions];
    copy.#from = [...this.#from];
    copy.#until = [...this.#until];
    copy.#next = this.#next;
    copy.#forgotten = this.#forgotten;
    return copy;
  }
}
