// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cache } from '../cache/cache.js';
import { readStamp, writeStamp } from '../cache/stamp.js';
import type { Built } from './build.js';
import { exists } from './source.js';
import type { KernelImage, Provenance } from './types.js';

const ingredient = z.object({ name: z.string(), sha256: z.string() });
const provenanceSchema = z.object({
  source: z.string(),
  packageVersion: z.string().optional(),
  sourceSha256: z.string().optional(),
  patches: z.array(ingredient),
  compiler: z.string(),
  configSha256: z.string(),
});
const stampSchema = z.object({
  release: z.string(),
  profile: z.string(),
  provenance: provenanceSchema,
  /** Names the headers by their content. */
  headers: z.string(),
});
type Stamp = Omit<z.infer<typeof stampSchema>, 'provenance'> & { readonly provenance: Provenance };

/** Images beyond so many are deleted when they have not been used for a week. */
const KEEP = 20;
const WEEK_MS = 7 * 24 * 3600 * 1000;

/** The image with this key, if it has been built before. */
export async function findImage(cache: Cache, key: string): Promise<KernelImage | undefined> {
  const stamp = await readStamp(join(cache.entry('images', key), 'image.json'), stampSchema);
  if (stamp === undefined || !(await exists(cache.entry('headers', stamp.headers)))) return undefined;
  await cache.touch('images', key);
  await cache.touch('headers', stamp.headers);
  return asImage(cache, key, { ...stamp, provenance: dropUndefined(stamp.provenance) }, 'cached');
}

/** Copy what was built to a place of its own, where the next build does not change it under a running guest. */
export async function keepImage(
  cache: Cache,
  key: string,
  built: Built,
  profile: string,
  provenance: Provenance,
): Promise<KernelImage> {
  const stamp = {
    release: built.release,
    profile,
    provenance,
    headers: await keepHeaders(cache, built.headers),
  };
  await putFolder(cache, 'images', key, async (folder) => {
    await copyFile(built.image, join(folder, 'bzImage'));
    await copyFile(built.vmlinux, join(folder, 'vmlinux'));
    await copyFile(built.config, join(folder, 'config'));
    await writeStamp(join(folder, 'image.json'), stamp);
  });
  await prune(cache);
  return asImage(cache, key, stamp, built.how);
}

/**
 * Keep installed headers by their content: an edit of the kernel that leaves its interface alone then gives the very
 * same folder, and nothing that was compiled against it is compiled again.
 */
async function keepHeaders(cache: Cache, headers: string): Promise<string> {
  const names = (await readdir(headers, { recursive: true })).filter((name) => name.endsWith('.h')).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\0`).update(await readFile(join(headers, name)));
  const digest = hash.digest('hex').slice(0, 20);
  if (!(await exists(cache.entry('headers', digest))))
    await putFolder(cache, 'headers', digest, (folder) => cp(headers, folder, { recursive: true }));
  return digest;
}

/** Fill a folder under another name, and give it its own when it is complete. */
async function putFolder(
  cache: Cache,
  kind: 'images' | 'headers',
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const partial = join(cache.root, kind, `.${name}.${process.pid}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await fill(partial);
  await rm(cache.entry(kind, name), { recursive: true, force: true });
  await rename(partial, cache.entry(kind, name)).catch(async (error: NodeJS.ErrnoException) => {
    await rm(partial, { recursive: true, force: true });
    // Another run was faster: it has put the same there.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

function asImage(cache: Cache, key: string, stamp: Stamp, built: KernelImage['built']): KernelImage {
  const folder = cache.entry('images', key);
  return {
    image: join(folder, 'bzImage'),
    vmlinux: join(folder, 'vmlinux'),
    config: join(folder, 'config'),
    headers: cache.entry('headers', stamp.headers),
    headersKey: stamp.headers,
    release: stamp.release,
    profile: stamp.profile,
    provenance: stamp.provenance,
    built,
    key,
  };
}

/** zod gives `undefined` for what is absent; our types want it absent. */
function dropUndefined(read: z.infer<typeof provenanceSchema>): Provenance {
  const { packageVersion, sourceSha256, ...rest } = read;
  return {
    ...rest,
    ...(packageVersion === undefined ? {} : { packageVersion }),
    ...(sourceSha256 === undefined ? {} : { sourceSha256 }),
  };
}

async function prune(cache: Cache): Promise<void> {
  const entries = (await cache.names('images')).sort((a, b) => b.used.getTime() - a.used.getTime());
  const old = entries.slice(KEEP).filter(({ used }) => Date.now() - used.getTime() > WEEK_MS);
  for (const { name } of old) await rm(cache.entry('images', name), { recursive: true, force: true });
}
