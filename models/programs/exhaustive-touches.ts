// SPDX-License-Identifier: MIT
import type { Context } from '../state/context.js';
import type { Fence } from '../state/fence.js';
import type { World } from '../state/world.js';
import { KIND, type Kind, makesFile, type SmallOp } from './exhaustive-op.js';
import { BUFFERS, F, S, T, TIMELINES } from './exhaustive-scope.js';
import { bufferOf } from './exhaustive-state.js';

/**
 * What an op looks at and what it changes, as bits. Two ops of which neither changes what the other looks at or changes
 * give the same in either order, on a kernel as well as in the model. It is stricter than check/footprint.ts, as a
 * kernel's objects have parts that the model does not know: whoever makes or frees a fence of a timeline changes the
 * timeline's list of fences, a poll leaves a callback, and vgem has one table of fences for a card.
 */
export interface Touches {
  readonly reads: number;
  readonly writes: number;
}

/** Bits: buffers, the card, timelines, their lists, fences of vgem, files. 32 in all. */
const CARD_BIT = 1 << BUFFERS;
const TIMELINE = BUFFERS + 1;
const LIST = TIMELINE + TIMELINES;
const FENCE = LIST + TIMELINES;
/** Fences of vgem, and sync files, that a program can have. */
export const MOST = 8;
const FILE = FENCE + MOST;

const bufferBit = (n: number): number => 1 << n;
const timelineBit = (n: number): number => 1 << (TIMELINE + n);
const listBit = (n: number): number => 1 << (LIST + n);
const fenceBit = (n: number): number => 1 << (FENCE + n);
const fileBit = (n: number): number => 1 << (FILE + n);

export const independent = (one: Touches, other: Touches): boolean =>
  ((one.writes & (other.reads | other.writes)) | (one.reads & other.writes)) === 0;

/** Where the names of a world are: which place each context has. Contexts that nothing changes any more have none. */
export interface Places {
  readonly timelines: readonly number[];
  readonly fences: readonly number[];
  readonly files: readonly number[];
}

/** What `op`, by places, touches in a world whose names have these places. */
export function touches(world: World, places: Places, op: SmallOp): Touches {
  const bits = contextBits(world, places);
  const leaves = (list: readonly Fence[]): number => {
    let found = 0;
    for (const { context } of list) if (context !== null) found |= bits.get(context) ?? 0;
    return found;
  };
  const inFile = (place: number): number => {
    const file = world.file(S + (places.files[place] ?? 0));
    if (file?.kind !== 'sync') return 0;
    return leaves(file.fence.members.length === 0 ? [file.fence] : file.fence.members);
  };
  const inBuffer = (n: number): number =>
    leaves(
      bufferOf(world, n)
        .resv.entries()
        .map(({ leaf }) => leaf),
    );
  /** Whoever signals a fence changes what it is in: afterwards nobody knows any more that it was there. */
  const holders = (bit: number): number => {
    let found = 0;
    for (let n = 0; n < BUFFERS; n++) if ((inBuffer(n) & bit) !== 0) found |= bufferBit(n);
    for (let n = 0; n < places.files.length; n++) if ((inFile(n) & bit) !== 0) found |= fileBit(n);
    return found;
  };
  const { kind, a, b } = op;
  switch (kind) {
    case KIND.fence:
      return { reads: timelineBit(a), writes: listBit(a) };
    case KIND.inc:
    case KIND.closeTimeline:
      return { reads: 0, writes: timelineBit(a) | listBit(a) | holders(timelineBit(a)) };
    case KIND.attach:
      return { reads: inBuffer(a), writes: bufferBit(a) | CARD_BIT };
    case KIND.signal:
      return { reads: 0, writes: fenceBit(a) | CARD_BIT | holders(fenceBit(a)) };
    case KIND.export:
      return { reads: bufferBit(a) | inBuffer(a), writes: 0 };
    case KIND.import:
      return { reads: fileBit(a) | inFile(a) | inBuffer(b), writes: bufferBit(b) };
    case KIND.merge:
      return { reads: fileBit(a) | fileBit(b) | inFile(a) | inFile(b), writes: 0 };
    case KIND.pollFile:
      return { reads: inFile(a), writes: fileBit(a) };
    case KIND.pollBuffer:
      return { reads: inBuffer(a), writes: bufferBit(a) };
    case KIND.closeFile:
      return { reads: inFile(a), writes: fileBit(a) | lists(inFile(a)) };
    case KIND.closeBuffer:
      return { reads: inBuffer(a), writes: bufferBit(a) | lists(inBuffer(a)) };
  }
}

/** The lists of the timelines among these bits. */
const lists = (bits: number): number => ((bits >> TIMELINE) & ((1 << TIMELINES) - 1)) << LIST;

function contextBits(world: World, places: Places): ReadonlyMap<Context, number> {
  const found = new Map<Context, number>();
  for (const [place, n] of places.timelines.entries()) {
    const file = world.file(T + n);
    if (file?.kind === 'timeline') found.set(file.context, timelineBit(place));
  }
  for (const file of world.files)
    if (file?.kind === 'card')
      for (const [place, n] of places.fences.entries()) {
        const context = file.fences[world.value(F + n)];
        if (context) found.set(context, fenceBit(place));
      }
  return found;
}

/** The same with other places: those at which `names` has what was at a place. */
export function renamed({ reads, writes }: Touches, names: Places): Touches {
  return { reads: renamedBits(reads, names), writes: renamedBits(writes, names) };
}

function renamedBits(bits: number, { timelines, fences, files }: Places): number {
  let found = bits & ((1 << TIMELINE) - 1);
  let rest = bits >>> TIMELINE;
  for (let at = TIMELINE; rest !== 0; at++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    if (at < LIST) found |= timelineBit(timelines[at - TIMELINE] ?? 0);
    else if (at < FENCE) found |= listBit(timelines[at - LIST] ?? 0);
    else if (at < FILE) found |= fenceBit(fences[at - FENCE] ?? 0);
    else found |= fileBit(files[at - FILE] ?? 0);
  }
  return found;
}

/** What an op makes, by the number of its variable. */
export const madeBits = (kind: Kind, n: number): number =>
  kind === KIND.attach ? fenceBit(n) : makesFile(kind) ? fileBit(n) : 0;
