// SPDX-License-Identifier: MIT
import { EMPTY, flat, type Leaves, leavesOf, leavesOfAll, type Node, type Resv } from './node.js';

/** One way to build IMPORT and EXPORT, out of those that were discussed from 2020 on. `pending` has the unsignalled fences. */
export interface Design {
  readonly name: string;
  readonly from: string;
  /** IMPORT. With `locked` false it is not done at once: what it makes is made of what it saw before. */
  readonly import: (resv: Resv, file: Node, write: boolean, pending: Leaves) => Resv;
  readonly locked: boolean;
  /** EXPORT. Null: nothing to wait for. */
  readonly export: (resv: Resv, write: boolean, pending: Leaves) => Node | null;
  /** A driver adds the fence of its job, or the kernel that of a move. The job waited for `waited`. */
  readonly add: (resv: Resv, job: number, as: 'write' | 'read' | 'move', pending: Leaves) => Resv;
  /** Whom an access of the buffer waits for. */
  readonly gate: (resv: Resv, write: boolean) => Leaves;
}

const all = (resv: Resv): Leaves => leavesOfAll(resv.kernel) | leavesOf(resv.excl) | leavesOfAll(resv.shared);

/** 5.10's readers, as they should be: a read waits for the exclusive fence, a write for everything. */
const gate = (resv: Resv, write: boolean): Leaves =>
  write ? all(resv) : leavesOfAll(resv.kernel) | leavesOf(resv.excl);

/** 5.10's drivers: dma_resv_add_excl_fence() drops everything, dma_resv_add_shared_fence() adds. */
const addOf510: Design['add'] = (resv, job, as, pending) =>
  as === 'read'
    ? { ...resv, shared: [...resv.shared.filter((n) => (leavesOf(n) & pending) !== 0), job] }
    : { ...EMPTY, excl: job };

/** What there is in one container, as it is: nothing is taken apart. */
function wrap(nodes: readonly (Node | null)[]): Node | null {
  const there = nodes.filter((node) => node !== null);
  return there.length > 1 ? there : (there[0] ?? null);
}

/** dma_resv_add_shared_fence(): one slot a context. A container has a context of its own, so it always takes a new one. */
const addShared = (shared: readonly Node[], node: Node): readonly Node[] => [
  ...shared.filter((other) => other !== node),
  node,
];

const replace: Design = {
  name: 'replace the exclusive fence',
  from: 'v1, 2020-02-25',
  locked: true,
  import: (resv, file, write) =>
    write ? { ...EMPTY, excl: file } : { ...resv, shared: addShared(resv.shared, file) },
  export: (resv, write) => wrap(write ? [resv.excl, ...resv.shared] : [resv.excl]),
  add: addOf510,
  gate,
};

const compareAndSwap: Design = {
  name: 'compare-and-swap without the lock',
  from: 'discussion of v1 to v3: a cmpxchg loop on the exclusive fence',
  locked: false,
  import: (resv, file, _write, pending) => ({ ...EMPTY, excl: flat((all(resv) | leavesOf(file)) & pending) }),
  export: (resv, write, pending) => flat(gate(resv, write) & pending),
  add: addOf510,
  gate,
};

const noCollection: Design = {
  name: 'array without collection',
  from: 'v2, 2020-02-26',
  locked: true,
  import: (resv, file, write) =>
    write
      ? { ...EMPTY, excl: wrap([resv.excl, ...resv.shared, file]) }
      : { ...resv, shared: addShared(resv.shared, file) },
  export: (resv, write) => wrap(write ? [resv.excl, ...resv.shared] : [resv.excl]),
  add: addOf510,
  gate,
};

const composite: Design = {
  name: 'one composite exclusive fence',
  from: 'v4 to import v7, 2020-03-11 to 2021-06-10: reads and writes in one flat container',
  locked: true,
  import: (resv, file, _write, pending) => ({ ...EMPTY, excl: flat((all(resv) | leavesOf(file)) & pending) }),
  export: (resv, write, pending) => flat(gate(resv, write) & pending),
  add: addOf510,
  gate,
};

/** Reads beside each other, one slot each, without what is done. */
const withReads = (shared: readonly Node[], more: Leaves, pending: Leaves): readonly Node[] =>
  [0, 1, 2, 3].filter((n) => ((leavesOfAll(shared) | more) & pending & (1 << n)) !== 0);

const twoClasses: Design = {
  name: 'two classes',
  from: 'kernel-patch/linux-5.10 with drivers as they are: writes merge into the exclusive fence, reads are in the list',
  locked: true,
  import: (resv, file, write, pending) =>
    write
      ? { ...resv, excl: flat((leavesOf(resv.excl) | leavesOf(file)) & pending) }
      : { ...resv, shared: withReads(resv.shared, leavesOf(file), pending) },
  export: (resv, write, pending) => flat(gate(resv, write) & pending),
  add: addOf510,
  gate,
};

const twoClassesMerged: Design = {
  ...twoClasses,
  name: 'two classes, and drivers merge',
  from: 'the same with drivers that use dma_resv_merge_excl() too, as virtio-gpu does in the series',
  add: (resv, job, as, pending) =>
    as === 'read'
      ? { ...resv, shared: withReads(resv.shared, 1 << job, pending) }
      : { ...resv, excl: flat((leavesOf(resv.excl) | (1 << job)) & pending) },
};

const usageClasses: Design = {
  name: 'usage classes',
  from: 'Linux 5.19 and later: as two classes, and moves are KERNEL, apart from writes',
  locked: true,
  import: twoClasses.import,
  export: twoClasses.export,
  add: (resv, job, as, pending) =>
    as === 'move'
      ? { ...resv, kernel: withReads(resv.kernel, 1 << job, pending) }
      : twoClassesMerged.add(resv, job, as, pending),
  gate,
};

export const DESIGNS: readonly Design[] = [
  replace,
  compareAndSwap,
  noCollection,
  composite,
  twoClasses,
  twoClassesMerged,
  usageClasses,
];
