// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';
import { type Fence, leafPending, seqnoOf } from '../state/fence.js';
import { type Gate, POLLIN, POLLOUT, type PollCallbacks, type Resv } from './resv.js';

interface Entry {
  leaf: Fence;
  write: boolean;
  /** Of a read: its slot may come before those of its context's writes. */
  first: boolean;
  /**
   * Of a read: an import for write may have taken its slot, and left the one of an older write. Its slot, if it still has
   * it, is a spare one.
   */
  taken: boolean;
  /** Some of the spare slots may hold it. */
  again: boolean;
}

/** Slots that may hold a leaf where they are not counted. */
const UNCOUNTED = 16;
/** Buffers that are imported into each other double what is possible each time; what is real grows no further. */
const MOST_SPARE = 1 << 16;

/**
 * The reservation object of 5.19 and later: one list of fences, each with a usage. Userspace can add WRITE and READ;
 * KERNEL and BOOKKEEP are for drivers, and no driver of a virtual machine adds them to a buffer that is exported.
 *
 * What is kept here is what can be told apart from outside: of each context the latest pending leaf of each usage, and
 * how many slots there may be beside those. The kernel's slots are not predicted one by one, as that depends on when
 * the list grows, which depends on kmalloc's buckets and on CONFIG_DEBUG_MUTEXES. In a trace of several threads, or once a
 * fence is added that signals by itself, slots are not counted at all: the number would make each order of imports, and
 * each moment at which the fence may have signalled, a state of its own.
 *
 * dma_resv_add_fence(), dma-resv.c:275 of 6.1: the first slot is overwritten that is signalled, or that is of the same
 * context, not later, and a read if a read is added, but a read or a write if a write is. So what is there already may be
 * added once more in front of itself, and a write may replace a read instead of the older write behind it.
 */
export class ClassesResv implements Resv {
  readonly #rules: Rules;
  #counts: boolean;
  // invariant: at most one entry of a context and usage
  #entries: Entry[] = [];
  /** Slots that hold a signalled fence, at most, and of no entry. */
  #stale = 0;
  /**
   * Slots that hold an entry's leaf once more, or an older one of its context, pending or signalled. Of which entry, nobody
   * knows: whether an import has taken a stale slot or its own depends on which comes first.
   * invariant: no fewer than there are, and with #stale no fewer than there are of both
   */
  #spare = 0;
  /**
   * Entries are in the order of their slots. A slot that is signalled is used again before one is added at the end, so what
   * comes last may be first; no slot is when there is none to use.
   */
  #ordered = true;

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
      else if (this.#counts && !entry.taken) this.#stale++;
    }
    entries.length = kept;
    if (kept === 0) this.#ordered = true;
    if (this.#spare > 0 && !entries.some((entry) => entry.again)) {
      this.#stale += this.#spare;
      this.#spare = 0;
    }
  }

  /** An export has all slots, and of one timeline the later fence may come first: then an older one gets a slot too. */
  import(leaf: Fence, write: boolean, copies?: number, displaces = true): void {
    const rules = this.#rules;
    this.#prune();
    if (!leafPending(leaf)) {
      if (!rules.importSkipsSignalled) this.#addSignalled(leaf, write, displaces && rules.signalledDisplaces);
      return;
    }
    if (write && !rules.writeKeepsWrites) this.#remove(true);
    if (write && !rules.writeKeepsReads) this.#remove(false);
    if (!write && !rules.readKeepsWrites) this.#remove(true);
    this.#add(leaf, write);
    if (copies === undefined) return;
    this.#ordered = false;
    const entry = copies > 1 && this.#counts ? this.#entry(leaf.context, write) : undefined;
    if (entry === undefined) return;
    this.#spare = Math.min(MOST_SPARE, this.#spare + copies - 1);
    entry.again = true;
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

  #entry(context: Fence['context'], write: boolean): Entry | undefined {
    for (const entry of this.#entries)
      if (entry.write === write && entry.leaf.context === context) return entry;
    return undefined;
  }

  #stopCounting(): void {
    this.#counts = false;
    this.#stale = 0;
    this.#spare = 0;
    for (const entry of this.#entries) {
      entry.first = false;
      entry.taken = false;
      entry.again = false;
    }
  }

  #add(leaf: Fence, write: boolean): void {
    if (this.#counts && leaf.context?.steps != null) this.#stopCounting();
    const own = this.#entry(leaf.context, write);
    const other = this.#entry(leaf.context, !write);
    const counts = this.#counts && !this.#rules.exportShowsOnce;
    const signalled = this.#stale + this.#spare > 0;
    if (signalled && this.#entries.length > 0) this.#ordered = false;
    if (own !== undefined) {
      const later = leaf.position >= own.leaf.position;
      if (counts && (this.#stale > 0 || !later)) this.#again();
      if (counts && write && other?.first === true && leaf.position >= other.leaf.position) {
        other.first = false;
        other.taken = true;
        this.#spare++;
      } else if (counts && !write) {
        own.first ||= signalled;
        own.taken = false;
      }
      own.again = this.#spare > 0;
      if (later || !this.#rules.laterStays) own.leaf = leaf;
      return;
    }
    const overRead = counts && write && other !== undefined && leaf.position >= other.leaf.position;
    if (overRead && !signalled) {
      this.#entries.splice(this.#entries.indexOf(other), 1);
      if (this.#entries.length > 0) this.#ordered = false; // it has the slot of the read
    } else if (!overRead && this.#stale > 0) this.#stale--;
    // What is added comes last, or in a signalled slot
    if (counts && write && other !== undefined) other.first = true;
    const first = counts && !write && (other === undefined || signalled);
    this.#entries.push({ leaf, write, first, taken: false, again: false });
  }

  /** A leaf is added that has a slot: it may get another one, a stale one if there is any. */
  #again(): void {
    this.#spare++;
    if (this.#stale > 0) this.#stale--;
  }

  /**
   * dma_resv_add_fence() stores signalled fences too (6.1 to 7.3), and compares their seqno with that of a pending
   * fence: one that signalled more than 2^31 steps ago looks later, and takes its place. It may also take the slot of a
   * signalled fence that comes first; then nothing is lost. Nor is it where that is mended, see kernel-patch/upstream.
   */
  #addSignalled(leaf: Fence, write: boolean, displaces: boolean): void {
    const at = displaces ? this.#entries.findIndex((entry) => this.#displaces(leaf, write, entry)) : -1;
    const [lost] = at < 0 ? [] : this.#entries.splice(at, 1);
    if (!this.#counts) return;
    if (lost?.taken !== true) this.#stale++;
  }

  #displaces(leaf: Fence, write: boolean, entry: Entry): boolean {
    if (leaf.context === null || entry.leaf.context !== leaf.context || (entry.write && !write)) return false;
    return !this.#rules.later(seqnoOf(entry.leaf), seqnoOf(leaf));
  }

  /**
   * Whether importing `leaf` may displace a pending fence. Whether it does depends on slots that nobody can see, and on
   * whether the kernel has the defect.
   */
  mayDisplace(leaf: Fence, write: boolean): boolean {
    const { importSkipsSignalled, signalledDisplaces } = this.#rules;
    if (importSkipsSignalled || !signalledDisplaces || leafPending(leaf)) return false;
    this.#prune();
    return this.#entries.some((entry) => this.#displaces(leaf, write, entry));
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
    const gate: Gate = { leaves: [], copies: [], ordered: this.#counts && this.#ordered };
    for (const entry of this.#entries) {
      if (!entry.write && !reads) continue;
      const at = gate.leaves.findIndex((leaf) => leaf.context === entry.leaf.context);
      if (at < 0) {
        gate.leaves.push(entry.leaf);
        gate.copies.push(this.#copies(entry));
        continue;
      }
      if (!this.#rules.exportShowsOnce) gate.copies[at] = this.#both(entry);
      if (entry.leaf.position > (gate.leaves[at]?.position ?? 0)) gate.leaves[at] = entry.leaf;
    }
    return gate;
  }

  /** How many slots may hold the leaf of an entry, or an older one of its context and usage. */
  #copies(entry: Entry): number {
    if (this.#rules.exportShowsOnce) return 1;
    if (!this.#counts) return UNCOUNTED;
    return entry.again ? 1 + this.#spare : 1;
  }

  /** The same for a context with a read and a write. */
  #both({ leaf: { context } }: Entry): number {
    if (!this.#counts) return 2 * UNCOUNTED;
    let [slots, spare] = [0, 0];
    for (const entry of this.#entries) {
      if (entry.leaf.context !== context) continue;
      if (!entry.taken) slots++;
      if (entry.again) spare = this.#spare;
    }
    return slots + spare;
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

  entries(): readonly { leaf: Fence; write: boolean; copies: number }[] {
    this.#prune();
    return this.#entries.map((entry) => ({ ...entry, copies: this.#copies(entry) }));
  }

  get hidden(): string {
    let marks = `${this.#counts ? '' : '?'}${this.#stale}+${this.#spare}`;
    for (const { first, taken } of this.#entries) marks += taken ? '>' : first ? '<' : '=';
    return marks;
  }

  clone(copyOf: (leaf: Fence) => Fence): ClassesResv {
    const copy = new ClassesResv(this.#rules, this.#counts);
    copy.#entries = this.#entries.map(({ leaf, write, first, taken, again }) => ({
      leaf: copyOf(leaf),
      write,
      first,
      taken,
      again,
    }));
    copy.#stale = this.#stale;
    copy.#spare = this.#spare;
    copy.#ordered = this.#ordered;
    return copy;
  }
}
