// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { NONE } from '../ops/operation.js';
import type { BufferFile, EpollFile, Watch } from '../state/file.js';
import type { World } from '../state/world.js';
import { FOR_EVER, readyNow } from './poll.js';
import { type Step, unsigned, type Words, word } from './words.js';

/**
 * fs/eventpoll.c of 5.10 to 7.3, for what is certain of it. An item is on the ready list when its file said so as it was
 * added or changed, or has woken it since; epoll_wait(2) asks each file on the list again before it reports it. So what
 * is reported was true at that moment (ep_send_events(), "ep_item_poll()"). A level-triggered item stays on the list as
 * long as it is ready: that it is not reported then is a lost wakeup. An edge-triggered one leaves it, and may be silent.
 */

const IN_OUT = 1 | 4;
const ONESHOT = 0x40000000;
const EDGE = 0x80000000;
const [ADD, REMOVE] = [0, 1];

export const epoll: Step = (world, words, at) => {
  if (world.freeDescriptor() < 0) world.answer.ret = -ERRNO.EMFILE;
  else world.answer.ret = world.install({ kind: 'epoll', refs: 0, watches: [] }, word(words, at));
};

function openEpoll(world: World, variable: number): EpollFile | undefined {
  const file = world.file(variable);
  if (file?.kind === 'epoll') return file;
  world.answer.ret = -ERRNO.EBADF;
  return undefined;
}

/**
 * A callback of an earlier poll may keep a closed dma-buf until its fence signals, and a moment longer. Of several threads
 * any may have left one.
 */
function mayHaveCallback({ rules, countsSlots }: World, { callbacks }: BufferFile): boolean {
  if (callbacks.first !== null || callbacks.second !== null) return true;
  return rules.pollHoldsFile && (callbacks.keepsFile || !countsSlots);
}

/** eventpoll_release(): an item goes with the last reference of its file. */
function gone(world: World, { file, descriptor }: Watch): boolean {
  if (!world.rules.watchIsOfFile) return world.files[descriptor] !== file;
  return file.refs === 0 && !(file.kind === 'buffer' && (file.held > 0 || mayHaveCallback(world, file)));
}

/** ep_item_poll() */
function eventsOf(world: World, { file, events }: Watch): number {
  return world.rules.epollAsksAgain ? readyNow(world, file, events & IN_OUT) : events & IN_OUT;
}

/** do_epoll_ctl(): the epoll is looked at before the target (EBADF both), then the item is looked for. */
export const watch: Step = (world, words, at) => {
  const file = openEpoll(world, word(words, at));
  if (file === undefined) return;
  const how = word(words, at + 1);
  const variable = word(words, at + 2);
  const target = world.file(variable);
  if (target?.kind !== 'sync' && target?.kind !== 'buffer') {
    world.answer.ret = -ERRNO.EBADF;
    return;
  }
  const descriptor = world.value(variable);
  const events = unsigned(words, at + 3);
  const place = file.watches.findIndex((w) => w.file === target && w.descriptor === descriptor);
  const known = file.watches[place];
  if (how === ADD && known !== undefined) world.answer.ret = -ERRNO.EEXIST;
  else if (how !== ADD && known === undefined) world.answer.ret = -ERRNO.ENOENT;
  else if (how === REMOVE) file.watches.splice(place, 1);
  else {
    // ep_insert() and ep_modify() ask the file, which leaves its callback on a fence
    readyNow(world, target, events);
    if (known === undefined) file.watches.push({ file: target, descriptor, variable, events });
    else {
      known.events = events;
      known.variable = variable;
    }
  }
};

/** Only that the target is asked, where it is: an epoll_ctl(2) that then ran out of memory. False if it asks nobody. */
export function watchedBefore(world: World, words: Words, at: number): boolean {
  const file = world.file(word(words, at));
  const target = world.file(word(words, at + 2));
  if (file?.kind !== 'epoll' || (target?.kind !== 'sync' && target?.kind !== 'buffer')) return false;
  readyNow(world, target, unsigned(words, at + 3));
  return true;
}

/** Places of the items that are ready now, and whether one of them has to be reported. */
export function readyWatches(world: World, variable: number): { ready: number[]; certain: boolean } {
  const file = world.file(variable);
  const ready: number[] = [];
  let certain = false;
  if (file?.kind !== 'epoll') return { ready, certain };
  for (const [place, item] of file.watches.entries()) {
    if (gone(world, item) || eventsOf(world, item) === 0) continue;
    ready.push(place);
    if (world.rules.levelIsReported && (item.events & EDGE) === 0 && item.file.refs > 0) certain = true;
  }
  return { ready, certain };
}

/** epoll_wait(2) for one event. Which of several items it is nobody has promised: see alternatives(). */
export const woken: Step = (world, words, at) => {
  const file = openEpoll(world, word(words, at));
  if (file === undefined) return;
  const milliseconds = unsigned(words, at + 1);
  const { answer } = world;
  const item = file.watches[world.reports];
  answer.outputs[0] = NONE;
  if (item !== undefined) {
    answer.ret = 1;
    answer.outputs[0] = item.variable;
    answer.outputs[1] = eventsOf(world, item);
    if ((item.events & ONESHOT) !== 0) item.events &= ~IN_OUT;
  } else if (milliseconds === FOR_EVER) answer.ret = -ERRNO.EINTR;
  else if (milliseconds > 0) answer.otherRet = -ERRNO.EINTR;
  const buffers = file.watches.some((one) => one.file.kind === 'buffer');
  if (!world.rules.pollHoldsFile && buffers && file.watches.length > 1)
    world.beyond =
      'nobody knows which files epoll_wait(2) has polled, and on this kernel that decides over a crash';
  world.reports = NONE;
};
