// SPDX-License-Identifier: MIT
import { type Letter, type Picture, printStatus } from '../../models/index.js';
import {
  type BufferLines,
  columnsOf,
  type FileLine,
  type Interval,
  type Lifeline,
  type SlotLine,
} from './scene.js';

/**
 * Follows what is in pictures from one to the next. `pictures[0]` is the state before the first row, `pictures[n + 1]` the
 * one after row n; undefined where it is not known, which is where the wrong op is: what was there stays.
 */
export type Reel = readonly Picture[];

/** The intervals in which `has` is true; `renewed` tells where one ends and the next begins without a gap. */
export function intervalsOf(
  length: number,
  has: (at: number) => boolean,
  renewed: (row: number) => boolean = () => false,
): Interval[] {
  const found: { from: number; until: number | undefined }[] = [];
  let open: { from: number; until: number | undefined } | undefined;
  for (let at = 0; at < length; at++) {
    const row = at - 1;
    if (open !== undefined && (!has(at) || renewed(row))) {
      open.until = row;
      open = undefined;
    }
    if (open !== undefined || !has(at)) continue;
    open = { from: row, until: undefined };
    found.push(open);
  }
  return found;
}

/** Every fence that is in one of the pictures, in the order in which they came. */
export function lifelines(reel: Reel): Lifeline[] {
  const keys = new Map<string, string>();
  for (const { fences } of reel) for (const { key, name } of fences) if (!keys.has(key)) keys.set(key, name);
  const statuses = reel.map(({ fences }) => new Map(fences.map(({ key, status }) => [key, status])));
  return [...keys].map(([key, name]) => {
    const first = statuses.findIndex((of) => of.has(key));
    const last = statuses.findLastIndex((of) => of.has(key));
    const at = statuses.findIndex((of) => (of.get(key) ?? 0) !== 0);
    const status = statuses[at]?.get(key) ?? 0;
    return {
      key,
      name,
      from: first - 1,
      until: last === reel.length - 1 ? undefined : last,
      signalled: at < 0 ? undefined : { row: at - 1, status: printStatus(status), error: status < 0 },
      mark: undefined,
    };
  });
}

/** The sync_files in the variables that are of interest. `makes` is the variable that a row makes. */
export function fileLines(
  reel: Reel,
  isShown: (variable: string) => boolean,
  makes: (row: number) => string | undefined,
): FileLine[] {
  const byVariable = reel.map(
    ({ files }) =>
      new Map(files.filter(({ kind }) => kind === 'sync_file').map((one) => [one.variable, one])),
  );
  const names = new Set(byVariable.flatMap((of) => [...of.keys()]).filter(isShown));
  const lines = [...names].flatMap((name) =>
    intervalsOf(
      reel.length,
      (at) => byVariable[at]?.has(name) === true,
      (row) => makes(row) === name,
    ).map((interval) => ({
      ...interval,
      name,
      fences: byVariable[interval.from + 1]?.get(name)?.fences ?? [],
    })),
  );
  lines.sort((a, b) => a.from - b.from);
  const { column } = columnsOf(lines);
  return lines.map((line, at) => ({ ...line, column: column[at] ?? 0 }));
}

/** The slots of the buffers that are of interest. */
export function bufferLines(reel: Reel, isShown: (variable: string) => boolean): BufferLines[] {
  const shown = new Map<string, Set<string>>();
  for (const { buffers } of reel)
    for (const { variables } of buffers) {
      if (!variables.some(isShown)) continue;
      const known = [...shown].find(([, of]) => variables.some((one) => of.has(one)));
      const names = known?.[1] ?? new Set<string>();
      for (const one of variables) names.add(one);
      if (known === undefined) shown.set(variables[0] ?? '', names);
    }
  return [...shown.values()].map((names) => {
    const slotsAt = reel.map(({ buffers }) =>
      buffers
        .filter(({ variables }) => variables.some((one) => names.has(one)))
        .flatMap(({ slots }) => slots),
    );
    const [write, read] = (['WRITE', 'READ'] as const).map((usage) => slotLines(reel, slotsAt, usage));
    return {
      names: namesOf([...names]),
      slots: [...(write?.slots ?? []), ...(read?.slots ?? [])],
      columns: { WRITE: write?.columns ?? 0, READ: read?.columns ?? 0 },
    };
  });
}

const ORDER: readonly Letter[] = ['b', 'g'];

/** Its dma-bufs first: handles only where it has none. */
function namesOf(names: readonly string[]): string[] {
  const letterAt = (name: string): number => ORDER.findIndex((letter) => name.includes(letter));
  const sorted = names.toSorted(
    (a, b) => letterAt(a) - letterAt(b) || a.localeCompare(b, 'en', { numeric: true }),
  );
  const files = sorted.filter((name) => letterAt(name) === 0);
  return files.length > 0 ? files : sorted;
}

type Slots = Picture['buffers'][number]['slots'];

function slotLines(
  reel: Reel,
  slotsAt: readonly Slots[],
  usage: 'WRITE' | 'READ',
): { slots: SlotLine[]; columns: number } {
  const names = new Map(reel.flatMap(({ fences }) => fences.map(({ key, name }) => [key, name] as const)));
  const fences = new Set(
    slotsAt
      .flat()
      .filter((slot) => slot.usage === usage)
      .map(({ fence }) => fence),
  );
  const lines = [...fences].flatMap((fence) =>
    intervalsOf(
      reel.length,
      (at) => slotsAt[at]?.some((s) => s.usage === usage && s.fence === fence) === true,
    ).map((interval) => ({ ...interval, usage, fence, name: names.get(fence) ?? fence })),
  );
  lines.sort((a, b) => a.from - b.from);
  const { column, columns } = columnsOf(lines);
  return { slots: lines.map((line, at) => ({ ...line, column: column[at] ?? 0 })), columns };
}
