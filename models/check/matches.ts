// SPDX-License-Identifier: MIT

import { ERRNO } from '../kernel/errno.js';
import { WHO } from '../ops/call.js';
import { OK } from '../ops/event.js';
import type { Answer, LeafList } from '../state/answer.js';
import { unpackStatus, unpackWho } from '../trace/record.js';

/**
 * Whether what a record says is what a world answered. `at` is where the return value stands. Lists are compared as
 * multisets: the order of slots is nobody's promise.
 */
export function matches(
  answer: Answer,
  words: Int32Array,
  at: number,
  outputs: number,
  lists: number,
): boolean {
  const ret = words[at] as number;
  if (ret !== answer.ret) {
    if (answer.roomMayLack && ret === -ERRNO.EINVAL) return true;
    if (ret !== OK || answer.ret < 0) return false;
  }
  if (ret < 0) return true;
  let next = at + 1;
  if (outputs > 0 && !firstMatches(answer, words[next] as number)) return false;
  if (outputs > 1) {
    const count = words[next + 1] as number;
    if (count !== answer.outputs[1] && (count < (answer.outputs[1] as number) || count > answer.mostFences))
      return false;
  }
  next += outputs;
  for (let list = 0; list < lists; list++) {
    const length = words[next] as number;
    if (!listMatches(answer.lists[list as 0 | 1], words, next + 1, length)) return false;
    next += 1 + length;
  }
  return true;
}

function firstMatches(answer: Answer, seen: number): boolean {
  if (seen === answer.outputs[0]) return true;
  if (answer.mostFences === 0) return false;
  if (seen === answer.otherStatus) return true;
  const list = answer.lists[0];
  if (answer.anyNotDone)
    for (let i = 0; i < list.length; i++) if (list.status[i] === seen && seen <= 0) return true;
  return false;
}

/** How many leaves of the expected list look like this one, at least and at most. */
function range(list: LeafList, who: number, status: number): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (let i = 0; i < list.length; i++)
    if (list.who[i] === who && list.status[i] === status) {
      least++;
      most += list.most[i] as number;
    }
  return { least, most };
}

/** A duplicate may be an older fence of the same context, which may be done while the later one is pending. */
function olderTwin(list: LeafList, who: number, status: number): boolean {
  if (status === 0) return false;
  for (let i = 0; i < list.length; i++)
    if ((list.most[i] as number) > 1 && (list.who[i] === who || who === WHO.detached)) return true;
  return false;
}

function listMatches(list: LeafList, words: Int32Array, at: number, length: number): boolean {
  // The plain case, a list in the order that was expected
  let same = length === list.length;
  for (let i = 0; same && i < length; i++) {
    const word = words[at + i] as number;
    same = unpackWho(word) === list.who[i] && unpackStatus(word) === list.status[i];
  }
  return same || bagMatches(list, words, at, length);
}

function bagMatches(list: LeafList, words: Int32Array, at: number, length: number): boolean {
  const seen = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const word = words[at + i] as number;
    seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  for (const [word, count] of seen) {
    const { least, most } = range(list, unpackWho(word), unpackStatus(word));
    if (count < least) return false;
    if (count > most && !olderTwin(list, unpackWho(word), unpackStatus(word))) return false;
  }
  for (let i = 0; i < list.length; i++) {
    const word = ((list.who[i] as number) & 0xffff) | ((list.status[i] as number) << 16);
    if (!seen.has(word)) return false;
  }
  return true;
}
