// SPDX-License-Identifier: MIT
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readStamp, writeStamp } from '../../cache/stamp.js';
import { UntestableError } from '../../errors.js';
import { run, tail, whyFailed } from '../../process/run.js';
import type { Stats } from './scan.js';

const manifestSchema = z.object({ tree: z.string(), files: z.array(z.tuple([z.string(), z.string()])) });

export interface Mirror {
  readonly from: string;
  readonly to: string;
  readonly manifest: string;
  /** The files to be mirrored, with their stats as scanned. */
  readonly files: Stats;
  /** Paths in `to` that are not the mirror's to write. */
  readonly patched: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** What a mirroring did. */
export interface Mirrored {
  readonly looked: number;
  readonly deleted: number;
}

/**
 * Make `to` a copy of a tree's source files. Only files whose stats have changed since the last time are looked at,
 * and only those whose content differs are written, with the time of writing. Not with their own times: a file that
 * is put back to an older version has an older time, and make would not see it.
 */
export async function mirror(what: Mirror): Promise<Mirrored> {
  const known = await readStamp(what.manifest, manifestSchema);
  // Of another tree's copy all is looked at: what is the same in both keeps its time, and is not built again.
  const isSame = known?.tree === what.from;
  const before = new Map(known?.files.map(([path, stat]) => [path, isSame ? stat : '']));
  if (before.size === 0) await rm(what.to, { recursive: true, force: true });
  const changed = [...what.files]
    .filter(([path, stat]) => before.get(path) !== stat && !what.patched.has(path))
    .map(([path]) => path);
  const gone = [...before.keys()].filter((path) => !what.files.has(path) && !what.patched.has(path));
  await mkdir(what.to, { recursive: true });
  // Gone first: a folder may have become a file.
  for (const path of gone) await removeUpwards(what.to, path);
  if (changed.length > 0) await copy(what, changed);
  const files = [...what.files].filter(([path]) => !what.patched.has(path));
  await writeStamp(what.manifest, { tree: what.from, files });
  return { looked: changed.length, deleted: gone.length };
}

async function copy(what: Mirror, paths: readonly string[]): Promise<void> {
  // --checksum: a file of the same content stays as it is. No --times: what is written gets today's.
  const options = [
    '-rlp',
    '--checksum',
    '--no-times',
    '--from0',
    '--files-from=-',
    '--force',
    '--whole-file',
  ];
  const done = await run('rsync', [...options, `${what.from}/`, `${what.to}/`], {
    input: paths.join('\0'),
    signal: what.signal,
    env: { LC_ALL: 'C' },
  });
  what.signal.throwIfAborted();
  if (done.ok || done.exitCode === 24) return; // 24: a file vanished meanwhile, so the next run sees a change
  throw new UntestableError(`${what.from} could not be copied: rsync ${whyFailed(done)}.`, {
    remedy: 'Are all its files readable, and is there room in the cache?',
    detail: tail(done.output),
  });
}

async function removeUpwards(root: string, path: string): Promise<void> {
  await rm(join(root, path), { force: true, recursive: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const removed = await rmdir(join(root, folder)).then(
      () => true,
      () => false, // not empty
    );
    if (!removed) return;
  }
}
