// SPDX-License-Identifier: MIT
import { GivesUp } from './attempt.js';
import type { Entry } from './history.js';

/** More ops at once than there are bits. Threads are 256 at most, and each has one, or two at the same microsecond. */
const MAX_PENDING = 31;

/** An op that is pending, at one moment. */
export interface Standing {
  readonly entry: Entry;
  readonly bit: number;
  /** How many ops of its process it has overlapped so far. */
  readonly overlapping: number;
}

/** Ops that have been called and have not returned, as time goes on. */
export class Pending {
  /** In order of calls. */
  readonly #calls: readonly Entry[];
  #called = 0;
  readonly #callOf = new Map<Entry, number>();
  readonly #returnOf = new Map<Entry, number>();
  // invariant: an op is in one slot from its call to its return
  readonly #slots: (Entry | undefined)[] = [];
  readonly #slotOf = new Map<Entry, number>();
  /** How many ops of its process an op has overlapped so far. */
  readonly #overlaps = new Map<Entry, number>();

  constructor(entries: readonly Entry[]) {
    this.#calls = entries.toSorted((a, b) => a.called - b.called || a.op - b.op);
  }

  /** Everything that is called until then, at that moment included. */
  callAll(until: number): void {
    for (;;) {
      const entry = this.#calls[this.#called];
      if (entry === undefined || entry.called > until) return;
      this.#called++;
      this.#call(entry);
    }
  }

  #call(entry: Entry): void {
    let slot = 0;
    while (this.#slots[slot] !== undefined) slot++;
    if (slot >= MAX_PENDING) throw new GivesUp(`more than ${MAX_PENDING} calls go on at once`);
    for (const other of this.#slotOf.keys())
      if (other.who >> 4 === entry.who >> 4 && other.who !== entry.who) {
        this.#overlaps.set(other, this.overlapping(other) + 1);
        this.#overlaps.set(entry, this.overlapping(entry) + 1);
      }
    this.#callOf.set(entry, this.#called);
    this.#slots[slot] = entry;
    this.#slotOf.set(entry, slot);
  }

  returned(entry: Entry): void {
    const slot = this.#slotOf.get(entry);
    if (slot === undefined) return;
    this.#slots[slot] = undefined;
    this.#slotOf.delete(entry);
    this.#overlaps.delete(entry);
    this.#returnOf.set(entry, this.#called);
  }

  overlapping(entry: Entry): number {
    return this.#overlaps.get(entry) ?? 0;
  }

  /** Ops that have been called. */
  get calls(): number {
    return this.#called;
  }

  /** Its place in the order of calls, from 1. */
  callOf(entry: Entry): number {
    return this.#callOf.get(entry) ?? 0;
  }

  /** How many ops had been called when it returned: more than any as long as it has not. */
  returnOf(entry: Entry): number {
    return this.#returnOf.get(entry) ?? Number.POSITIVE_INFINITY;
  }

  /** The place of the pending op that was called first, or of the next to be called. */
  oldestCall(): number {
    let oldest = this.#called + 1;
    for (const entry of this.#slotOf.keys()) oldest = Math.min(oldest, this.callOf(entry));
    return oldest;
  }

  bitOf(entry: Entry): number {
    return 1 << (this.#slotOf.get(entry) ?? 0);
  }

  /** All that is pending, as it is now. */
  standing(): Standing[] {
    const found: Standing[] = [];
    for (const [entry, slot] of this.#slotOf)
      found.push({ entry, bit: 1 << slot, overlapping: this.overlapping(entry) });
    return found;
  }

  /** Pending ops but `entry` and those that are ahead. */
  others(entry: Entry, ahead: number): Entry[] {
    const found: Entry[] = [];
    for (const [other, slot] of this.#slotOf)
      if (other !== entry && (ahead & (1 << slot)) === 0) found.push(other);
    return found;
  }

  /** Whether all that its thread did before has happened. */
  isNext(entry: Entry, ahead: number): boolean {
    for (const [other, slot] of this.#slotOf)
      if (other.op === entry.before) return (ahead & (1 << slot)) !== 0;
    return true;
  }
}
