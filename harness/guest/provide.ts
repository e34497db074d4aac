// SPDX-License-Identifier: MIT
import type { Cache } from '../cache/cache.js';
import { withLock } from '../cache/lock.js';
import { FencelabError } from '../errors.js';
import type { Progress } from '../progress/progress.js';
import { buildGuest } from './build.js';

export interface GuestContext {
  readonly cache: Cache;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * The guest binary for these headers, compiled if need be. There is one output folder for each `key` (a kernel, or
 * `host`), so that a second run compiles nothing and two runs do not disturb each other.
 */
export async function provideGuest(
  headers: string,
  key: string,
  jobs: number,
  ctx: GuestContext,
): Promise<string> {
  const { cache, progress, signal } = ctx;
  return withLock(
    cache.lockOf('guests', key),
    { what: 'the test programs', progress, signal },
    async (inner) => {
      const stage = progress.stage('Compile the test programs');
      try {
        const file = await buildGuest({
          headers,
          outputFolder: cache.entry('guests', key),
          jobs,
          signal: inner,
        });
        stage.end('');
        return file;
      } catch (error) {
        stage.fail(error instanceof FencelabError ? 'they do not compile' : String(error));
        throw error;
      }
    },
  );
}
