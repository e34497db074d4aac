// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';
import { type Fence, leafPending } from '../state/fence.js';
import { type Gate, POLLIN, POLLOUT, type PollCallbacks, type Resv } from './resv.js';

const pending = (leaves: readonly Fence[]): boolean => {
  for (const leaf of leaves) if (leafPending(leaf)) return true;
  return false;
};

function prune(leaves: Fence[]): void {
  let kept = 0;
  for (let at = 0; at < leaves.length; at++) {
    const leaf = leaves[at] as Fence;
    if (leafPending(leaf)) leaves[kept++] = leaf;
  }
  leaves.length = kept;
}

/**
 * The reservation object of 5.10: one exclusive fence and a list of shared ones (dma-resv.c). With the series the
 * exclusive fence is a flat array of all pending writes; here it is the list of its leaves.
 */
export class ExclusiveResv implements Resv {
  readonly #rules: Rules;
  // invariant: at most one leaf of a context in each, as long as rules.laterStays
  #exclusive: Fence[] = [];
  #shared: Fence[] = [];
  /** shared_count > 0. Signalled fences count too: they go when the list has to grow, or with the next exclusive fence. */
  #listed = false;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** dma_resv_add_unwrapped() and dma_resv_merge_excl() for a write, dma_resv_add_shared_fence() for a read: patches 38, 20 and 10. */
  import(leaf: Fence, write: boolean): void {
    const rules = this.#rules;
    if (!leafPending(leaf)) return;
    if (!write) {
      if (!rules.readKeepsWrites) this.#exclusive = [];
      this.#addShared(leaf);
      return;
    }
    if (!rules.writeKeepsWrites) this.#exclusive = [];
    if (!rules.writeKeepsReads) this.#shared = [];
    prune(this.#exclusive);
    this.#put(this.#exclusive, leaf);
  }

  /** dma_resv_add_excl_fence() drops everything: vgem has found it all signalled, or it should have. */
  attach(leaf: Fence, write: boolean): void {
    if (!write) {
      this.#addShared(leaf);
      return;
    }
    this.#exclusive = [leaf];
    this.#shared = [];
    this.#listed = false;
  }

  /** virtio_gpu_array_add_fence(): dma_resv_merge_excl() with the series, dma_resv_add_excl_fence() without it. */
  drive(leaf: Fence): void {
    if (!this.#rules.driverKeepsOthers) this.attach(leaf, true);
    else {
      prune(this.#exclusive);
      this.#put(this.#exclusive, leaf);
    }
  }

  /** add_shared_fence of 5.10 takes the slot of the context whoever is later (dma-resv.c:282); patch 10 mends that. */
  #addShared(leaf: Fence): void {
    prune(this.#shared);
    this.#put(this.#shared, leaf);
    this.#listed = true;
  }

  #put(leaves: Fence[], leaf: Fence): void {
    for (let at = 0; at < leaves.length; at++) {
      const old = leaves[at] as Fence;
      if (old.context !== leaf.context) continue;
      if (leaf.position > old.position || !this.#rules.laterStays) leaves[at] = leaf;
      return;
    }
    leaves.push(leaf);
  }

  busy(writes: boolean, reads: boolean): boolean {
    return (writes && pending(this.#exclusive)) || (reads && pending(this.#shared));
  }

  /** dma_resv_test_signaled_rcu(test_all): without patch 4 it does not look at the exclusive fence if there is a list. */
  conflicts(writes: boolean, reads: boolean): boolean {
    if (this.#rules.sharedHidesExclusive && reads && this.#listed) return pending(this.#shared);
    return this.busy(writes, reads);
  }

  gate(reads: boolean): Gate {
    const leaves: Fence[] = [];
    for (const leaf of this.#exclusive)
      if (leafPending(leaf) || !this.#rules.exportDropsSignalled) leaves.push(leaf);
    if (reads) for (const leaf of this.#shared) if (leafPending(leaf)) this.#put(leaves, leaf);
    if (leaves.length > 1) leaves.sort((a, b) => (a.context?.id ?? 0) - (b.context?.id ?? 0));
    return { leaves, copies: leaves.map(() => 1), ordered: true };
  }

  poll(events: number, callbacks: PollCallbacks): number {
    if (this.#rules.sharedHidesExclusive) return this.#pollBare(events, callbacks);
    let ready = events & (POLLIN | POLLOUT);
    if (this.#rules.pollInWaits && pending(this.#exclusive)) ready &= ~POLLIN;
    if (this.busy(true, this.#rules.pollOutWaitsForReads)) ready &= ~POLLOUT;
    if (ready !== (events & (POLLIN | POLLOUT)) && this.#rules.pollHoldsFile) callbacks.keepsFile = true;
    return ready;
  }

  /** dma_buf_poll(), dma-buf.c:208 of 5.10 without patch 8; `first` is cb_excl, `second` cb_shared. */
  #pollBare(events: number, callbacks: PollCallbacks): number {
    let ready = events & (POLLIN | POLLOUT);
    const listed = this.#listed;
    const exclusive = this.#exclusive[0];
    if (exclusive !== undefined && ((ready & POLLOUT) === 0 || !listed)) {
      const bits = listed ? POLLIN : POLLIN | POLLOUT;
      if (callbacks.first === null || !leafPending(callbacks.first))
        callbacks.first = leafPending(exclusive) ? exclusive : null;
      if (callbacks.first !== null && (ready & bits) !== 0) ready &= ~bits;
    }
    if ((ready & POLLOUT) !== 0 && listed) {
      if (callbacks.second === null || !leafPending(callbacks.second))
        callbacks.second = this.#shared.find(leafPending) ?? null;
      if (callbacks.second !== null) ready &= ~POLLOUT;
    }
    return ready;
  }

  entries(): readonly { leaf: Fence; write: boolean; copies: number }[] {
    return [
      ...this.#exclusive.filter(leafPending).map((leaf) => ({ leaf, write: true, copies: 1 })),
      ...this.#shared.filter(leafPending).map((leaf) => ({ leaf, write: false, copies: 1 })),
    ];
  }

  get hidden(): number {
    return this.#listed ? 1 : 0;
  }

  clone(copyOf: (leaf: Fence) => Fence): ExclusiveResv {
    const copy = new ExclusiveResv(this.#rules);
    copy.#exclusive = this.#exclusive.map(copyOf);
    copy.#shared = this.#shared.map(copyOf);
    copy.#listed = this.#listed;
    return copy;
  }
}
