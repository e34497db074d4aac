// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, lstat, mkdir, readlink, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../errors.js';

/**
 * Make the folder of a new run: `<parent>/<time>-<name>`, and point `<parent>/latest` to it.
 */
export async function makeRunFolder(parent: string, name: string, now: Date): Promise<string> {
  await mkdir(parent, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`results cannot go to ${parent}: ${error.code ?? error.message}`, {
      remedy: 'Give --results a folder that can be written to.',
    });
  });
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(':', '')
    .replace('T', '-');
  const safe = name.replace(/[^A-Za-z0-9._+-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'run';
  for (let n = 1; ; n++) {
    const folder = join(parent, `${stamp}-${safe}${n === 1 ? '' : `-${n}`}`);
    try {
      await mkdir(folder);
      await pointLatest(parent, folder);
      return folder;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error; // two runs in one second get different folders
    }
  }
}

async function pointLatest(parent: string, folder: string): Promise<void> {
  const latest = join(parent, 'latest');
  const stat = await lstat(latest).catch(() => undefined);
  if (stat !== undefined && !stat.isSymbolicLink()) return; // somebody's own file: leave it
  if (stat !== undefined) {
    if ((await readlink(latest)) === basename(folder)) return;
    await unlink(latest).catch(() => undefined);
  }
  await symlink(basename(folder), latest).catch(() => undefined);
}

/** Put a file of the cache into a run's folder: a hard link where the file system allows, which costs nothing. */
export async function keep(source: string, folder: string, inside: string): Promise<void> {
  const target = join(folder, inside);
  await mkdir(dirname(target), { recursive: true });
  await link(source, target).catch(() => copyFile(source, target));
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The sha256 of a text. */
export const sha256Text = (text: string): string => createHash('sha256').update(text).digest('hex');

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
