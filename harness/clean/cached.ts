// SPDX-License-Identifier: MIT
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cache, KINDS, type Kind } from '../cache/cache.js';
import { clearEntries, listEntries } from '../cache/contents.js';
import { isLocked } from '../cache/lock.js';
import type { Progress } from '../progress/progress.js';
import type { Holding } from './holding.js';
import { measure } from './measure.js';

/** Their files are shared with the folders of runs. */
const LINKED: readonly Kind[] = ['images'];
/** Remembered answers take nothing, and asking again takes long. */
const LEFT_ALONE: readonly Kind[] = ['answers'];
/** A run may be about to link or read what it has just looked for, in ms. */
const LATELY_MS = 15 * 60_000;
/** Folders that a run fills before it gives them their name, and of a run that was killed meanwhile. */
const DAY_MS = 24 * 3600_000;

/** An entry of the cache, or what a run that was killed has left in it. */
export interface CacheHolding extends Holding {
  readonly kind: Kind;
  readonly entry: string;
}

/** Everything in the cache that may be deleted. */
export async function cacheHoldings(cache: Cache, now: Date, signal: AbortSignal): Promise<CacheHolding[]> {
  const found: CacheHolding[] = [];
  for (const { kind, name, bytes, used } of await listEntries(cache, signal)) {
    if (LEFT_ALONE.includes(kind)) continue;
    const folder = cache.entry(kind, name);
    const size = LINKED.includes(kind) ? await measure(folder, signal) : { own: bytes, shared: new Map() };
    const lately = now.getTime() - used.getTime() < LATELY_MS;
    const busy = (await isLocked(cache.lockOf(kind, name)))
      ? 'another run is at work on it'
      : lately
        ? 'used in the last quarter of an hour'
        : undefined;
    const { own, shared } = size;
    found.push({ name: `${kind}/${name}`, kind, entry: name, folder, used, own, shared, busy });
  }
  return found;
}

/** Folders of runs that were killed while they filled them. They are of no use to anybody. */
export async function cacheLeftovers(cache: Cache, now: Date, signal: AbortSignal): Promise<Holding[]> {
  const found: Holding[] = [];
  const look = async (folder: string, wanted: RegExp): Promise<void> => {
    for (const name of await readdir(join(cache.root, folder)).catch(() => [])) {
      const path = join(cache.root, folder, name);
      const stat = await lstat(path).catch(() => undefined);
      if (!wanted.test(name) || stat === undefined || now.getTime() - stat.mtimeMs < DAY_MS) continue;
      const { own, shared } = await measure(path, signal);
      found.push({ name: join(folder, name), folder: path, used: stat.mtime, own, shared, busy: undefined });
    }
  };
  for (const kind of Object.keys(KINDS)) await look(kind, /^\.[^.]/);
  await look('.', /^boot-/);
  return found;
}

/** Delete an entry, under its lock where it has one. */
export const deleteCached = (
  cache: Cache,
  { kind, entry }: CacheHolding,
  progress: Progress,
  signal: AbortSignal,
) => clearEntries(cache, [{ kind, name: entry, bytes: 0, used: new Date(0) }], progress, signal);
