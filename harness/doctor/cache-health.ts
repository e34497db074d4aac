// SPDX-License-Identifier: MIT
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Cache } from '../cache/cache.js';
import { humanSize } from '../cache/contents.js';
import { isLocked } from '../cache/lock.js';
import { readStamp } from '../cache/stamp.js';
import { cacheLeftovers } from '../clean/cached.js';
import { FencelabError } from '../errors.js';
import type { Finding } from './finding.js';

/** A kernel that has been built. */
export interface CachedKernel {
  readonly folder: string;
  readonly release: string;
  readonly profile: string;
}

const stamp = z.object({ release: z.string(), profile: z.string(), headers: z.string() });
const what = 'cache';

/** What is in the cache, and whether it is whole. Nothing is made where there is none. */
export async function examineCache(
  folder: string,
  signal: AbortSignal,
): Promise<{ findings: readonly Finding[]; kernels: readonly CachedKernel[] }> {
  if (!(await stat(folder).catch(() => undefined)))
    return { findings: [{ what, state: 'good', text: 'none yet: the first check makes it' }], kernels: [] };
  try {
    const cache = await Cache.open(folder);
    const { whole, damaged } = await images(cache);
    const locks = await locksOf(cache);
    const left = await cacheLeftovers(cache, new Date(), signal);
    const findings: Finding[] = [
      { what, state: 'good', text: `${whole.length} kernels; ${locks.held.length} entries in use` },
    ];
    if (damaged.length > 0)
      findings.push({
        ...{
          what,
          state: 'note',
          text: `damaged, and built again when they are needed: ${damaged.join(', ')}`,
        },
        command: `fencelab cache clear ${damaged.map((name) => `images/${name}`).join(' ')}`,
      });
    if (locks.stale.length > 0)
      findings.push({
        what,
        state: 'note',
        text: `locks of runs that were killed, which are passed over: ${locks.stale.join(', ')}`,
      });
    // What is half made is as old as can be: nothing else is deleted with it
    if (left.length > 0)
      findings.push({
        ...{ what, state: 'note', command: 'fencelab clean --cache --older 99999d' },
        text: `${left.length} half-made entries of runs that were killed, ${humanSize(left.reduce((sum, { own }) => sum + own, 0))}`,
      });
    return { findings, kernels: whole };
  } catch (error) {
    if (!(error instanceof FencelabError)) throw error;
    return {
      findings: [{ what, state: 'bad', text: `${error.message} ${error.remedy ?? ''}`.trim() }],
      kernels: [],
    };
  }
}

/** The newest first. */
async function images(cache: Cache): Promise<{ whole: CachedKernel[]; damaged: string[] }> {
  const whole: CachedKernel[] = [];
  const damaged: string[] = [];
  const names = (await cache.names('images')).sort((a, b) => b.used.getTime() - a.used.getTime());
  for (const { name } of names) {
    const folder = cache.entry('images', name);
    const said = await readStamp(join(folder, 'image.json'), stamp);
    const sizes = await Promise.all(
      ['bzImage', 'vmlinux', 'config'].map(
        async (file) => (await stat(join(folder, file)).catch(() => undefined))?.size,
      ),
    );
    const headers = said && (await stat(cache.entry('headers', said.headers)).catch(() => undefined));
    if (said === undefined || headers === undefined || sizes.some((size) => size === undefined || size === 0))
      damaged.push(name);
    else whole.push({ folder, release: said.release, profile: said.profile });
  }
  return { whole, damaged };
}

async function locksOf(cache: Cache): Promise<{ held: string[]; stale: string[] }> {
  const names = await readdir(join(cache.root, 'locks')).catch(() => []);
  const held: string[] = [];
  const stale: string[] = [];
  for (const name of names.filter((one) => one.endsWith('.lock'))) {
    const path = join(cache.root, 'locks', name.slice(0, -'.lock'.length));
    const owner = await readFile(`${path}.owner`, 'utf8').catch(() => 'somebody');
    if (await isLocked(path)) held.push(name);
    else stale.push(`${name.slice(0, -'.lock'.length)} (${owner})`);
  }
  return { held, stale };
}
