// SPDX-License-Identifier: MIT
import { copyFile, cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cache } from '../cache/cache.js';
import { readStamp, writeStamp } from '../cache/stamp.js';
import type { Built } from './build.js';
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
const stampSchema = z.object({ release: z.string(), profile: z.string(), provenance: provenanceSchema });

/** Images beyond so many are deleted when they have not been used for a week. */
const KEEP = 20;
const WEEK_MS = 7 * 24 * 3600 * 1000;

/** The image with this key, if it has been built before. */
export async function findImage(cache: Cache, key: string): Promise<KernelImage | undefined> {
  const stamp = await readStamp(join(cache.entry('images', key), 'image.json'), stampSchema);
  if (stamp === undefined) return undefined;
  await cache.touch('images', key);
  return asImage(cache, key, stamp.release, stamp.profile, dropUndefined(stamp.provenance), 'cached');
}

/** Copy what was built to a place of its own, where the next build does not change it under a running guest. */
export async function keepImage(
  cache: Cache,
  key: string,
  built: Built,
  profile: string,
  provenance: Provenance,
): Promise<KernelImage> {
  const folder = cache.entry('images', key);
  const partial = join(cache.root, 'images', `.${key}.${process.pid}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await copyFile(built.image, join(partial, 'bzImage'));
  await copyFile(built.vmlinux, join(partial, 'vmlinux'));
  await copyFile(built.config, join(partial, 'config'));
  await cp(built.headers, join(partial, 'headers'), { recursive: true });
  await writeStamp(join(partial, 'image.json'), { release: built.release, profile, provenance });
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  await prune(cache);
  return asImage(cache, key, built.release, profile, provenance, built.how);
}

function asImage(
  cache: Cache,
  key: string,
  release: string,
  profile: string,
  provenance: Provenance,
  built: KernelImage['built'],
): KernelImage {
  const folder = cache.entry('images', key);
  return {
    image: join(folder, 'bzImage'),
    vmlinux: join(folder, 'vmlinux'),
    config: join(folder, 'config'),
    headers: join(folder, 'headers'),
    release,
    profile,
    provenance,
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
