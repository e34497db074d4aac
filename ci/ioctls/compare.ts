// SPDX-License-Identifier: MIT
// Two kernels beside each other, over several pairs of guests.
import { BASELINE, cellKey, type OfCell } from './cells.js';
import type { Figures } from './figures.js';

/** The middle one of several, and the least and greatest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of at least one number. Of an even count, the upper of the two in the middle. */
export function spread(list: readonly number[]): Spread {
  const sorted = list.toSorted((a, b) => a - b);
  const [least] = sorted;
  const median = sorted[sorted.length >> 1];
  const most = sorted.at(-1);
  if (least === undefined || median === undefined || most === undefined)
    throw new RangeError('there is no median of nothing');
  return { median, least, most };
}

/** What one guest said. */
export interface Measured extends Figures {
  /** Of its processor's clock, by the host's; undefined where that was not looked at. */
  readonly ticksPerMs: number | undefined;
}

/** Guests of two kernels, one after the other on one machine. */
export interface Pair {
  readonly ours: Measured;
  readonly theirs: Measured;
}

/** What one request takes. */
export interface TimeCell extends OfCell {
  /** Nanoseconds: the median of each guest. */
  readonly ours: Spread;
  readonly theirs: Spread;
  /** Ours to theirs, pair by pair. */
  readonly ratio: Spread;
  /** Ours to theirs, in instructions; undefined where nobody counted them. */
  readonly instructions: number | undefined;
}

/**
 * Times of all cells that both kernels have. All guests ran on one machine, so that one length of a tick holds for all of
 * them: the median of what was found, since the host may have heard of one late. `counted` is a pair of guests whose processor clock counts instructions.
 */
export function compareTimes(pairs: readonly Pair[], counted?: Pair): TimeCell[] {
  if (pairs.length === 0) return [];
  const lengths = pairs.flatMap(({ ours, theirs }) => [ours.ticksPerMs, theirs.ticksPerMs]);
  const perMs = spread(lengths.filter((length) => length !== undefined)).median;
  const maps = pairs.map(mediansOf);
  const instructions = counted && mediansOf(counted);
  return (pairs[0]?.ours.time ?? []).flatMap(({ cell, fences }) => {
    const key = cellKey({ cell, fences });
    const both = maps.flatMap((map) => bothOf(map, key));
    if (both.length === 0) return [];
    const [count] = instructions === undefined ? [] : bothOf(instructions, key);
    return [
      {
        ...{ cell, fences },
        ours: spread(both.map(({ ours }) => (ours / perMs) * 1e6)),
        theirs: spread(both.map(({ theirs }) => (theirs / perMs) * 1e6)),
        ratio: spread(both.map(({ ours, theirs }) => ours / theirs)),
        instructions: count === undefined ? undefined : count.ours / count.theirs,
      },
    ];
  });
}

interface Medians {
  readonly ours: ReadonlyMap<string, number>;
  readonly theirs: ReadonlyMap<string, number>;
}

function mediansOf({ ours, theirs }: Pair): Medians {
  const of = ({ time }: Figures): ReadonlyMap<string, number> =>
    new Map(time.map((figure) => [cellKey(figure), figure.median]));
  return { ours: of(ours), theirs: of(theirs) };
}

function bothOf(medians: Medians, key: string): { readonly ours: number; readonly theirs: number }[] {
  const [ours, theirs] = [medians.ours.get(key), medians.theirs.get(key)];
  return ours === undefined || theirs === undefined ? [] : [{ ours, theirs }];
}

/** In the middle of all pairs a ratio of times beyond this is more than the noise of a machine that others use. */
const NOISE = 1.05;
/** Instructions have no noise, but now and then an interrupt among them. */
const INTERRUPTS = 1.01;

/** The two requests, and not the rest of the kernel. */
export const isOurs = ({ cell }: OfCell): boolean => cell !== BASELINE;

/** Ours is slower: it takes longer in each pair of guests, and by more than noise; or it takes more instructions. */
export const isSlower = (one: TimeCell): boolean =>
  isOurs(one) && ((one.ratio.least > 1 && one.ratio.median > NOISE) || (one.instructions ?? 0) > INTERRUPTS);

/** A figure of one request on both kernels, each the median over its guests; undefined where a kernel has none. */
export interface BothCell extends OfCell {
  readonly ours: number | undefined;
  readonly theirs: number | undefined;
}

/**
 * Put a figure of each cell of two kernels together, the cells in the order of the first guest.
 *
 * @param take undefined: what was measured is no figure
 */
export function compareCells<T extends OfCell>(
  pairs: readonly Pair[],
  figuresOf: (figures: Figures) => readonly T[],
  take: (figure: T) => number | undefined,
): BothCell[] {
  const collect = (guests: readonly Figures[]): ReadonlyMap<string, number[]> => {
    const found = new Map<string, number[]>();
    for (const figure of guests.flatMap(figuresOf)) {
      const [key, value] = [cellKey(figure), take(figure)];
      if (value !== undefined) found.set(key, [...(found.get(key) ?? []), value]);
    }
    return found;
  };
  const ours = collect(pairs.map((pair) => pair.ours));
  const theirs = collect(pairs.map((pair) => pair.theirs));
  const median = (list: readonly number[] | undefined): number | undefined =>
    list === undefined ? undefined : spread(list).median;
  const [first] = pairs;
  return (first === undefined ? [] : figuresOf(first.ours)).map(({ cell, fences }) => {
    const key = cellKey({ cell, fences });
    return { cell, fences, ours: median(ours.get(key)), theirs: median(theirs.get(key)) };
  });
}
