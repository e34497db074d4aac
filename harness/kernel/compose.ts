// SPDX-License-Identifier: MIT
import { chmod, copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readStamp, writeStamp } from '../cache/stamp.js';
import { applyPatches } from './apply.js';
import type { Patch } from './patches.js';
import { type Source, treeOf } from './source.js';
import type { KernelContext } from './types.js';

const overlaySchema = z.object({ paths: z.array(z.string()) });

/**
 * Make `SLOT/tree` the source with the patches on it. Only files whose content changes are replaced, so that make
 * rebuilds what a change of source or patches touches and no more. Called with the slot locked.
 */
export async function compose(
  slot: string,
  source: Source,
  patches: readonly Patch[],
  ctx: KernelContext,
): Promise<void> {
  const note = join(slot, 'overlay.json');
  const before = async () => (await readStamp(note, overlaySchema))?.paths ?? [];
  await source.sync(slot, new Set(await before()), ctx);
  // Read again: unpacking a tree anew forgets what was patched in the old one.
  const touched = new Set([...(await before()), ...patches.flatMap((patch) => patch.paths)]);
  const originals = source.originals(slot);
  const { scratch, files } = await applyPatches(patches, originals, join(slot, 'scratch'), ctx.signal);
  try {
    // Named before the first is replaced: a run that is interrupted knows what it may have to put back.
    for (const path of touched) await originals.keep(path);
    await writeStamp(note, { paths: [...touched].sort() });
    for (const path of touched) {
      const wanted = files.has(path) ? files.get(path) : await originals.find(path);
      await putFile(wanted, join(treeOf(slot), path));
    }
    await writeStamp(note, { paths: [...files.keys()].sort() });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Make `to` what `from` is (absent, if undefined): by renaming a new file over it, and only if it differs. */
async function putFile(from: string | undefined, to: string): Promise<void> {
  if (from === undefined) {
    await rm(to, { force: true });
    return;
  }
  const [wanted, present] = await Promise.all([readFile(from), readFile(to).catch(() => undefined)]);
  if (present?.equals(wanted) === true) return;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, `${to}.fencelab`); // a new file: its modification time is now
  await chmod(`${to}.fencelab`, (await stat(from)).mode & 0o777);
  await rename(`${to}.fencelab`, to);
}
