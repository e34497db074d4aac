// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import type { Gate } from '../resv/resv.js';
import { CAUSE } from '../rules/checks.js';
import { array, type Fence, STUB } from '../state/fence.js';
import type { BufferFile } from '../state/file.js';
import type { World } from '../state/world.js';
import { makeSync } from './descriptors.js';
import { fenceOf } from './sync-file.js';
import { fail, readCause, type Step, target, unsigned, word, writeCause } from './words.js';

/** dma-buf.c: the ioctls of a dma-buf. */

const READ = 1;
const WRITE = 2;
const END = 4;

/** What EXPORT makes of a gate: the stub for nothing, a leaf itself, an array of several. */
function fenceFor(gate: Gate): Fence {
  const [only] = gate.leaves;
  if (only === undefined) return STUB;
  const once = gate.copies.every((copies) => copies === 1);
  if (gate.leaves.length === 1 && once) return only;
  return array(gate.leaves, once && gate.ordered ? null : gate.copies);
}

/** dma_buf_export_sync_file(), dma-buf.c:336 of 6.1 */
export const exportFile: Step = (world, words, at) => {
  const file = target(world, word(words, at + 1), 'buffer');
  if (file === undefined) return;
  const { rules } = world;
  if (!rules.has.export) {
    world.answer.ret = -ERRNO.ENOTTY;
    return;
  }
  const flags = unsigned(words, at + 2);
  let causes = writeCause(word(words, at + 3)) | world.descriptorCause();
  if (!rules.accessValid(flags)) causes |= CAUSE.flags;
  if (causes !== 0) {
    fail(world, 'export', causes);
    if (!rules.failureKeepsDescriptors && (causes & CAUSE.unwritable) !== 0) makeLeaked(world);
    return;
  }
  const reads = rules.exportTakesReads(flags);
  const follows = rules.exportIsSnapshot ? null : { resv: file.resv, reads };
  makeSync(world, word(words, at), fenceFor(file.resv.gate(reads)), follows);
};

/** A descriptor nobody can name: what a kernel that forgets put_unused_fd() leaves behind. */
function makeLeaked(world: World): void {
  const descriptor = world.freeDescriptor();
  if (descriptor >= 0) world.files[descriptor] = { kind: 'sync', refs: 1, fence: STUB, follows: null };
}

/** dma_buf_import_sync_file(), dma-buf.c:392 of 6.1: each leaf is added by itself, nothing is waited for. */
export const importFile: Step = (world, words, at) => {
  const displaces = !world.keepsDisplaced;
  world.keepsDisplaced = false;
  const file = target(world, word(words, at), 'buffer');
  if (file === undefined) return;
  const { rules } = world;
  if (!rules.has.import) {
    world.answer.ret = -ERRNO.ENOTTY;
    return;
  }
  const flags = unsigned(words, at + 1);
  const source = world.file(word(words, at + 2));
  let causes = readCause(word(words, at + 3));
  if (!rules.accessValid(flags)) causes |= CAUSE.flags;
  if (source?.kind !== 'sync') causes |= CAUSE.file;
  if (causes !== 0 || source?.kind !== 'sync') {
    fail(world, 'import', causes);
    return;
  }
  const fence = fenceOf(source);
  const write = rules.importsAsWrite(flags);
  const into = (leaf: Fence, copies?: number) =>
    file.resv.import(leaf, write, copies === undefined ? undefined : Math.abs(copies), displaces);
  if (fence.members.length === 0) into(fence);
  else for (const [at, leaf] of fence.members.entries()) into(leaf, fence.copies?.[at]);
};

/** DMA_BUF_IOCTL_SYNC: START waits for what an access has to wait for, END for nothing. A wait is interrupted. */
export const sync: Step = (world, words, at) => {
  const file = target(world, word(words, at), 'buffer');
  if (file === undefined) return;
  const flags = unsigned(words, at + 1);
  let causes = readCause(word(words, at + 2));
  if ((flags & ~(READ | WRITE | END)) !== 0 || (flags & (READ | WRITE)) === 0) causes |= CAUSE.flags;
  // end_cpu_udmabuf(), udmabuf.c:145 of 5.10: EINVAL before any START; a buffer of a heap does not mind (5.10 to 7.3)
  if (causes === 0 && (flags & END) !== 0 && file.object === null && !file.begun)
    world.answer.otherRet = -ERRNO.EINVAL;
  file.begun ||= causes === 0 && (flags & END) === 0;
  if (causes !== 0) fail(world, 'sync', causes);
  else if (waits(world, file, flags)) world.answer.ret = -ERRNO.EINTR;
};

function waits(world: World, file: BufferFile, flags: number): boolean {
  if ((flags & END) !== 0 && !world.rules.cpuEndWaits) return false;
  return file.resv.busy(true, (flags & WRITE) !== 0 && world.rules.cpuWriteWaitsForReads);
}

/** dma_buf_set_name(): the name is looked at first, and then, on 5.10, who is attached. */
export const setName: Step = (world, words, at) => {
  const file = target(world, word(words, at), 'buffer');
  if (file === undefined) return;
  let causes = readCause(word(words, at + 2));
  if (unsigned(words, at + 1) > world.rules.nameLength) causes |= CAUSE.flags;
  if (causes !== 0) fail(world, 'name', causes);
  else if (!world.rules.nameWhileAttached && isAttached(file)) world.answer.ret = -ERRNO.EBUSY;
};

/** Somebody else than the exporter keeps it: drm_gem_prime_import_dev() attaches to what it imports, as long as it has it. */
const isAttached = ({ held, object }: BufferFile): boolean =>
  held > (object !== null && object.handles > 0 ? 1 : 0);
