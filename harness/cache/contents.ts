// SPDX-License-Identifier: MIT
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { run } from '../process/run.js';
import type { Progress } from '../progress/progress.js';
import { type Cache, isKind, KINDS, type Kind } from './cache.js';
import { withLock } from './lock.js';

/** One thing that the cache holds. */
export interface Entry {
  readonly kind: Kind;
  readonly name: string;
  readonly bytes: number;
  readonly used: Date;
}

/** Everything in the cache, the largest first. */
export async function listEntries(cache: Cache, signal: AbortSignal): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const names = await cache.names(kind);
    const sizes = await sizesOf(join(cache.root, kind), signal);
    for (const { name, used } of names) found.push({ kind, name, used, bytes: sizes.get(name) ?? 0 });
  }
  return found.sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
}

async function sizesOf(folder: string, signal: AbortSignal): Promise<Map<string, number>> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return new Map();
  const measured = await run('du', ['-s', '--block-size=1', '--', ...names.map((name) => `./${name}`)], {
    cwd: folder,
    signal,
  });
  signal.throwIfAborted();
  const lines = measured.stdout.split('\n').map((line) => /^(\d+)\t\.\/(.*)$/.exec(line));
  return new Map(lines.flatMap((line) => (line?.[2] === undefined ? [] : [[line[2], Number(line[1])]])));
}

/** What `cache clear WHAT…` names: `--all`, kinds, names of entries. */
export function choose(entries: readonly Entry[], words: readonly string[], all: boolean): Entry[] {
  if (all) return [...entries];
  const chosen = new Set<Entry>();
  for (const word of words) {
    const matching = entries.filter(
      ({ kind, name }) => word === kind || word === name || word === `${kind}/${name}`,
    );
    if (matching.length === 0 && !isKind(word))
      throw new UsageError(`The cache has nothing called "${word}".`, {
        remedy: `A kind is one of ${Object.keys(KINDS).join(', ')}; \`fencelab cache list\` shows the names.`,
      });
    for (const entry of matching) chosen.add(entry);
  }
  return [...chosen];
}

/** Delete entries. One that another run is at work on is waited for, and nothing outside the cache is touched. */
export async function clearEntries(
  cache: Cache,
  entries: readonly Entry[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (const { kind, name } of entries) {
    const remove = async () => {
      // rm takes a symbolic link for what it is: it never follows one out of the cache.
      await rm(cache.entry(kind, name), { recursive: true, force: true });
    };
    const isWorkedOn = kind === 'apt' || kind === 'sources' || kind === 'guests';
    if (!isWorkedOn) await remove();
    else await withLock(cache.lockOf(kind, name), { what: `${kind}/${name}`, progress, signal }, remove);
  }
}

/** "1.3 GB" */
export function humanSize(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

/** "3 hours ago" */
export function humanAge(then: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
