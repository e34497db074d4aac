// SPDX-License-Identifier: MIT

import { cloneWorld } from '../state/clone.js';
import { Context } from '../state/context.js';
import { array, type Fence, leaf, leafPending, STUB } from '../state/fence.js';
import type { SyncFile } from '../state/file.js';
import type { World } from '../state/world.js';
import { GivesUp, outcomes } from './attempt.js';
import type { Entry } from './history.js';
import { contextsOf, keyOf } from './leaves.js';

/** More leaves that are pending and of which nobody knows whether they are in a new file. */
const MAX_UNKNOWN = 5;

interface Member {
  readonly leaf: Fence;
  readonly copies: number;
}

function membersOf(fence: Fence): Member[] {
  if (fence === STUB) return [];
  if (fence.members.length === 0) return [{ leaf: fence, copies: 1 }];
  return fence.members.map((one, at) => ({ leaf: one, copies: fence.copies?.[at] ?? 1 }));
}

/**
 * The file that an EXPORT or a MERGE has made, where leaves came or signalled meanwhile: what it would have in every
 * state is in it. Of the rest a leaf that has signalled by now may be shown or not, which changes nothing else, and one
 * that is pending is in it or not: two worlds. `strict`: worlds in which it was made at the last moment.
 */
export function madeFiles(
  states: readonly World[],
  strict: readonly World[],
  entry: Entry,
  words: Int32Array,
): World[] {
  const variable = words[entry.first] as number;
  const seen: Map<string, Member>[] = [];
  // Its number may have been another's then: what counts is what the file holds
  for (const state of states)
    for (const after of outcomes(cloneWorld(state), entry, words, 0)) {
      const file = after.answer.ret >= 0 ? after.file(variable) : undefined;
      if (file?.kind === 'sync') seen.push(new Map(membersOf(file.fence).map((m) => [keyOf(m.leaf), m])));
    }
  const all = new Map(seen.flatMap((members) => [...members]));
  const certain = new Set([...all.keys()].filter((key) => seen.every((members) => members.has(key))));
  if (certain.size === all.size) return [...strict];
  return strict.flatMap((world) => {
    // If nothing has to be in it, it may be what a file of nothing is, which is no list at all
    const asMadeLast = certain.size === 0 ? [cloneWorld(world)] : [];
    return [...choices(world, variable, all, certain), ...asMadeLast];
  });
}

/** `world` with each file that `variable` may be. */
function choices(
  world: World,
  variable: number,
  all: ReadonlyMap<string, Member>,
  certain: ReadonlySet<string>,
): World[] {
  const contexts = contextsOf(world);
  const pending = [...all].filter(([key, m]) => {
    const context = contexts.get(m.leaf.context?.id ?? 0);
    return !certain.has(key) && context !== undefined && leafPending(leaf(context, m.leaf.position));
  });
  if (pending.length > MAX_UNKNOWN) throw new GivesUp('too many imports go on while a file is exported');
  return Array.from({ length: 1 << pending.length }, (_, subset) => {
    const left = new Set(pending.filter((__, bit) => (subset & (1 << bit)) !== 0).map(([key]) => key));
    const copy = subset === 0 ? world : cloneWorld(world);
    const reached = contextsOf(copy);
    const members: Member[] = [];
    for (const [key, { leaf: from, copies }] of all) {
      if (left.has(key) || from.context === null) continue;
      const known = reached.get(from.context.id) ?? signalled(from.context, from.position);
      const one = leaf(known, from.position);
      members.push({ leaf: one, copies: certain.has(key) || leafPending(one) ? copies : -Math.abs(copies) });
    }
    replace(copy, variable, members);
    return copy;
  });
}

/** A context that nothing in the world leads to any more: its leaf is done. */
function signalled(from: Context, position: number): Context {
  const context = new Context(from.id, from.who);
  context.position = Math.max(from.position, position);
  return context;
}

function replace(world: World, variable: number, members: readonly Member[]): void {
  const descriptor = world.value(variable);
  const sorted = members.toSorted((a, b) => (a.leaf.context?.id ?? 0) - (b.leaf.context?.id ?? 0));
  const [only] = sorted;
  const fence =
    only === undefined
      ? STUB
      : sorted.length === 1 && only.copies === 1
        ? only.leaf
        : array(
            sorted.map((m) => m.leaf),
            sorted.map((m) => m.copies),
          );
  const file: SyncFile = { kind: 'sync', refs: 1, fence, follows: null };
  world.files[descriptor] = file;
}
