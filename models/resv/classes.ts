// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';
import { type Fence, leafPending, seqnoOf } from '../state/fence.js';
import { type Gate, POLLIN, POLLOUT, type PollCallbacks, type Resv } from './resv.js';

interface Entry {
  leaf: Fence;
  write: boolean;
  copies: number;
}

/** Slots that may hold a leaf where they are not counted. */
const UNCOUNTED = 16;

/**
 * The reservation object of 5.19 and later: one list of fences, each with a usage. Userspace can add WRITE and READ;
 * KERNEL and BOOKKEEP are for drivers, and no driver of a virtual machine adds them to a buffer that is exported.
 *
 * What is kept here is what can be told apart from outside: of each context the latest pending leaf of each usage, and
 * how many slots may hold it or an older one. The kernel's slots are not predicted one by one, as that depends on when
 * the list grows, which depends on kmalloc's buckets and on CONFIG_DEBUG_MUTEXES. In a trace of several threads slots are
 * not counted at all: the number would make each order of imports a state of its own.
 */
export class ClassesResv implements Resv {
  readonly #rules: Rules;
  readonly #counts: boolean;
  // invariant: at most one entry of a context and usage
  #entries: Entry[] = [];
  /** Slots that hold a signalled fence, at most: the next add may take one of them instead of its context's slot. */
  #stale = 0;

  constructor(rules: Rules, counts = true) {
    this.#rules = rules;
    this.#counts = counts;
  }

  #prune(): void {
    const entries = this.#entries;
    let kept = 0;
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] as Entry;
      if (leafPending(entry.leaf)) entries[kept++] = entry;
      else if (this.#counts) this.#stale += entry.copies;
    }
    entries.length = kept;
  }

  import(leaf: Fence, write: boolean): void {
    const rules = this.#rules;
    this.#prune();
    if (!leafPending(leaf)) {
      if (!rules.importSkipsSignalled) this.#addSignalled(leaf, write);
      return;
    }
    if (write && !rules.writeKeepsWrites) this.#remove(true);
    if (write && !rules.writeKeepsReads) this.#remove(false);
    if (!write && !rules.readKeepsWrites) this.#remove(true);
    this.#add(leaf, write);
  }

  attach(leaf: Fence, write: boolean): void {
    this.#prune();
    this.#add(leaf, write);
  }

  /** virtio_gpu_array_add_fence(), virtgpu_gem.c:266 of 6.1: dma_resv_add_fence() as a write. */
  drive(leaf: Fence): void {
    this.#prune();
    if (!this.#rules.driverKeepsOthers) this.#entries = [];
    this.#add(leaf, true);
  }

  #remove(write: boolean): void {
    this.#entries = this.#entries.filter((entry) => entry.write !== write);
  }

  #add(leaf: Fence, write: boolean): void {
    for (const entry of this.#entries) {
      if (entry.leaf.context !== leaf.context || entry.write !== write) continue;
      const later = leaf.position >= entry.leaf.position;
      // dma-resv.c:275 of 6.1: the first slot that is signalled, or of the context, of no lesser usage and not later, is
      // overwritten. A write may come to a read's slot first, and then the slot of the older write stays as it is.
      const elsewhere = this.#stale > 0 || !later || (write && this.#promotes(leaf));
      if (this.#counts && !this.#rules.exportShowsOnce && elsewhere) {
        entry.copies++;
        if (this.#stale > 0) this.#stale--;
      }
      if (later || !this.#rules.laterStays) entry.leaf = leaf;
      return;
    }
    if (this.#stale > 0) this.#stale--;
    this.#entries.push({ leaf, write, copies: this.#counts || this.#rules.exportShowsOnce ? 1 : UNCOUNTED });
  }

  /** Whether a write may take the slot of a read of its context. */
  #promotes(leaf: Fence): boolean {
    return this.#entries.some(
      (entry) => !entry.write && entry.leaf.context === leaf.context && leaf.position >= entry.leaf.position,
    );
  }

  /**
   * dma_resv_add_fence() stores signalled fences too (6.1 to 7.3), and compares their seqno with that of a pending
   * fence: one that signalled more than 2^31 steps ago looks later, and takes its place. It may also take the slot of a
   * signalled fence that comes first; then nothing is lost.
   */
  #addSignalled(leaf: Fence, write: boolean): void {
    const lost = this.#entries.findIndex((entry) => this.#displaces(leaf, write, entry));
    if (lost >= 0) this.#entries.splice(lost, 1);
    if (this.#counts) this.#stale++;
  }

  #displaces(leaf: Fence, write: boolean, entry: Entry): boolean {
    if (leaf.context === null || entry.leaf.context !== leaf.context || (entry.write && !write)) return false;
    return !this.#rules.later(seqnoOf(entry.leaf), seqnoOf(leaf));
  }

  /** Whether importing `leaf` displaces a pending fence, as far as is known of the slots: no, yes, or perhaps. */
  displaced(leaf: Fence, write: boolean): 'no' | 'yes' | 'perhaps' {
    if (this.#rules.importSkipsSignalled || leafPending(leaf)) return 'no';
    this.#prune();
    const any = this.#entries.some((entry) => this.#displaces(leaf, write, entry));
    return any ? (this.#stale > 0 || !this.#counts ? 'perhaps' : 'yes') : 'no';
  }

  busy(writes: boolean, reads: boolean): boolean {
    for (const entry of this.#entries)
      if ((entry.write ? writes : reads) && leafPending(entry.leaf)) return true;
    return false;
  }

  conflicts(writes: boolean, reads: boolean): boolean {
    return this.busy(writes, reads);
  }

  gate(reads: boolean): Gate {
    if (this.#rules.exportDropsSignalled) this.#prune();
    const gate: Gate = { leaves: [], copies: [] };
    for (const entry of this.#entries) {
      if (!entry.write && !reads) continue;
      const at = gate.leaves.findIndex((leaf) => leaf.context === entry.leaf.context);
      if (at < 0) {
        gate.leaves.push(entry.leaf);
        gate.copies.push(entry.copies);
        continue;
      }
      if (!this.#rules.exportShowsOnce) gate.copies[at] = (gate.copies[at] ?? 0) + entry.copies;
      if (entry.leaf.position > (gate.leaves[at]?.position ?? 0)) gate.leaves[at] = entry.leaf;
    }
    return gate;
  }

  #firstPending(reads: boolean): Fence | null {
    for (const entry of this.#entries)
      if ((entry.write || reads) && leafPending(entry.leaf)) return entry.leaf;
    return null;
  }

  poll(events: number, callbacks: PollCallbacks): number {
    const rules = this.#rules;
    let ready = events & (POLLIN | POLLOUT);
    if ((ready & POLLIN) !== 0 && rules.pollInWaits) {
      const attached = rules.pollKeepsCallback && callbacks.first !== null && leafPending(callbacks.first);
      if (!attached) callbacks.first = this.#firstPending(false);
      if (callbacks.first !== null) ready &= ~POLLIN;
    }
    if ((ready & POLLOUT) !== 0) {
      const attached = rules.pollKeepsCallback && callbacks.second !== null && leafPending(callbacks.second);
      if (!attached) callbacks.second = this.#firstPending(rules.pollOutWaitsForReads);
      if (callbacks.second !== null) ready &= ~POLLOUT;
    }
    return ready;
  }

  entries(): readonly Entry[] {
    this.#prune();
    return this.#entries;
  }

  get hidden(): number {
    return this.#stale;
  }

  clone(copyOf: (leaf: Fence) => Fence): ClassesResv {
    const copy = new ClassesResv(this.#rules, this.#counts);
    copy.#entries = this.#entries.map((entry) => ({ ...entry, leaf: copyOf(entry.leaf) }));
    copy.#stale = this.#stale;
    return copy;
  }
}
