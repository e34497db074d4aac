// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { POLLIN, POLLOUT } from '../resv/resv.js';
import type { LeafList } from '../state/answer.js';
import type { Fence } from '../state/fence.js';
import type { BufferFile } from '../state/file.js';
import { enableSignalling, fenceStatus, leafStatus } from '../state/status.js';
import type { World } from '../state/world.js';
import { fenceOf, whoIs } from './sync-file.js';
import { type Step, unsigned, word } from './words.js';

/** poll(2) and what an executor notes after an op. */

const POLLNVAL = 32;

/** sync_file_poll(): leaves a callback first, so an array hears of errors from now on, then looks. */
function pollSync(world: World, fence: Fence, events: number): number {
  enableSignalling(fence);
  return fenceStatus(world.rules, fence) === 0 ? 0 : events & POLLIN;
}

/** poll(2) gives the number of descriptors with an event; other events than IN and OUT never come. */
export const poll: Step = (world, words, at) => {
  const file = world.file(word(words, at));
  const events = unsigned(words, at + 1);
  let ready = 0;
  if (file === undefined) ready = POLLNVAL;
  else if (file.kind === 'sync') ready = pollSync(world, fenceOf(file), events);
  else if (file.kind === 'buffer') ready = file.resv.poll(events, file.callbacks);
  world.answer.outputs[0] = ready;
  world.answer.ret = ready === 0 ? 0 : 1;
};

/** Polls both directions one at a time, exports both and lists what is pending in them. Closes the exports again. */
export const observe: Step = (world, words, at) => {
  const file = world.file(word(words, at));
  const { answer, rules } = world;
  if (file?.kind !== 'buffer') {
    answer.ret = file === undefined ? -ERRNO.EBADF : -ERRNO.ENOTTY;
    return;
  }
  const { callbacks, resv } = file;
  answer.outputs[0] = resv.poll(POLLIN, callbacks) | resv.poll(POLLOUT, callbacks);
  if (!rules.has.export) answer.ret = -ERRNO.ENOTTY;
  else if (world.freeDescriptor() < 0) answer.ret = -ERRNO.EMFILE;
  else {
    list(world, file, false, answer.lists[0]);
    list(world, file, true, answer.lists[1]);
  }
};

function list(world: World, file: BufferFile, reads: boolean, into: LeafList): void {
  const flags = reads ? 2 : 1;
  const { leaves, copies } = file.resv.gate(world.rules.exportTakesReads(flags));
  for (let at = 0; at < leaves.length; at++) {
    const leaf = leaves[at] as Fence;
    if (leafStatus(world.rules, leaf) === 0) into.add(whoIs(world, leaf, 0), 0, copies[at] ?? 1);
  }
}
