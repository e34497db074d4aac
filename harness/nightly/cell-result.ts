// SPDX-License-Identifier: MIT
import { isRedTest, type NightCell, type NightTest } from '../result/night.js';
import { type PlannedCell, strategyName } from './cells.js';

/** A cell before it is run, or that cannot be. */
export function cellWithout(
  cell: PlannedCell,
  shard: number,
  verdict: 'untestable' | 'notrun' | 'missing',
  reason: string,
): NightCell {
  return { ...head(cell, shard), verdict, reason, milliseconds: 0, ops: 0, programs: 0, tests: [] };
}

type Found = Omit<
  NightCell,
  'id' | 'kernel' | 'patch' | 'profile' | 'gpu' | 'strategy' | 'shard' | 'verdict'
>;

/** A cell that was run: it holds when nothing in it is red that somebody did not expect. */
export function cellWith(cell: PlannedCell, shard: number, found: Found): NightCell {
  const verdict = found.tests.some(isRedTest) ? 'fails' : 'holds';
  return { ...head(cell, shard), verdict, ...found };
}

const head = (cell: PlannedCell, shard: number) => ({
  id: cell.id,
  kernel: cell.kernel,
  patch: patchName(cell.patch),
  profile: cell.profile,
  gpu: cell.gpu,
  strategy: strategyName(cell.strategy),
  shard,
});

const patchName = (patch: readonly string[]): string =>
  patch
    .map((one) => (one === 'auto' ? 'series' : (one.replace(/\/+$/, '').split('/').at(-1) ?? one)))
    .join(' + ');

/** A finding of a search is a test of this name. */
export const findingName = (slug: string): string => `explore@${slug}`;

export const redOf = (tests: readonly NightTest[]): NightTest[] => tests.filter(isRedTest);

/** Each cell's folder below NIGHT/cells: a name that every file system and every store of artifacts takes. */
export function cellFolders(ids: readonly string[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    const safe =
      id
        .replace(/[^A-Za-z0-9.+_-]+/g, '-')
        .replace(/^[-.]+/, '')
        .slice(0, 120) || 'cell';
    let name = safe;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${safe}-${n}`;
    taken.add(name.toLowerCase());
    folders.set(id, name);
  }
  return folders;
}
