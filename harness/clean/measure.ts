// SPDX-License-Identifier: MIT
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from './holding.js';

/** What a folder takes on the disk, and when something in it was last written. Symbolic links are not followed. */
export interface Measured {
  readonly own: number;
  readonly shared: ReadonlyMap<string, Node>;
  readonly newest: Date;
}

const BLOCK = 512;

export async function measure(folder: string, signal: AbortSignal): Promise<Measured> {
  const shared = new Map<string, Node>();
  let own = 0;
  let newest = 0;
  const look = async (path: string): Promise<void> => {
    signal.throwIfAborted();
    const stat = await lstat(path).catch(() => undefined);
    if (stat === undefined) return; // deleted meanwhile
    newest = Math.max(newest, stat.mtimeMs);
    const bytes = stat.blocks * BLOCK;
    if (stat.isDirectory()) {
      own += bytes;
      for (const name of await readdir(path).catch(() => [])) await look(join(path, name));
    } else if (stat.nlink > 1) {
      const inode = `${stat.dev}:${stat.ino}`;
      shared.set(inode, { bytes, links: stat.nlink, names: (shared.get(inode)?.names ?? 0) + 1 });
    } else own += bytes;
  };
  await look(folder);
  return { own, shared, newest: new Date(newest) };
}
