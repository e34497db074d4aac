// SPDX-License-Identifier: MIT
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { type FencelabError, UntestableError } from '../errors.js';
import type { Progress } from '../progress/progress.js';

/**
 * A holder refreshes its lock every UPDATE_MS. One that has not for STALE_MS is taken to have crashed: long enough for a
 * machine that swaps. Where its process is known to be gone, two missed refreshes are enough.
 */
const STALE_MS = 60_000;
const UPDATE_MS = 3000;
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
        update: UPDATE_MS,
        onCompromised: (cause) =>
          lost.abort(
            new UntestableError(`The lock on ${options.what} was lost: another run took it over.`, {
              remedy: 'This run was paused for too long. Start it again.',
              cause,
            }),
          ),
      });
      await writeFile(ownerFile, ownName());
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw cannotLock(path, error);
    }
    const owner = await readFile(ownerFile, 'utf8').catch(() => 'another process');
    if (isGone(owner)) await passOver(`${path}.lock`);
    if (!told) {
      options.progress.say(`Waiting for ${owner}, which is at work on ${options.what}.`);
      told = true;
    }
    await sleep(RETRY_MS, undefined, { signal: options.signal });
  }
}

/** Whether somebody holds `path`'s lock: one that was not refreshed for a minute is a dead run's. */
export async function isLocked(path: string): Promise<boolean> {
  const refreshed = (await stat(`${path}.lock`).catch(() => undefined))?.mtimeMs;
  return refreshed !== undefined && Date.now() - refreshed < STALE_MS;
}

const ownName = (): string => `process ${process.pid} on ${hostname()}`;

/** True when the holder ran on this machine and does not any more. */
function isGone(owner: string): boolean {
  const [, pid, host] = /^process (\d+) on (.+)$/.exec(owner) ?? [];
  if (pid === undefined || host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Make a lock stale now. Only one that has missed two refreshes: the owner's name may be that of a holder before, and
 * the lock already another's.
 */
async function passOver(lock: string): Promise<void> {
  const refreshed = (await stat(lock).catch(() => undefined))?.mtimeMs;
  if (refreshed !== undefined && Date.now() - refreshed > 2 * UPDATE_MS)
    await utimes(lock, 0, 0).catch(() => undefined);
}

function cannotLock(path: string, cause: unknown): FencelabError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UntestableError(`Cannot lock ${path}: ${reason}`, {
    remedy: 'Is the cache folder writable? Set FENCELAB_CACHE to one that is.',
    cause,
  });
}
