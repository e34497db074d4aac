// SPDX-License-Identifier: MIT
import { UsageError } from '../errors.js';
import { type Night, type NightCell, wasTested } from '../result/night.js';

/** A part of a night, and the folder it was read from. */
export interface Part {
  readonly night: Night;
  /** As the user named it. */
  readonly folder: string;
}

/** A cell of the whole, and the part whose run of it counts. */
export interface Joined {
  readonly night: Night;
  /** For each cell of the night: where its folder is; undefined where no part has it. */
  readonly from: readonly (Part | undefined)[];
}

/**
 * Joins parts of one night, in any order; a part that comes twice counts once, and of a cell that was tested twice the
 * later one counts. Throws UsageError for parts that are not of one night.
 */
export function join(parts: readonly Part[]): Joined {
  const [first] = parts;
  if (first === undefined)
    throw new UsageError('there is nothing to merge', { remedy: 'Name the folders of the parts.' });
  for (const part of parts) requireSame(first, part);
  const here = [...new Set(parts.flatMap(({ night }) => night.shards.here))].sort((a, b) => a - b);
  const chosen = first.night.cells.map((_, at) => bestOf(parts, at));
  const starts = parts.map(({ night }) => Date.parse(night.startedAt));
  const ends = parts.map(({ night }, at) => (starts[at] ?? 0) + night.milliseconds);
  const startedAt = Math.min(...starts);
  const { of } = first.night.shards;
  return {
    night: {
      formatVersion: 1,
      fencelab: [...new Set(parts.map(({ night }) => night.fencelab))].sort().join(', '),
      name: first.night.name,
      plan: first.night.plan,
      shards: { of, here },
      startedAt: new Date(startedAt).toISOString(),
      milliseconds: Math.max(...ends) - startedAt,
      cells: chosen.map(({ cell }) =>
        cell.verdict === 'missing' && here.includes(cell.shard)
          ? { ...cell, reason: `shard ${cell.shard} of ${of} is here, but has not this cell` }
          : cell,
      ),
      changes: [],
    },
    from: chosen.map(({ cell, part }) => (cell.folder === undefined ? undefined : part)),
  };
}

function requireSame(first: Part, part: Part): void {
  const [a, b] = [first.night, part.night];
  const refuse = (why: string): never => {
    throw new UsageError(`${first.folder} and ${part.folder} are not parts of one night: ${why}`, {
      remedy:
        'All shards have to be run with the same night file, the same files of expectations and the same N.',
    });
  };
  if (a.name !== b.name) refuse(`one is "${a.name}", the other "${b.name}"`);
  if (a.plan !== b.plan) refuse('they were planned differently');
  if (a.shards.of !== b.shards.of) refuse(`one is of ${a.shards.of} shards, the other of ${b.shards.of}`);
  const same =
    a.cells.length === b.cells.length &&
    a.cells.every(({ id, shard }, at) => b.cells[at]?.id === id && b.cells[at]?.shard === shard);
  if (!same) refuse('they have different cells, although their plans are called the same');
}

const RANK: Readonly<Record<NightCell['verdict'], number>> = {
  missing: 0,
  notrun: 1,
  untestable: 2,
  fails: 3,
  holds: 3,
};

/** Tested counts before not tested, later before earlier; what else is equal does not depend on the order of the parts. */
function bestOf(parts: readonly Part[], at: number): { cell: NightCell; part: Part } {
  const all = parts.flatMap((part) => {
    const cell = part.night.cells[at];
    return cell === undefined ? [] : [{ cell, part, text: JSON.stringify(cell) }];
  });
  const [best] = all.sort(
    (a, b) =>
      RANK[b.cell.verdict] - RANK[a.cell.verdict] ||
      (b.cell.startedAt ?? '').localeCompare(a.cell.startedAt ?? '') ||
      b.text.localeCompare(a.text),
  );
  if (best === undefined) throw new Error('[fencelab bug] a merge without parts');
  return best;
}

/** What is not there, for people: whole shards first. */
export function missingLines({ shards, cells }: Night): string[] {
  const lost = Array.from({ length: shards.of }, (_, at) => at + 1).filter(
    (shard) => !shards.here.includes(shard) && cells.some((cell) => cell.shard === shard && !wasTested(cell)),
  );
  const inLost = (cell: NightCell): boolean => lost.includes(cell.shard);
  return [
    ...lost.map((shard) => {
      const ids = cells.filter((cell) => cell.shard === shard).map(({ id }) => id);
      return `shard ${shard} of ${shards.of} is missing: ${ids.slice(0, 6).join(', ')}${ids.length > 6 ? ` and ${ids.length - 6} more` : ''}`;
    }),
    ...cells
      .filter((cell) => !inLost(cell) && cell.verdict === 'missing')
      .map(({ id, reason }) => `${id} is missing: ${reason ?? 'no reason known'}`),
  ];
}
