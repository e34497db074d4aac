// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { noCallbacks } from '../resv/resv.js';
import { CAUSE } from '../rules/checks.js';
import type { Device, Driver } from '../state/device.js';
import type { BufferFile, CardFile, GemObject } from '../state/file.js';
import type { World } from '../state/world.js';
import { releaseHandle } from './descriptors.js';
import { fail, type Step, unsigned, word } from './words.js';

/** drm_gem.c and drm_prime.c: handles, and the dma-bufs they are exported as and imported from. */

export const card: Step = (world, words, at) => {
  const device = world.devices[unsigned(words, at + 1)];
  if (device === undefined) world.beyond = 'a card of a driver that the model does not know';
  else if (world.freeDescriptor() < 0) world.answer.ret = -ERRNO.EMFILE;
  else
    world.answer.ret = world.install(
      { kind: 'card', device, refs: 0, handles: [], fences: [] },
      word(words, at),
    );
};

/** The card that an ioctl goes to. A driver's own ioctls mean something else, or nothing, on another driver's card. */
export function openCard(world: World, variable: number, driver?: Driver): CardFile | undefined {
  const file = world.file(variable);
  if (file?.kind !== 'card') {
    world.answer.ret = -ERRNO.EBADF;
    return undefined;
  }
  if (driver === undefined || file.device.driver === driver) return file;
  world.beyond = `a request of ${driver} on a card of ${file.device.driver}`;
  return undefined;
}

/** A handle or id as the ioctl gets it: a variable that was not made is 0, which is never given out. */
export const number = (world: World, variable: number): number =>
  variable < 0 ? 0 : Math.max(0, world.value(variable));

export const objectOf = (world: World, file: CardFile, variable: number): GemObject | undefined =>
  file.handles[number(world, variable)];

/** A buffer of its own, with one handle. */
export const newObject = (world: World, device: Device): GemObject => ({
  device,
  resv: world.newResv(),
  imported: false,
  handles: 1,
  file: null,
});

/** drm_gem_handle_create_tail(): the lowest handle that is free, from 1. */
export function giveHandle(world: World, file: CardFile, object: GemObject, variable: number): void {
  let handle = 1;
  while (file.handles[handle] !== undefined) handle++;
  handle = world.numberFrom(handle, (n) => file.handles[n] !== undefined);
  file.handles[handle] = object;
  world.assign(variable, handle);
  world.answer.ret = handle;
}

/** The dma-buf of an object. It is made and kept by the handle even if there is no descriptor for it. */
function exported(object: GemObject): BufferFile {
  if (object.file !== null) return object.file;
  const callbacks = noCallbacks();
  object.file = { kind: 'buffer', refs: 0, resv: object.resv, callbacks, held: 1, begun: false, object };
  return object.file;
}

/**
 * drm_gem_prime_handle_to_fd(), drm_prime.c:428 of 5.10: a handle that is exported twice gives the same dma-buf, and one
 * that was imported the one it came from. A driver without it is ENOSYS before anything is looked at
 * (drm_prime_handle_to_fd_ioctl(), drm_prime.c:517 of 5.10: vkms).
 */
export const prime: Step = (world, words, at) => {
  const file = openCard(world, word(words, at + 1));
  if (file === undefined) return;
  if (file.device.driver === 'vkms' && !world.rules.vkmsShares) {
    world.answer.ret = -ERRNO.ENOSYS;
    return;
  }
  const object = objectOf(world, file, word(words, at + 2));
  const causes = (object === undefined ? CAUSE.handle : 0) | world.descriptorCause();
  const buffer = object && exported(object);
  if (causes !== 0 || buffer === undefined) fail(world, 'prime', causes);
  else world.answer.ret = world.install(buffer, word(words, at));
};

/**
 * drm_gem_prime_fd_to_handle() of 5.10 to 7.3. What this card has exported is the same object, and the same handle where
 * this opener has one (drm_prime_lookup_buf_handle()): no second reference, so one GEM_CLOSE closes it. Anything else is a
 * new object with the dma-buf's reservation object, but for virtio-gpu, which refuses it:
 * virtgpu_gem_prime_import_sg_table() in 5.10 to 7.3, where 7.3 imports if the host has blobs and does not render.
 */
export const open: Step = (world, words, at) => {
  const file = openCard(world, word(words, at + 1));
  if (file === undefined) return;
  const buffer = world.file(word(words, at + 2));
  if (buffer?.kind !== 'buffer') {
    world.answer.ret = buffer === undefined ? -ERRNO.EBADF : -ERRNO.EINVAL;
    return;
  }
  const known = file.handles.findIndex((object) => object?.file === buffer);
  const own = buffer.object?.device === file.device ? buffer.object : undefined;
  if (known > 0 && world.rules.openFindsHandle) {
    world.assign(word(words, at), known);
    world.answer.ret = known;
  } else if (own !== undefined) {
    if (own.handles++ === 0) buffer.held++;
    own.file = buffer;
    giveHandle(world, file, own, word(words, at));
  } else if (file.device.driver === 'virtio-gpu') world.answer.ret = -ERRNO.ENODEV;
  else giveHandle(world, file, imported(world, file.device, buffer), word(words, at));
};

/** drm_gem_prime_import_dev(): obj->resv = dma_buf->resv. */
function imported(world: World, device: Device, buffer: BufferFile): GemObject {
  buffer.held++;
  const resv = world.rules.importSharesResv ? buffer.resv : world.newResv();
  return { device, resv, imported: true, handles: 1, file: buffer };
}

/** drm_gem_handle_delete(): EINVAL for a handle that is not there. */
export const drop: Step = (world, words, at) => {
  const file = openCard(world, word(words, at));
  if (file === undefined) return;
  const handle = number(world, word(words, at + 1));
  const object = file.handles[handle];
  if (object === undefined) {
    world.answer.ret = -ERRNO.EINVAL;
    return;
  }
  file.handles[handle] = undefined;
  releaseHandle(world, object);
};

/** dma_buf_export() without a resv: it gets one of its own (udmabuf.c, dma-heap's system_heap.c), which goes with it. */
export const heap: Step = (world, words, at) => {
  if (world.freeDescriptor() < 0) {
    world.answer.ret = -ERRNO.EMFILE;
    return;
  }
  const callbacks = noCallbacks();
  const buffer: BufferFile = {
    kind: 'buffer',
    refs: 0,
    resv: world.newResv(),
    callbacks,
    held: 0,
    begun: false,
    object: null,
  };
  world.answer.ret = world.install(buffer, word(words, at));
};
