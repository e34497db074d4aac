// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { CRASHED } from '../ops/call.js';
import { letterOf, NONE } from '../ops/operation.js';
import type { Context } from '../state/context.js';
import { type Fence, leafPending } from '../state/fence.js';
import type { BufferFile, CardFile, File, GemObject, SyncFile } from '../state/file.js';
import type { World } from '../state/world.js';
import { notKnown, type Step, unsigned, word } from './words.js';

/** Descriptors: dup(2), close(2), the limit, and what happens to a file when its last descriptor goes. */

/** sync_file_create() and fd_install(). */
export function makeSync(
  world: World,
  variable: number,
  fence: Fence,
  follows: SyncFile['follows'] = null,
): void {
  world.answer.ret = world.install({ kind: 'sync', refs: 0, fence, follows }, variable);
}

export const dup: Step = (world, words, at) => {
  const file = world.file(word(words, at + 1));
  if (file === undefined) world.answer.ret = -ERRNO.EBADF;
  else if (world.freeDescriptor() < 0) world.answer.ret = -ERRNO.EMFILE;
  else world.answer.ret = world.install(file, word(words, at));
  if (file !== undefined && !isCalled(file, word(words, at)))
    world.beyond = 'a copy whose variable is for files of another kind';
};

const LETTERS: Readonly<Record<File['kind'], string>> = {
  timeline: 't',
  sync: 's',
  buffer: 'b',
  card: 'c',
  epoll: 'e',
  other: 'o',
};

/** What ops may be tried on a variable follows from its letter. */
const isCalled = ({ kind }: File, variable: number): boolean => letterOf(variable) === LETTERS[kind];

export const close: Step = (world, words, at) => {
  const variable = word(words, at);
  const file = world.file(variable);
  if (file === undefined) {
    world.answer.ret = -ERRNO.EBADF;
    return;
  }
  const descriptor = world.value(variable);
  world.files[descriptor] = undefined;
  world.lowest = Math.min(world.lowest, descriptor);
  world.assign(variable, NONE);
  file.refs--;
  if (file.refs === 0 || !world.rules.closeIsLast) release(world, file);
};

export function release(world: World, file: File): void {
  if (file.kind === 'timeline') closeTimeline(world, file.context);
  else if (file.kind === 'buffer') releaseBuffer(world, file);
  else if (file.kind === 'card') releaseCard(world, file);
}

/** dma_buf_release(). On 5.10 without the series it runs into BUG_ON while a poll's callback is attached (dma-buf.c:75). */
export function releaseBuffer(world: World, file: BufferFile): void {
  if (file.refs > 0 || file.held > 0 || world.rules.pollHoldsFile) return;
  const { first, second } = file.callbacks;
  if ((first !== null && leafPending(first)) || (second !== null && leafPending(second))) {
    world.crashed = true;
    world.answer.ret = CRASHED;
  }
}

/** sw_sync_debugfs_release(): all that is pending signals now, with an error. */
function closeTimeline(world: World, context: Context): void {
  context.closed = true;
  context.note(Number.POSITIVE_INFINITY, world.from, world.until);
}

/** drm_file_free(): GEM handles go first, then vgem_fence_close() signals what nobody signalled. */
function releaseCard(world: World, card: CardFile): void {
  for (const object of card.handles) if (object !== undefined) releaseHandle(world, object);
  card.handles.length = 0;
  if (!world.rules.cardCloseSignals) return;
  for (const context of card.fences) {
    if (context === null || context === undefined) continue;
    // A timer that may have run by then may have been first
    if (context.position === 0 && context.expiresFrom > world.until) context.note(1, world.from, world.until);
    context.position = 1;
  }
}

/**
 * drm_gem_object_handle_put_unlocked(): the last handle of an object lets go of its dma-buf. vkms of 5.10 never lets go of
 * an imported one: vkms_gem_free_object() does not call drm_prime_gem_destroy().
 */
export function releaseHandle(world: World, object: GemObject): void {
  object.handles--;
  if (object.handles > 0 || object.file === null) return;
  if (object.imported && object.device.driver === 'vkms' && !world.rules.vkmsShares) return;
  object.file.held--;
  releaseBuffer(world, object.file);
}

/** RLIMIT_NOFILE: alloc_fd() gives EMFILE for a number that is not below it. */
export const limit: Step = (world, words, at) => {
  world.limit = unsigned(words, at);
};

export const wait: Step = () => undefined;

export const unknown: Step = (world, words, at) => {
  const file = world.file(word(words, at));
  world.answer.ret = file === undefined ? -ERRNO.EBADF : notKnown(world, file);
};
