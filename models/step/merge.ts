// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';
import { array, type Fence, isLeaf, leafPending, STUB, seqnoOf } from '../state/fence.js';

const leavesOf = (fence: Fence): readonly Fence[] => (fence.members.length === 0 ? [fence] : fence.members);
const contextOf = (fence: Fence): number => fence.context?.id ?? 0;

/**
 * The two leaves of one context that merge comes across: which stays. Both pending: the later. In 5.10 without the series,
 * sync_file.c:232 compares before it looks who has signalled, so with seqnos far apart the wrong one may go.
 */
function stays(rules: Rules, a: Fence, b: Fence): Fence {
  if (!rules.mergeComparesSignalled && leafPending(a) !== leafPending(b)) return leafPending(a) ? a : b;
  return rules.later(seqnoOf(a), seqnoOf(b)) ? a : b;
}

/**
 * sync_file_merge() of 5.10, dma_fence_unwrap_merge() of the series, __dma_fence_unwrap_merge() of 6.1 to 7.3: what is pending in either,
 * one leaf of a context, sorted by context. Every container here is flat, so both walk the same leaves.
 */
export function mergeFences(rules: Rules, a: Fence, b: Fence): Fence {
  const merged: Fence[] = [];
  /** Where the leaf of a context is. */
  const places = new Map<number, number>();
  for (const leaf of [...leavesOf(a), ...leavesOf(b)]) {
    const context = contextOf(leaf);
    const twin = rules.mergeKeepsLatestOnly ? places.get(context) : undefined;
    if (twin !== undefined) merged[twin] = stays(rules, merged[twin] as Fence, leaf);
    else {
      places.set(context, merged.length);
      merged.push(leaf);
    }
  }
  const pending = rules.mergeDropsSignalled ? merged.filter(leafPending) : merged.filter(isLeaf);
  pending.sort((x, y) => contextOf(x) - contextOf(y));
  if (pending.length === 0) return rules.mergeOfSignalled === 'stub' ? STUB : (leavesOf(a)[0] ?? STUB);
  return pending.length === 1 ? (pending[0] as Fence) : array(pending);
}
