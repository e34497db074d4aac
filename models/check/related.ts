// SPDX-License-Identifier: MIT
import type { World } from '../state/world.js';
import { type Footprint, footprint, LOOKS_ONLY } from './footprint.js';
import type { Entry } from './history.js';

/**
 * Those of `candidates`, ops that are pending, that could matter for `entry`: they touch what it touches, or what one of
 * them touches. If another op came before it, it could as well come after: it stays pending, and nothing is lost.
 */
export function related(
  world: World,
  entry: Entry,
  candidates: readonly Entry[],
  words: Int32Array,
  inParts: boolean,
): Entry[] {
  if (candidates.length === 0) return [];
  const feet = new Map<Entry, Footprint>();
  for (const one of [entry, ...candidates]) feet.set(one, footprint(world, one, words));
  const found = [entry];
  for (const one of found)
    for (const other of candidates)
      if (!found.includes(other) && (one.before === other.op || matters(one, other, feet, inParts)))
        found.push(other);
  return found.slice(1);
}

/** Who only looks need not come first where it may see states that are over: statesOf(). */
function matters(one: Entry, other: Entry, feet: ReadonlyMap<Entry, Footprint>, inParts: boolean): boolean {
  const [foot, others] = [feet.get(one), feet.get(other)];
  if (foot === undefined || others === undefined) return false;
  return inParts && LOOKS_ONLY.has(other.code) ? foot.dependsOn(others) : foot.conflictsWith(others);
}
