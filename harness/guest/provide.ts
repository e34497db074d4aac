// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import type { Cache } from '../cache/cache.js';
import { withLock } from '../cache/lock.js';
import { FencelabError } from '../errors.js';
import type { Progress } from '../progress/progress.js';
import { buildGuest, guestSources } from './build.js';

export interface GuestContext {
  readonly cache: Cache;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * The guest binary for these headers, compiled if need be. There is one output folder for each `key` (a kernel, or
 * `host`) and each clone of fencelab, so that a second run compiles nothing and two runs do not disturb each other: make
 * goes by the times of files, and would take the objects of another clone for its own.
 */
export async function provideGuest(
  headers: string,
  key: string,
  jobs: number,
  ctx: GuestContext,
): Promise<string> {
  const { cache, progress, signal } = ctx;
  const name = `${key}-${createHash('sha256').update(guestSources).digest('hex').slice(0, 8)}`;
  return withLock(
    cache.lockOf('guests', name),
    { what: 'the test programs', progress, signal },
    async (inner) => {
      const stage = progress.stage('Compile the test programs');
      try {
        const file = await buildGuest({
          headers,
          outputFolder: cache.entry('guests', name),
          jobs,
          signal: inner,
        });
        await cache.touch('guests', name);
        stage.end('');
        return file;
      } catch (error) {
        stage.fail(error instanceof FencelabError ? 'they do not compile' : String(error));
        throw error;
      }
    },
  );
}
