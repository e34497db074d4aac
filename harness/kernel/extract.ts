// SPDX-License-Identifier: MIT
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readStamp, writeStamp } from '../cache/stamp.js';
import { UntestableError } from '../errors.js';
import { run, tail, whyFailed } from '../process/run.js';
import type { Stage } from '../progress/progress.js';
import { exists, kernelVersion, treeOf } from './source.js';

const stampSchema = z.object({ identity: z.string(), title: z.string() });

/** What {@link extract} unpacks. */
export interface Archive {
  /** A file's path, handed to the shell line as $1. */
  readonly file: string;
  /** A shell line that writes an uncompressed or .xz tar to stdout. */
  readonly unwrap: string;
  readonly identity: string;
  readonly title: string;
  /** For errors: what to do about an archive that cannot be read. */
  readonly remedy: string;
}

/** True when the slot's tree is complete and from this very archive. */
export async function isExtracted(slot: string, identity: string): Promise<boolean> {
  const stamp = await readStamp(stampFile(slot), stampSchema);
  return stamp?.identity === identity && (await exists(join(treeOf(slot), 'Makefile')));
}

const stampFile = (slot: string): string => join(slot, 'source.json');

/**
 * Unpack a kernel source into `SLOT/tree`. Until it is complete it has another name and no stamp, so that an
 * interrupted run leaves nothing that could be taken for a tree.
 *
 * The system's tar and xz do it, not the npm package: a gigabyte in 80 000 files takes 12 s that way, on two cores.
 * GNU tar refuses names with `..` and never writes through a link that points outside.
 */
export async function extract(
  slot: string,
  archive: Archive,
  stage: Stage,
  signal: AbortSignal,
): Promise<void> {
  const partial = join(slot, 'tree.partial');
  await rm(stampFile(slot), { force: true });
  // Whatever was built or patched here came from another tree.
  await rm(slot, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  // pdeathsig: should this process be killed outright, nothing goes on writing to what the next run clears away.
  const bound = ['setpriv', '--pdeathsig', 'KILL'];
  const tar = `${bound.join(' ')} tar -x --no-same-owner --no-same-permissions --checkpoint=2000 --checkpoint-action=echo=%u`;
  const line = `${archive.unwrap} | ${tar} -C "$2"`;
  const done = await run(
    'setpriv',
    [...bound.slice(1), 'bash', '-o', 'pipefail', '-c', line, '-', archive.file, partial],
    {
      env: { LC_ALL: 'C' },
      signal,
      group: true,
      onLine: (text) => {
        const records = /(\d+)$/.exec(text)?.[1]; // of 10 KiB
        if (records !== undefined) stage.update(`${Math.round(Number(records) / 100)} MB unpacked`);
      },
    },
  );
  signal.throwIfAborted();
  if (!done.ok)
    throw new UntestableError(`${archive.title} could not be unpacked: tar ${whyFailed(done)}.`, {
      remedy: archive.remedy,
      detail: tail(complaints(done.output)),
    });
  await refuseSpecialFiles(partial, archive, signal);
  await rename(await topOf(partial, archive), treeOf(slot));
  await rm(partial, { recursive: true, force: true });
  await writeStamp(stampFile(slot), { identity: archive.identity, title: archive.title });
}

const complaints = (output: string): string =>
  output
    .split('\n')
    .filter((line) => !/checkpoint|^tar: \d+$/.test(line))
    .join('\n');

/** The folder in which the kernel is: the one folder at the top, or the top itself. */
async function topOf(partial: string, archive: Archive): Promise<string> {
  const inside = await readdir(partial, { withFileTypes: true });
  const folders = inside.filter((entry) => entry.isDirectory()).map((entry) => join(partial, entry.name));
  for (const folder of [partial, ...(folders.length === 1 ? folders : [])])
    if ((await kernelVersion(folder)) !== undefined) return folder;
  throw new UntestableError(
    `${archive.title} is not a Linux source: no Kconfig and Makefile with VERSION at its top.`,
    {
      remedy: archive.remedy,
    },
  );
}

async function refuseSpecialFiles(folder: string, archive: Archive, signal: AbortSignal): Promise<void> {
  const special = ['!', '(', '-type', 'f', '-o', '-type', 'd', '-o', '-type', 'l', ')'];
  const found = await run('find', [folder, ...special, '-printf', '%P\n', '-quit'], { signal });
  if (found.ok && found.stdout === '') return;
  throw new UntestableError(
    `${archive.title} holds ${found.stdout || 'something unreadable'}, which is no plain file.`,
    {
      remedy: archive.remedy,
    },
  );
}
