// SPDX-License-Identifier: MIT
import { mkdir, readdir, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { readStamp, writeStamp } from './stamp.js';

const MARKER = 'fencelab-cache.json';
const markerSchema = z.object({ fencelab: z.literal('cache'), format: z.literal(1) });

/** What the cache holds; one folder each. */
export const KINDS = {
  apt: 'private apt state: package lists',
  downloads: 'downloads not yet unpacked',
  sources: 'kernel sources, patched, with their build folders',
  images: 'built kernels',
  headers: 'their installed headers',
  guests: 'compiled test programs',
  packs: 'unpacked archives of runs',
  answers: 'remembered answers',
} as const;
export type Kind = keyof typeof KINDS;

export const isKind = (word: string): word is Kind => Object.hasOwn(KINDS, word);

/** The folder that holds what is worth keeping between runs. Everything in it can be had again. */
export class Cache {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /**
   * Open the cache, creating it where nothing is. A folder with other things in it is refused, since `cache clear`
   * deletes what it finds.
   */
  static async open(folder: string): Promise<Cache> {
    const root = resolve(folder);
    const marker = join(root, MARKER);
    if ((await readStamp(marker, markerSchema)) !== undefined) return new Cache(root);
    const inside = await readdir(root).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw new UsageError(`The cache folder ${root} cannot be read: ${error.message}`, {
        remedy: 'Set FENCELAB_CACHE to a folder of your own.',
      });
    });
    if (inside.some((name) => !name.startsWith(MARKER)))
      throw new UsageError(`${root} is not a fencelab cache: it has files but no ${MARKER}.`, {
        remedy: 'Set FENCELAB_CACHE to an empty folder, or to one that fencelab has made.',
      });
    await mkdir(root, { recursive: true });
    await writeStamp(marker, { fencelab: 'cache', format: 1 });
    return new Cache(root);
  }

  /** True when `folder` is a cache that {@link open} made. */
  static async isOne(folder: string): Promise<boolean> {
    return (await readStamp(join(resolve(folder), MARKER), markerSchema)) !== undefined;
  }

  /** The folder of an entry, whether it exists or not. */
  entry(kind: Kind, name: string): string {
    if (name === '' || name.startsWith('.') || name.includes('/'))
      throw new Error(`[fencelab bug] "${name}" is not a cache entry's name`);
    return join(this.root, kind, name);
  }

  /** Where the lock of an entry is kept: outside the entry, so that the entry can be deleted and renamed. */
  lockOf(kind: Kind, name: string): string {
    return join(this.root, 'locks', `${kind}-${name}`);
  }

  /** Note that an entry has been used now. */
  async touch(kind: Kind, name: string): Promise<void> {
    const now = new Date();
    await utimes(this.entry(kind, name), now, now).catch(() => undefined);
  }

  /** The names of a kind's entries, with when each was last used. */
  async names(kind: Kind): Promise<{ name: string; used: Date }[]> {
    const folder = join(this.root, kind);
    const found = await readdir(folder).catch(() => []);
    const entries = found
      .filter((name) => !name.startsWith('.'))
      .map(async (name) => ({ name, used: (await stat(join(folder, name))).mtime }));
    return Promise.all(entries);
  }
}
