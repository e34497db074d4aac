// SPDX-License-Identifier: MIT
import type { Picture, Result, Violation } from '../../models/index.js';
import type { Lifeline } from './scene.js';

/** Whose leaves differ between what was got and the first result that is allowed. */
function differing({ got, allowed }: Violation): { missing: Set<number>; extra: Set<number> } {
  const [seen] = got.results;
  const [due] = allowed;
  const found = { missing: new Set<number>(), extra: new Set<number>() };
  for (const [at, list] of (due?.lists ?? []).entries()) {
    const others = seen?.lists[at] ?? [];
    for (const leaf of without(list, others)) found.missing.add(leaf.who);
    for (const leaf of without(others, list)) found.extra.add(leaf.who);
  }
  return found;
}

type Leaves = Result['lists'][number];

const without = (some: Leaves, others: Leaves): Leaves =>
  some.filter((leaf) => !others.some((other) => other.who === leaf.who && other.status === leaf.status));

/** The lifelines, and which of them the results of the wrong op are about. `last` is the state before it. */
export function marksOf(
  lines: readonly Lifeline[],
  last: Picture | undefined,
  verdict: Violation,
): Lifeline[] {
  const { missing, extra } = differing(verdict);
  const who = new Map(last?.fences.map((fence) => [fence.key, fence.who]));
  const inSlot = new Set(last?.buffers.flatMap(({ slots }) => slots.map(({ fence }) => fence)));
  const isMeant = ({ key }: Lifeline, of: ReadonlySet<number>): boolean => {
    const whose = who.get(key);
    if (whose === undefined || !of.has(whose)) return false;
    // Of a timeline's fences the one that is in a slot, if one is
    return inSlot.has(key) || !lines.some((other) => who.get(other.key) === whose && inSlot.has(other.key));
  };
  return lines.map((line) => {
    if (isMeant(line, missing)) return { ...line, mark: 'missing' };
    return isMeant(line, extra) ? { ...line, mark: 'extra' } : line;
  });
}

/** Timelines whose fences are in the results, got or allowed. */
export function timelinesIn({ got, allowed }: Violation, each: number): Set<number> {
  const results = [...got.results, ...allowed];
  const all = results.flatMap(({ lists }) => lists.flatMap((list) => list.map(({ who }) => who)));
  return new Set(all.filter((who) => who < each));
}
