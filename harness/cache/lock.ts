// SPDX-License-Identifier: MIT
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { type FencelabError, UntestableError } from '../errors.js';
import type { Progress } from '../progress/progress.js';

/**
 * A holder refreshes its lock every few seconds; one that has not for this long has crashed and is passed over.
 * Long enough for a machine that swaps, short enough to wait for after a `kill -9`.
 */
const STALE_MS = 15_000;
const RETRY_MS = 250;

export interface LockOptions {
  /** What the lock protects, for the line that says why nothing happens: "linux 5.10.262". */
  readonly what: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Run `body` while no other process holds `path`'s lock. Waiting is told to the user once, with the holder's process
 * number. `body` gets a signal that is also raised when the lock is lost (this process was stopped for too long and
 * another took over): going on would mean two writers.
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const release = await acquire(path, options, lost);
  try {
    const result = await body(AbortSignal.any([options.signal, lost.signal]));
    if (lost.signal.aborted) throw lost.signal.reason;
    return result;
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    if (!lost.signal.aborted) await release().catch(() => undefined);
  }
}

async function acquire(
  path: string,
  options: LockOptions,
  lost: AbortController,
): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const ownerFile = `${path}.owner`;
  let told = false;
  for (;;) {
    options.signal.throwIfAborted();
    try {
      const release = await lockfile.lock(path, {
        realpath: false,
        stale: STALE_MS,
        update: 3000,
        onCompromised: (cause) =>
          lost.abort(
            new UntestableError(`The lock on ${options.what} was lost: another run took it over.`, {
              remedy: 'This run was paused for too long. Start it again.',
              cause,
            }),
          ),
      });
      await writeFile(ownerFile, `process ${process.pid} on ${hostname()}`);
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw cannotLock(path, error);
    }
    if (!told) {
      const owner = await readFile(ownerFile, 'utf8').catch(() => 'another process');
      options.progress.say(`Waiting for ${owner}, which is at work on ${options.what}.`);
      told = true;
    }
    await sleep(RETRY_MS, undefined, { signal: options.signal });
  }
}

function cannotLock(path: string, cause: unknown): FencelabError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UntestableError(`Cannot lock ${path}: ${reason}`, {
    remedy: 'Is the cache folder writable? Set FENCELAB_CACHE to one that is.',
    cause,
  });
}
