// SPDX-License-Identifier: MIT
import {
  type Event,
  filmOf,
  type Order,
  orderOf,
  type Picture,
  type Profile,
  printVariable,
  type Setting,
  type Violation,
} from '../../models/index.js';
import { bufferLines, fileLines, lifelines, type Reel } from './follow.js';
import { marksOf, timelinesIn } from './marks.js';
import { relevantOps, variablesOf } from './relevant.js';
import { type Placed, rowsOf, threadWords, withoutSmallGaps } from './rows.js';
import { type BufferLines, columnsOf, type FileLine, type Scene } from './scene.js';

export type { Scene } from './scene.js';

/** Ops that are drawn of a longer trace. */
export const MOST_OPS = 40;
/** More columns than this nobody follows. */
const MOST_FENCES = 14;
const MOST_FILES = 10;
/** Variables of one letter: timelines are the first of all variables. */
const TIMELINES = 1024;

export interface DrawnTrace {
  readonly profile: Pick<Profile, 'rules'>;
  readonly setting: Setting;
  readonly words: Int32Array;
  readonly events: readonly Event[];
  readonly verdict: Violation;
}

/** What is drawn of a trace that the model does not allow: the ops that bear on the wrong one, and what the model knows. */
export function sceneOf(trace: DrawnTrace, most = MOST_OPS): Scene {
  const { profile, setting, words, events, verdict } = trace;
  const order = orderOf(profile.rules, words, setting, verdict.op);
  const before = order?.ops ?? events.slice(0, verdict.op).map((_, op) => op);
  const ops = [...before, verdict.op];
  const ordered = ops.flatMap((op) => events[op] ?? []);
  const { places, variables } = relevantOps(ordered, timelinesIn(verdict, TIMELINES), most);
  const lanes = lanesOf(ordered, places);
  const rows = rowsOf(events, ops, withoutSmallGaps(places), lanes, order);
  const { reel, possibilities } = order === undefined ? NOTHING : reelOf(trace, order, rows);
  const names = new Set([...variables].map(printVariable));
  const isShown = (name: string): boolean => names.has(name.replace(/^\d+:/, ''));
  const buffers = bufferLines(reel, isShown);
  const files = fileLines(reel, isShown, (row) => madeIn(rows[row], events));
  const slots = new Set(buffers.flatMap((buffer) => buffer.slots.map(({ fence }) => fence)));
  const held = new Set([...slots, ...files.flatMap(({ fences }) => fences)]);
  const lines = marksOf(lifelines(reel), reel.at(-1), verdict);
  const all = lines.filter(({ key, mark }) => held.has(key) || mark !== undefined);
  const fences = theMost(all, MOST_FENCES, ({ key, mark, from, signalled }) => {
    const rank = mark !== undefined ? 4 : slots.has(key) ? 2 : 0;
    return (rank + (signalled === undefined ? 1 : 0)) * 1e6 + from;
  });
  const shownFiles = packed(theMost(files, MOST_FILES, ({ from }) => from));
  const drawn = rows.filter(({ row }) => row.kind === 'op').length;
  return {
    lanes: lanes.map(threadWords),
    rows: rows.map(({ row }) => row),
    fences,
    files: shownFiles,
    buffers: buffers.map((buffer) => withSlotsOf(buffer, new Set(fences.map(({ key }) => key)))),
    states: order !== undefined,
    leftOut: {
      ops: ops.length - drawn,
      fences: all.length - fences.length,
      files: files.length - shownFiles.length,
    },
    possibilities,
  };
}

const lanesOf = (events: readonly Event[], places: readonly number[]): number[] =>
  [...new Set(places.map((place) => events[place]?.thread ?? 0))].sort((a, b) => a - b);

const NOTHING: { reel: Reel; possibilities: number } = { reel: [], possibilities: 1 };

function reelOf(
  { profile, words, setting }: DrawnTrace,
  order: Order,
  rows: readonly Placed[],
): { reel: Reel; possibilities: number } {
  const wanted = new Set(rows.slice(0, -1).map(({ place }) => place));
  const film = filmOf(profile.rules, words, setting, order, wanted);
  const reel: Picture[] = [film.pictures.get(-1) as Picture];
  for (const { place } of rows) reel.push(film.pictures.get(place) ?? (reel.at(-1) as Picture));
  return { reel, possibilities: film.possibilities };
}

function madeIn(placed: Placed | undefined, events: readonly Event[]): string | undefined {
  const event = placed?.row.kind === 'op' ? events[placed.row.op] : undefined;
  if (event === undefined || (event.results[0]?.ret ?? -1) < 0) return undefined;
  const { makes } = variablesOf(event);
  return makes === undefined ? undefined : printVariable(makes);
}

/** The `most` of greatest weight, in the order they had. */
function theMost<T>(all: readonly T[], most: number, weight: (one: T) => number): T[] {
  if (all.length <= most) return [...all];
  const kept = new Set([...all].sort((a, b) => weight(b) - weight(a)).slice(0, most));
  return all.filter((one) => kept.has(one));
}

/** Columns anew, where some were left out. */
function packed(files: readonly FileLine[]): FileLine[] {
  const { column } = columnsOf(files);
  return files.map((file, at) => ({ ...file, column: column[at] ?? 0 }));
}

/** Only the slots of fences that are drawn. */
function withSlotsOf({ names, slots }: BufferLines, fences: ReadonlySet<string>): BufferLines {
  const of = (usage: 'WRITE' | 'READ') => {
    const some = slots.filter((slot) => slot.usage === usage && fences.has(slot.fence));
    const { column, columns } = columnsOf(some);
    return { some: some.map((slot, at) => ({ ...slot, column: column[at] ?? 0 })), columns };
  };
  const [write, read] = [of('WRITE'), of('READ')];
  return {
    names,
    slots: [...write.some, ...read.some],
    columns: { WRITE: write.columns, READ: read.columns },
  };
}
