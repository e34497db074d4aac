// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import { OK } from '../ops/event.js';
import { NONE, type Operation } from '../ops/operation.js';
import { CODE, OPERATIONS } from '../ops/operations.js';
import { SEEN_FULL, UNOBSERVED, type World } from '../state/world.js';
import { listsOfCode, outputsOfCode } from '../trace/fault.js';
import type { Entry } from './history.js';
import { runAll } from './hypotheses.js';
import { matches } from './matches.js';
import { approach } from './moment.js';
import { lacksMemory, refused } from './no-memory.js';

/** The search has to stop, and why. */
export class GivesUp extends Error {}

/** Ops whose return value is the number of what they make. */
const numbers: boolean[] = [];
for (const op of OPERATIONS as readonly Operation[]) numbers[op.code] = op.makes !== undefined;

/** What was seen of the number that an op got, where others of its process went on at the same time. */
function observed(entry: Entry, words: Int32Array, overlapping: number): number {
  // A commit without an out fence makes nothing
  if (overlapping === 0 || !numbers[entry.code] || words[entry.first] === NONE) return UNOBSERVED;
  const ret = words[entry.ret] as number;
  if (ret === -ERRNO.EMFILE) return SEEN_FULL;
  return ret >= 0 && ret !== OK ? ret : UNOBSERVED;
}

/** Does the op in `world`, which it may keep and change: every way it can go, whatever came of it. */
export function outcomes(
  world: World,
  entry: Entry,
  words: Int32Array,
  overlapping: number,
): readonly World[] {
  if (world.crashed || !approach(world, entry.header, entry.from, entry.until)) return [];
  world.observed = observed(entry, words, overlapping);
  world.overlapping = overlapping;
  const ways = runAll(world, entry.code, words, entry.first);
  if (ways === undefined) throw new GivesUp('too many timers of vgem are due at once');
  for (const way of ways) {
    way.observed = UNOBSERVED;
    if (way.beyond !== undefined) throw new GivesUp(way.beyond);
    // Contexts that were made at the same time have no known order, nor has what is sorted by it
    if (entry.code === CODE.info && (way.answer.outputs[0] ?? 0) <= 0) way.answer.anyNotDone = true;
  }
  return ways;
}

/** Does the op in `world`, which it may keep and change: the worlds in which what came of it is right. */
export function attempt(
  world: World,
  entry: Entry,
  words: Int32Array,
  overlapping: number,
): readonly World[] {
  if (lacksMemory(world, entry.code, words[entry.ret] as number))
    return refused(world, entry.code, words, entry.first);
  const { code, ret } = entry;
  return outcomes(world, entry, words, overlapping).filter((way) =>
    matches(way.answer, words, ret, outputsOfCode(code), listsOfCode(code)),
  );
}
