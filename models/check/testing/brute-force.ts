// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING } from '../../ops/event.js';
import type { Rules } from '../../rules/rules.js';
import { cloneWorld } from '../../state/clone.js';
import { World } from '../../state/world.js';
import { attempt } from '../attempt.js';
import { type Entry, readHistory } from '../history.js';

const before = (a: Entry, b: Entry): boolean => a.returned < b.called || (a.who === b.who && a.op < b.op);

const overlaps = (entries: readonly Entry[], one: Entry): number =>
  entries.filter((e) => e.who !== one.who && !before(e, one) && !before(one, e)).length;

/**
 * Whether there is an order of all ops, by trying every one: what Search says in a cleverer way. For histories of a few
 * ops that overlap.
 */
export function someOrderHolds(rules: Rules, words: Int32Array): boolean {
  const { entries } = readHistory(words);
  const holds = (world: World, left: readonly Entry[]): boolean =>
    left.length === 0 ||
    left.some(
      (entry) =>
        !left.some((other) => other !== entry && before(other, entry)) &&
        attempt(cloneWorld(world), entry, words, overlaps(entries, entry)).some((next) =>
          holds(
            next,
            left.filter((other) => other !== entry),
          ),
        ),
    );
  return holds(new World(rules, DEFAULT_SETTING, false), entries);
}
