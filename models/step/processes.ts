// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import type { File } from '../state/file.js';
import { PROCESSES, Process } from '../state/process.js';
import { release } from './descriptors.js';
import { type Step, unsigned, word } from './words.js';

/** fork(2) and exit(2), as far as descriptors know of them, and files that the model does not look at. */

/** A file that takes a descriptor and does nothing. Its ioctl(2) says ENOTTY to all that the model asks. */
export const other: Step = (world, words, at) => {
  if (world.freeDescriptor() < 0) world.answer.ret = -ERRNO.EMFILE;
  else world.answer.ret = world.install({ kind: 'other', refs: 0 }, word(words, at));
};

/** dup_fd() of fs/file.c: the same files at the same numbers. The limit is the parent's (copy_signal()). */
export const fork: Step = (world, words, at) => {
  const number = unsigned(words, at);
  if (number < 1 || number >= PROCESSES || world.processes[number] !== undefined) {
    world.beyond = `process ${number} is forked, which there is already or cannot be`;
    return;
  }
  if (!world.rules.forkCopiesDescriptors) {
    world.processes[number] = world.table;
    return;
  }
  const child = new Process(world.lowest, world.limit);
  for (const [descriptor, file] of world.files.entries()) {
    child.files[descriptor] = file;
    if (file !== undefined) file.refs++;
  }
  child.copyVariables(world.table);
  world.processes[number] = child;
};

/**
 * exit_files(): close_files() of fs/file.c goes through the table in order of number, but the last fput() of a file only
 * queues its release, and task_work_run() does what was queued last first (kernel/task_work.c: "The task_work list is
 * LIFO", 5.10 to 7.3). So a timeline that was opened after a dma-buf signals before that is released.
 */
export const exit: Step = (world) => {
  const last: File[] = [];
  for (const file of world.files) {
    if (file === undefined || !world.rules.exitCloses) continue;
    file.refs--;
    if (file.refs === 0 || !world.rules.closeIsLast) last.push(file);
  }
  world.processes[world.current] = undefined;
  for (const file of last.reverse()) release(world, file);
};

/**
 * pidfd_getfd() of kernel/pid.c: fget_task() and receive_fd(), the same file at a number of one's own. A process that ends has
 * PF_EXITING before it has closed anything: ESRCH, of 5.10.262 and 6.1 EBADF as well if it is between the two looks.
 */
export const take: Step = (world, words, at) => {
  const { answer } = world;
  const from = world.processes[unsigned(words, at + 1)];
  if (from === undefined) {
    answer.ret = -ERRNO.ESRCH;
    answer.otherRet = -ERRNO.EBADF;
    return;
  }
  const file = from.files[from.value(word(words, at + 2))];
  if (file === undefined) answer.ret = -ERRNO.EBADF;
  else if (world.freeDescriptor() < 0) answer.ret = -ERRNO.EMFILE;
  else answer.ret = world.install(file, word(words, at));
};
