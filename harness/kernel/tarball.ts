// SPDX-License-Identifier: MIT
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { Cache } from '../cache/cache.js';
import { readStamp, writeStamp } from '../cache/stamp.js';
import { sha256OfFile } from './digest.js';
import { extract, isExtracted } from './extract.js';
import { KeptOriginals } from './originals.js';
import type { Source } from './source.js';
import type { KernelContext } from './types.js';

const digestSchema = z.object({ stat: z.string(), sha256: z.string() });

/** A tarball of a kernel tree: known by its content, unpacked once. */
export async function tarballSource(path: string, ctx: KernelContext): Promise<Source> {
  const cache = await Cache.open(ctx.cache);
  const sha256 = await digestOf(path, cache, ctx);
  const title = `tarball ${path}`;
  const identity = `tarball sha256 ${sha256}`;
  const name = basename(path).replace(/\.(tar(\.[gx]z)?|t[gx]z)$/, '');
  return {
    slot: `tar-${name.replaceAll(/[^\w.-]/g, '_')}-${sha256.slice(0, 12)}`,
    identity,
    title,
    sha256,
    originals: (slot) => new KeptOriginals(slot),
    sync: async (slot, _patched, { progress, signal }) => {
      if (await isExtracted(slot, identity)) return;
      const stage = progress.stage(`Unpack ${path}`);
      try {
        const remedy = 'Is it complete, and a tarball of a Linux tree? `tar -tf` lists what is in it.';
        await extract(slot, { file: path, unwrap: unwrapper(path), identity, title, remedy }, stage, signal);
        stage.end('done');
      } catch (error) {
        stage.fail(signal.aborted ? 'interrupted' : 'failed');
        throw error;
      }
    },
  };
}

function unwrapper(path: string): string {
  if (/\.(tar\.xz|txz)$/.test(path)) return 'xz -dc -T0 -- "$1"';
  if (/\.(tar\.gz|tgz)$/.test(path)) return 'gzip -dc -- "$1"';
  return 'cat -- "$1"';
}

/** The tarball's sha256; remembered for as long as the file's own dates, size and inode stay the same. */
async function digestOf(path: string, cache: Cache, ctx: KernelContext): Promise<string> {
  const found = await stat(path, { bigint: true });
  const now = [path, found.size, found.mtimeNs, found.ctimeNs, found.ino].join(' ');
  const file = cache.entry('answers', `tarball-${basename(path)}.json`);
  const known = await readStamp(file, digestSchema);
  if (known?.stat === now) return known.sha256;
  const stage = ctx.progress.stage(`Read ${path}`);
  const sha256 = await sha256OfFile(path);
  await writeStamp(file, { stat: now, sha256 });
  stage.end(`sha256 ${sha256.slice(0, 12)}…`);
  return sha256;
}
