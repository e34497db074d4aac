// SPDX-License-Identifier: MIT

/**
 * Containers as the kernel nests them, for what is said about nesting (P5) and 64-bit seqnos. No op of a program makes
 * a chain: the drivers that put one into a sync_file are not in a virtual machine, but for virtio-gpu from 6.12 on.
 */
export type Nested =
  | { readonly kind: 'leaf'; readonly context: bigint; readonly seqno: bigint; readonly pending: boolean }
  | { readonly kind: 'array'; readonly members: readonly Nested[] }
  | { readonly kind: 'chain'; readonly links: readonly Nested[] };
export type NestedLeaf = Nested & { readonly kind: 'leaf' };

/** dma-fence.h, __dma_fence_is_later(): all 64 bits for a context that says so (chains), otherwise a signed u32 difference. */
export const laterSeqno = (a: bigint, b: bigint, all64: boolean): boolean =>
  all64 ? a > b : BigInt.asIntN(32, a - b) > 0n;

/** P5: an array holds leaves only; a chain's links may be leaves or arrays. */
export function legalNesting(fence: Nested): boolean {
  switch (fence.kind) {
    case 'leaf':
      return true;
    case 'array':
      return fence.members.every((m) => m.kind === 'leaf');
    case 'chain':
      return fence.links.every((l) => l.kind !== 'chain' && legalNesting(l));
  }
}

/** All leaves at any depth, in order. dma_fence_unwrap_for_each() of 6.1, for legal nesting. */
export function leavesOf(fence: Nested): NestedLeaf[] {
  switch (fence.kind) {
    case 'leaf':
      return [fence];
    case 'array':
      return fence.members.flatMap(leavesOf);
    case 'chain':
      return fence.links.flatMap(leavesOf);
  }
}

/** Pending leaves, one of each context, the latest, sorted by context: what a flat container of `fences` holds. */
export function flatten(fences: readonly Nested[]): NestedLeaf[] {
  const latest = new Map<bigint, NestedLeaf>();
  for (const found of fences.flatMap(leavesOf).filter((l) => l.pending)) {
    const known = latest.get(found.context);
    if (known === undefined || laterSeqno(found.seqno, known.seqno, false)) latest.set(found.context, found);
  }
  return [...latest.values()].sort((a, b) => (a.context < b.context ? -1 : 1));
}
