// SPDX-License-Identifier: MIT

import { ERRNO } from '../kernel/errno.js';
import { WHO } from '../ops/call.js';
import { OK } from '../ops/event.js';
import { type Answer, type LeafList, ROUNDING_US } from '../state/answer.js';
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
    if (answer.otherRet !== 0 && ret === answer.otherRet) return true;
    if (answer.roomMayLack && ret === -ERRNO.EINVAL) return true;
    const sooner = answer.mayBeReady !== 0 && answer.ret === 0 && ret === 1;
    if (!sooner && (ret !== OK || answer.ret < 0)) return false;
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
  const stride = answer.timed ? 2 : 1;
  for (let list = 0; list < lists; list++) {
    const length = words[next] as number;
    const due = answer.lists[list as 0 | 1];
    if (!listMatches(due, words, next + 1, length, stride)) return false;
    if (answer.timed && !timesMatch(due, words, next + 1, length)) return false;
    next += 1 + length * stride;
  }
  return true;
}

function firstMatches(answer: Answer, seen: number): boolean {
  if (seen === answer.outputs[0]) return true;
  // All of them ready is another hypothesis
  if ((answer.mayBeReady & ~seen) !== 0) return (seen & ~answer.mayBeReady) === answer.outputs[0];
  if (answer.mostFences === 0) return false;
  if (seen === answer.otherStatus) return true;
  const list = answer.lists[0];
  if (answer.anyNotDone)
    for (let i = 0; i < list.length; i++) if (list.status[i] === seen && seen <= 0) return true;
  return false;
}

/** Whether the leaf has to be shown. */
const needed = (list: LeafList, i: number): boolean =>
  (list.most[i] as number) > 0 && list.perhaps[i] !== true;

const isLeaf = (list: LeafList, i: number, who: number, status: number): boolean =>
  list.status[i] === status && (list.who[i] === who || list.also[i] === who);

/** How many leaves of the expected list look like this one, at least and at most. */
function range(list: LeafList, who: number, status: number): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (let i = 0; i < list.length; i++)
    if (isLeaf(list, i, who, status)) {
      if (needed(list, i)) least++;
      most += Math.abs(list.most[i] as number);
    }
  return { least, most };
}

/** A duplicate may be an older fence of the same context, which may be done while the later one is pending. */
function olderTwin(list: LeafList, who: number, status: number): boolean {
  if (status === 0) return false;
  for (let i = 0; i < list.length; i++)
    if (Math.abs(list.most[i] as number) > 1 && (list.who[i] === who || who === WHO.detached)) return true;
  return false;
}

function listMatches(list: LeafList, words: Int32Array, at: number, length: number, stride: number): boolean {
  // The plain case, a list in the order that was expected
  let same = length === list.length;
  for (let i = 0; same && i < length; i++) {
    const word = words[at + i * stride] as number;
    same = unpackWho(word) === list.who[i] && unpackStatus(word) === list.status[i];
  }
  return same || bagMatches(list, words, at, length, stride);
}

/** The stub, done: what a list shows that has no leaf. */
const STUB_WORDS = [WHO.stub | (1 << 16), WHO.detached | (1 << 16)];

/** It may be that a list has no leaf at all, and this is what it shows then. */
function perhapsStub(list: LeafList, word: number): boolean {
  if (!STUB_WORDS.includes(word)) return false;
  for (let i = 0; i < list.length; i++) if ((list.most[i] as number) > 0) return false;
  return true;
}

function bagMatches(list: LeafList, words: Int32Array, at: number, length: number, stride: number): boolean {
  const seen = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const word = words[at + i * stride] as number;
    seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  for (const [word, count] of seen) {
    const { least, most } = range(list, unpackWho(word), unpackStatus(word));
    if (count < least && !seenAsAlso(list, seen, unpackStatus(word))) return false;
    if (perhapsStub(list, word)) continue;
    if (count > most && !olderTwin(list, unpackWho(word), unpackStatus(word))) return false;
  }
  for (let i = 0; i < list.length; i++) {
    if (!needed(list, i)) continue;
    const status = (list.status[i] as number) << 16;
    const known = seen.has(((list.who[i] as number) & 0xffff) | status);
    if (!known && !seen.has(((list.also[i] as number) & 0xffff) | status)) return false;
  }
  return true;
}

/** Leaves of which some are named and some not, as they signalled in between: how many of which nobody knows. */
function seenAsAlso(list: LeafList, seen: ReadonlyMap<number, number>, status: number): boolean {
  for (let i = 0; i < list.length; i++)
    if (list.also[i] !== list.who[i] && list.status[i] === status)
      return seen.has(((list.also[i] as number) & 0xffff) | (status << 16));
  return false;
}

/** Each time that is written down has to be one that a leaf like it may say. */
function timesMatch(list: LeafList, words: Int32Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const time = (words[at + 2 * i + 1] as number) >>> 0;
    const word = words[at + 2 * i] as number;
    if (time !== 0 && !timeMatches(list, word, time) && !perhapsStub(list, word)) return false;
  }
  return true;
}

function timeMatches(list: LeafList, word: number, time: number): boolean {
  const [who, status] = [unpackWho(word), unpackStatus(word)];
  for (let i = 0; i < list.length; i++) {
    if (!isLeaf(list, i, who, status)) continue;
    if (time >= (list.from[i] as number) - ROUNDING_US && time <= (list.until[i] as number) + ROUNDING_US)
      return true;
  }
  return olderTwin(list, who, status);
}
