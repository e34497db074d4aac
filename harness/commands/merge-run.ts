// SPDX-License-Identifier: MIT
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, link, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join as joinPath, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { cellFolders } from '../nightly/cell-result.js';
import { join, missingLines, type Part } from '../nightly/merge.js';
import { nightLines, nightStatus } from '../nightly/night-lines.js';
import type { Progress } from '../progress/progress.js';
import { plural } from '../report/lines.js';
import type { Night, NightCell } from '../result/night.js';
import { writePage } from './html-history.js';
import type { MergeOptions } from './merge.js';
import { CELLS, lockedNight, nightIn, writeNight } from './night-folder.js';
import { historyFile, noteNight, tookBefore, withChanges } from './night-history.js';
import { shortPath } from './short-path.js';
import { withProgress } from './with-progress.js';
import { writableFile } from './writable-file.js';

/** `fencelab merge`. Returns the exit status. */
export async function merge(folders: readonly string[], options: MergeOptions): Promise<number> {
  const into = resolve(options.into);
  const parts = folders.map((folder) => readPart(folder));
  if (folders.some((folder) => resolve(folder) === into))
    throw new UsageError(
      `--into ${options.into} is one of the parts: its own results would be lost in the whole`,
      {
        remedy: 'Give a new folder.',
      },
    );
  requireFree(into, options.into);
  if (options.html !== undefined) writableFile(options.html);
  return withProgress(process.stdout, async ({ progress, screen }, signal) => {
    await mkdir(into, { recursive: true });
    const history = historyFile(options.history);
    await tookBefore(history, '', { progress, signal }); // one that cannot be read is said first
    const night = await lockedNight(into, progress, signal, async (held) => {
      const before = nightIn(into);
      const all = before === undefined ? parts : [...parts, { night: before, folder: into }];
      return joinInto(all, into, history, progress, held);
    });
    const look = { folder: shortPath(into), part: false, colors: screen.colors, width: screen.width() };
    try {
      if (options.html !== undefined) await writePage(into, options.html, history, progress, signal);
    } finally {
      for (const line of missingLines(night)) screen.print(screen.colors.red(line));
      for (const line of nightLines(night, look)) screen.print(line);
    }
    return nightStatus(night, false);
  });
}

function readPart(folder: string): Part {
  const night = existsSync(folder) ? nightIn(resolve(folder)) : undefined;
  if (night !== undefined) return { night, folder };
  throw new UsageError(
    existsSync(folder)
      ? `${folder} has no night.json: it is not a part of a night`
      : `there is no folder ${folder}`,
    {
      remedy:
        'Name folders that "fencelab nightly --shard I/N --results FOLDER" made. A part that never came is left out.',
    },
  );
}

/** A merge writes to a folder that is new, empty or of an earlier merge, and to nothing else. */
function requireFree(into: string, given: string): void {
  if (!existsSync(into)) return;
  let inside: string[];
  try {
    inside = readdirSync(into);
  } catch (cause) {
    throw new UsageError(`--into ${given} is not a folder that can be read`, { cause });
  }
  if (inside.some((name) => !name.startsWith('.')) && nightIn(into) === undefined)
    throw new UsageError(`--into ${given} has other things in it: ${inside.slice(0, 3).join(', ')}`, {
      remedy: 'Give a new folder.',
    });
}

/** Cells' folders first, night.json last: it never names what is not there. */
async function joinInto(
  parts: readonly Part[],
  into: string,
  history: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Night> {
  const { night, from } = join(parts);
  const stage = progress.stage('Merge');
  const names = cellFolders(night.cells.map(({ id }) => id));
  const cells: NightCell[] = [];
  for (const [at, cell] of night.cells.entries()) {
    signal.throwIfAborted();
    stage.update(cell.id, at, night.cells.length);
    const part = from[at];
    const name = names.get(cell.id);
    const place = cell.folder?.split('/') ?? [];
    if (part === undefined || name === undefined || place[0] !== CELLS || place[1] !== name) {
      cells.push(cell);
      continue;
    }
    const source = joinPath(resolve(part.folder), CELLS, name);
    const target = joinPath(into, CELLS, name);
    if (source !== target) {
      if (!existsSync(source)) {
        progress.say(
          `${part.folder} does not have the folder of ${cell.id}: its results count, its run cannot be looked at`,
        );
        const { folder: _, ...rest } = cell;
        cells.push(rest);
        continue;
      }
      await replaceFolder(source, target, signal);
    }
    cells.push(cell);
  }
  const means = { progress, signal };
  const whole = await withChanges(history, { ...night, cells }, means);
  await writeNight(into, whole);
  await noteNight(history, whole, means);
  stage.end(plural(parts.length, 'part'));
  return whole;
}

/** The old folder goes when the new one is complete. */
async function replaceFolder(source: string, target: string, signal: AbortSignal): Promise<void> {
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await linkFolder(source, fresh, signal);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

/** Files linked, or copied where that cannot be; a part may come from anywhere, so links of its own are not followed. */
async function linkFolder(source: string, target: string, signal: AbortSignal): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of await readdir(source)) {
    signal.throwIfAborted();
    const [from, to] = [joinPath(source, name), joinPath(target, name)];
    const stat = await lstat(from);
    if (stat.isDirectory()) await linkFolder(from, to, signal);
    else if (stat.isFile()) await link(from, to).catch(() => copyFile(from, to));
  }
}
