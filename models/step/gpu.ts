// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { DRIVER_LATENESS_US, WAIT_TIMEOUT_US } from '../kernel/limits.js';
import { NONE } from '../ops/operation.js';
import { CAUSE } from '../rules/checks.js';
import { type Fence, leafPending } from '../state/fence.js';
import type { CardFile, GemObject } from '../state/file.js';
import type { World } from '../state/world.js';
import { makeSync } from './descriptors.js';
import { giveHandle, newObject, objectOf, openCard } from './gem.js';
import { begin } from './moving.js';
import { fenceOf } from './sync-file.js';
import { fail, type Step, unsigned, word } from './words.js';

/**
 * virtgpu_ioctl.c (and virtgpu_submit.c of 6.12): the host does commands in order and says which it has done, so a fence
 * of the driver signals by itself. All fences are of one context, vgdev->fence_drv.context; rings with contexts of their
 * own (6.1 and later, VIRTGPU_CONTEXT_INIT) are not in what a program can ask.
 */

/** VIRTGPU_WAIT_NOWAIT, VIRTGPU_EXECBUF_FENCE_FD_IN and _OUT of include/uapi/drm/virtgpu_drm.h. */
const NOWAIT = 1;
const FENCE_IN = 1;
const FENCE_OUT = 2;
/** The same, and RING_IDX (6.1 and later), which the model does not follow. */
const RING = 4;

/** virtio_gpu_fence_alloc() and _emit(): the next fence of the device. */
const emit = (world: World, card: CardFile): Fence =>
  begin(world, card.device.commands, [], world.until + DRIVER_LATENESS_US);

/** virtio_gpu_resource_create_ioctl(): the fence of the command that makes it is on the buffer, as a write. */
export const texture: Step = (world, words, at) => {
  const card = openCard(world, word(words, at + 1), 'virtio-gpu');
  if (card === undefined) return;
  const object = newObject(world, card.device);
  object.resv.drive(emit(world, card));
  giveHandle(world, card, object, word(words, at));
};

/**
 * virtio_gpu_wait_ioctl(): writes and reads (dma_resv_test_signaled_rcu() and _wait_timeout_rcu() with all in 5.10,
 * DMA_RESV_USAGE_READ from 6.1). It waits for 15 s, and a signal interrupts it.
 */
export const idle: Step = (world, words, at) => {
  const card = openCard(world, word(words, at), 'virtio-gpu');
  if (card === undefined) return;
  const object = objectOf(world, card, word(words, at + 1));
  if (object === undefined) {
    world.answer.ret = -ERRNO.ENOENT;
    return;
  }
  const reads = world.rules.idleSeesReads;
  if ((unsigned(words, at + 2) & NOWAIT) !== 0) {
    if (object.resv.conflicts(true, reads)) world.answer.ret = -ERRNO.EBUSY;
  } else if (object.resv.busy(true, reads))
    world.answer.ret = world.until - world.from < WAIT_TIMEOUT_US ? -ERRNO.EINTR : -ERRNO.EBUSY;
};

/** virtio_gpu_transfer_to_host_ioctl(): with 3D a fenced command, without it one without a fence. */
export const transfer: Step = (world, words, at) => {
  const card = openCard(world, word(words, at), 'virtio-gpu');
  if (card === undefined) return;
  const object = objectOf(world, card, word(words, at + 1));
  if (object === undefined) world.answer.ret = -ERRNO.ENOENT;
  else if (card.device.renders === true) object.resv.drive(emit(world, card));
};

/** virtio_gpu_execbuffer_ioctl() */
export const submit: Step = (world, words, at) => {
  const card = openCard(world, word(words, at + 1), 'virtio-gpu');
  if (card === undefined) return;
  if (card.device.renders !== true) {
    world.answer.ret = -ERRNO.ENOSYS;
    return;
  }
  const flags = unsigned(words, at + 4);
  const asked = word(words, at + 2);
  const object = objectOf(world, card, asked);
  const waitsFor = world.file(word(words, at + 3));
  let causes = (flags & ~(FENCE_IN | FENCE_OUT | RING)) !== 0 ? CAUSE.flags : 0;
  if ((flags & RING) !== 0) world.beyond = 'a ring of virtio-gpu with a context of its own';
  if (asked !== NONE && object === undefined) causes |= CAUSE.handle;
  if ((flags & FENCE_OUT) !== 0) causes |= world.descriptorCause();
  if ((flags & FENCE_IN) !== 0) {
    if (waitsFor?.kind !== 'sync') causes |= CAUSE.file;
    else if (waitsForOthers(card, fenceOf(waitsFor))) causes |= CAUSE.interrupted;
  }
  if (causes !== 0) fail(world, 'submit', causes);
  else submitted(world, card, object, (flags & FENCE_OUT) !== 0 ? word(words, at) : NONE);
};

/** dma_fence_match_context(): fences of the driver's own context are in order anyway; others are waited for here. */
const waitsForOthers = (card: CardFile, fence: Fence): boolean =>
  [fence, ...fence.members].some((leaf) => leafPending(leaf) && leaf.context !== card.device.commands);

/** From 6.1 on there is no fence if nobody can see it; in 5.10 there is, and nobody sees it. */
function submitted(world: World, card: CardFile, object: GemObject | undefined, variable: number): void {
  if (object === undefined && variable === NONE) return;
  const fence = emit(world, card);
  object?.resv.drive(fence);
  if (variable !== NONE) makeSync(world, variable, fence);
}
