// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../cache/lock.js';
import { readStamp, writeStamp, writeWhole } from '../cache/stamp.js';
import { UsageError } from '../errors.js';
import { canonical, type Plan, type Shard, sha256 } from '../nightly/plan.js';
import type { Progress } from '../progress/progress.js';
import { doneCell, NIGHT_FILE, parseNight } from '../report/night-json.js';
import type { Night, NightCell } from '../result/night.js';
import { shortPath } from './short-path.js';

/** Cells are below this in a night's folder. */
export const CELLS = 'cells';
const DONE_FILE = 'cell.json';

/** All that a cell's result depends on, in one word: the same word, the same cell. */
export const madeOf = (parts: unknown): string => sha256(canonical(parts));

/** The cell as it was tested before, if it was and nothing has changed since. */
export async function takenOver(folder: string, made: string): Promise<NightCell | undefined> {
  const done = await readStamp(join(folder, DONE_FILE), doneCell);
  return done?.made === made ? done.cell : undefined;
}

/** Notes that a cell is done; the last thing that is written of it. */
export const noteDone = (folder: string, made: string, cell: NightCell): Promise<void> =>
  writeStamp(join(folder, DONE_FILE), { formatVersion: 1, made, cell });

export const writeNight = (folder: string, night: Night): Promise<void> =>
  writeWhole(join(folder, NIGHT_FILE), `${JSON.stringify(night, null, 2)}\n`);

/** The night in a folder; undefined if it has none. */
export function nightIn(folder: string): Night | undefined {
  const file = join(folder, NIGHT_FILE);
  return existsSync(file) ? parseNight(readFileSync(file, 'utf8'), shortPath(file)) : undefined;
}

/** A folder that this shard of this night may write to: a new one, an empty one, or its own of before. */
export async function openNightFolder(folder: string, plan: Plan, shard: Shard): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`--results ${shortPath(folder)}: ${cause.code ?? cause.message}`, {
      remedy: 'Give a folder that can be written.',
      cause,
    });
  });
  const before = nightIn(folder);
  const shown = shortPath(folder);
  if (before === undefined) {
    const inside = readdirSync(folder).filter((name) => name !== CELLS && !name.startsWith('.'));
    if (inside.length > 0)
      throw new UsageError(`--results ${shown} has other things in it: ${inside.slice(0, 3).join(', ')}`, {
        remedy: 'Give a new folder, or that of a night to go on with it.',
      });
    return;
  }
  if (before.name !== plan.name)
    throw new UsageError(`--results ${shown} has the night "${before.name}", and this is "${plan.name}"`, {
      remedy: 'Give another folder.',
    });
  const has = before.shards;
  if (has.of !== shard.of || has.here.length !== 1 || has.here[0] !== shard.index)
    throw new UsageError(
      `--results ${shown} has shard ${has.here.join(', ')} of ${has.of}, and this is shard ${shard.index} of ${shard.of}`,
      { remedy: 'Each shard has a folder of its own; "fencelab merge" joins them.' },
    );
}

/** Runs `body` while no other process writes to this night's folder. */
export function lockedNight<T>(
  folder: string,
  progress: Progress,
  signal: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lock = join(folder, '.night');
  return withLock(lock, { what: `the night in ${shortPath(folder)}`, progress, signal }, async (held) => {
    try {
      return await body(held);
    } finally {
      await rm(`${lock}.owner`, { force: true });
    }
  });
}
