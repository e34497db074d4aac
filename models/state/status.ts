// SPDX-License-Identifier: MIT
import type { Rules } from '../rules/rules.js';
import { type Fence, leafPending } from './fence.js';

/** dma_fence_get_status() of a leaf: 0 pending, 1 done, or an error. */
export function leafStatus(rules: Rules, fence: Fence): number {
  const { context } = fence;
  if (context === null || fence.position <= context.position) return 1;
  return context.closed ? rules.closedStatus : 0;
}

/**
 * dma_fence_get_status(). For an array this may be what makes it notice that it has signalled, and then its status
 * stays: dma-fence-array.c, dma_fence_array_signaled() (5.10 to 7.3) does not look at errors, only the callbacks that
 * dma_fence_array_enable_signaling() leaves on the members do.
 */
export function fenceStatus(rules: Rules, fence: Fence): number {
  if (fence.context !== null) return leafStatus(rules, fence);
  if (fence.settled !== 0) return fence.settled;
  let error = 1;
  for (const member of fence.members) {
    if (leafPending(member)) return 0;
    const status = leafStatus(rules, member);
    if (status < 0) error = status;
  }
  fence.settled = fence.enabled || !rules.arrayErrorNeedsSignalling ? error : 1;
  return fence.settled;
}

/** dma_fence_add_callback(), as poll does it: from here on an array gets the errors of its members. */
export function enableSignalling(fence: Fence): void {
  if (fence.settled === 0) fence.enabled = true;
}
