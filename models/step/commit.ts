// SPDX-License-Identifier: MIT
import { DRIVER_LATENESS_US } from '../kernel/limits.js';
import { NONE } from '../ops/operation.js';
import { COMMIT } from '../ops/types.js';
import { CAUSE } from '../rules/checks.js';
import { type Fence, leafPending } from '../state/fence.js';
import type { CardFile, GemObject, SyncFile } from '../state/file.js';
import type { World } from '../state/world.js';
import { makeSync } from './descriptors.js';
import { objectOf, openCard } from './gem.js';
import { begin, mayReach, reach } from './moving.js';
import { fenceOf } from './sync-file.js';
import { fail, type Step, unsigned, word } from './words.js';

/**
 * DRM_MODE_ATOMIC as far as fences see it: drm_atomic_uapi.c and drm_atomic_helper.c of 5.10 to 7.3. A commit is on the
 * screen some time after all it waits for, and then its out fence signals; nobody sees the moment. When an out fence says
 * it signalled is not checked: vkms gives it the time of a vblank, which need not be the time of the signal.
 */

const { test, nonblock, cursor } = COMMIT.bits;
/** A value of the argument `memory`: ordinary. */
const MAPPED = 0;

/** drm_mode_atomic_ioctl() */
export const commit: Step = (world, words, at) => {
  const card = openCard(world, word(words, at + 1));
  if (card === undefined) return;
  const [made, asked, flags] = [word(words, at), word(words, at + 2), unsigned(words, at + 4)];
  const object = objectOf(world, card, asked);
  if (card.device.driver === 'vgem') world.beyond = 'a commit on a card without a display';
  if (asked !== NONE && object === undefined) world.beyond = 'a commit shows a buffer whose handle is gone';
  if (world.beyond !== undefined) return;
  // IN_FENCE_FD -1 is no fence, any other number has to be a sync_file's: drm_atomic_plane_set_property()
  const after = word(words, at + 3);
  const given = world.file(after);
  let causes = after !== NONE && given?.kind !== 'sync' ? CAUSE.file : 0;
  // OUT_FENCE_PTR is written at once, so it has to be writable even if nothing comes of it
  if (made !== NONE && word(words, at + 5) !== MAPPED) causes |= CAUSE.unwritable;
  const gates = waitsFor(world, card, object, given?.kind === 'sync' ? given : undefined);
  if ((flags & test) === 0) causes |= obstacles(world, card, gates, made, flags);
  if (causes !== 0) fail(world, 'commit', causes);
  else if ((flags & test) !== 0) world.assign(made, NONE);
  else committed(world, card, gates, made);
  if (causes === 0 && (flags & (test | cursor)) === cursor) upload(world, card, object, flags);
};

/** What stands in the way of a commit that is not only a test. */
function obstacles(
  world: World,
  card: CardFile,
  gates: readonly Fence[],
  made: number,
  flags: number,
): number {
  const { crtc } = card.device;
  const last = crtc.steps?.at(-1)?.position;
  let causes = made === NONE ? 0 : world.descriptorCause();
  if ((flags & nonblock) !== 0) {
    // stall_checks(): flip_done completes in the same function that signals the out fence
    if (last !== undefined && world.rules.commitsOneAtATime) causes |= CAUSE.busy;
    return causes;
  }
  // drm_atomic_helper_wait_for_fences(pre_swap): a signal interrupts it
  if (gates.some(leafPending)) causes |= CAUSE.interrupted;
  else if (last !== undefined && mayReach(crtc, last)) reach(crtc, last);
  else if (last !== undefined) world.beyond = 'a blocking commit behind one that is held';
  return causes;
}

/**
 * The fences a plane waits for. One that was given overrules those of the buffer (5.10: drm_atomic_set_fence_for_plane();
 * from 6.1 on drm_gem_plane_helper_prepare_fb() keeps KERNEL ones, and nobody has those; it is also what a plane without a
 * prepare_fb gets from 6.1 on, drm_atomic_helper.c:2608). Without one vkms looks at writes
 * (5.10: drm_gem_fb_prepare_fb(), the exclusive fence), and virtio-gpu at nothing before 7.3 (virtgpu_plane.c:368).
 */
function waitsFor(
  world: World,
  card: CardFile,
  object: GemObject | undefined,
  given: SyncFile | undefined,
): readonly Fence[] {
  const { rules } = world;
  const gates: Fence[] = [];
  if (given !== undefined && rules.commitWaitsForGiven) {
    const fence = fenceOf(given);
    gates.push(...(fence.members.length === 0 ? [fence] : fence.members));
  }
  const implicit = card.device.driver === 'vkms' ? rules.vkmsWaitsForWriters : rules.virtioWaitsForWriters;
  if (implicit && object !== undefined && (given === undefined || !rules.givenOverrules))
    gates.push(...object.resv.gate(false).leaves);
  return gates.filter(leafPending);
}

function committed(world: World, card: CardFile, gates: readonly Fence[], made: number): void {
  const fence = begin(world, card.device.crtc, gates, Number.POSITIVE_INFINITY);
  if (made !== NONE) makeSync(world, made, fence);
}

/**
 * virtio_gpu_cursor_plane_update(): a new cursor is uploaded with a fence of the driver's, which is put on the buffer as a
 * write and waited for. The same cursor again is not, so what the model says of it is weak: there may be such a fence.
 */
function upload(world: World, card: CardFile, object: GemObject | undefined, flags: number): void {
  if (object === undefined || card.device.driver !== 'virtio-gpu') return;
  if ((flags & nonblock) !== 0) world.beyond = 'a cursor that is uploaded some time later';
  object.resv.drive(begin(world, card.device.commands, [], world.until + DRIVER_LATENESS_US));
}
