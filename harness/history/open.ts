// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database } from 'node-sqlite3-wasm';
import { withLock } from '../cache/lock.js';
import { UsageError } from '../errors.js';
import type { Progress } from '../progress/progress.js';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.js';

export type Db = Database;

/** Loaded when it is wanted: it takes longer than most commands do. */
const sqlite = async () => (await import('node-sqlite3-wasm')).default;
type Sqlite = Awaited<ReturnType<typeof sqlite>>;

export interface HistoryMeans {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/*
 * The file is never written in place: SQLite in WebAssembly takes its own lock for that of another writer and does not roll
 * back what a killed process left half done (node-sqlite3-wasm 0.8.60, xCheckReservedLock). A copy is written, and
 * renamed over it when it is complete; a lock of ours keeps two from doing so at once.
 */

/** Reads the history. Undefined where there is none yet. Throws UsageError for a file that is none, or is damaged. */
export async function readHistory<T>(
  file: string,
  means: HistoryMeans,
  body: (db: Db) => T,
): Promise<T | undefined> {
  if (!existsSync(file)) return undefined;
  const path = await realpath(file);
  return locked(path, means, async () => {
    const db = opened(await sqlite(), path, file);
    try {
      return body(db);
    } catch (error) {
      throw asDamage(error, file);
    } finally {
      db.close();
    }
  });
}

/** Changes the history, or begins one: all of it or nothing. Throws as {@link readHistory} does, and then changes nothing. */
export async function changeHistory(
  file: string,
  means: HistoryMeans,
  body: (db: Db) => void,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`the history ${file} cannot be written: ${cause.code ?? cause.message}`, {
      cause,
      remedy: CHOOSE,
    });
  });
  const path = existsSync(file) ? await realpath(file) : file;
  await locked(path, means, async () => {
    const copy = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    const lib = await sqlite();
    try {
      const isNew = !existsSync(path);
      if (!isNew) {
        opened(lib, path, file).close();
        await copyFile(path, copy);
      }
      write(lib, copy, file, isNew, body);
      await flushed(copy);
      await rename(copy, path);
    } finally {
      for (const left of [copy, `${copy}-journal`, `${copy}.lock`])
        await rm(left, { recursive: true, force: true });
    }
  });
}

const CHOOSE = '--history FILE names another one.';

function write(lib: Sqlite, copy: string, file: string, isNew: boolean, body: (db: Db) => void): void {
  const db = new lib.Database(copy);
  try {
    if (isNew)
      db.exec(
        `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; ${SCHEMA}`,
      );
    db.exec('PRAGMA synchronous = OFF; BEGIN');
    body(db);
    db.exec('COMMIT');
  } catch (error) {
    throw asDamage(error, file);
  } finally {
    db.close();
  }
}

async function flushed(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function locked<T>(
  path: string,
  { progress, signal }: HistoryMeans,
  body: () => Promise<T>,
): Promise<T> {
  const lock = `${path}.use`;
  return withLock(lock, { what: `the history ${path}`, progress, signal }, async () => {
    // SQLite's own: whoever made it is gone, since the lock is ours
    await rm(`${path}.lock`, { recursive: true, force: true });
    try {
      return await body();
    } finally {
      await rm(`${lock}.owner`, { force: true });
    }
  });
}

/** The file, once it is sure that it is a history and whole. */
function opened(lib: Sqlite, path: string, shown: string): Db {
  const refuse = (why: string, remedy: string, cause?: unknown): never => {
    throw new UsageError(`the history ${shown} ${why}`, {
      remedy,
      ...(cause === undefined ? {} : { cause }),
    });
  };
  if (!statSync(path).isFile()) refuse('is not a file', CHOOSE);
  let db: Db | undefined;
  try {
    db = new lib.Database(path, { readOnly: true });
    const id = numberOf(db, 'PRAGMA application_id');
    const version = numberOf(db, 'PRAGMA user_version');
    if (id !== APPLICATION_ID) refuse('is a SQLite file of something else', CHOOSE);
    if (version > SCHEMA_VERSION)
      refuse(
        `was written by a later fencelab (format ${version}; this one knows ${SCHEMA_VERSION})`,
        `Use that one, or another file: ${CHOOSE} This one was not changed.`,
      );
    const check = Object.values(db.get('PRAGMA quick_check') ?? {})[0];
    if (check !== 'ok') throw damaged(shown, String(check));
    return db;
  } catch (error) {
    db?.close();
    throw asDamage(error, shown);
  }
}

function numberOf(db: Db, sql: string): number {
  return Number(Object.values(db.get(sql) ?? {})[0] ?? 0);
}

/** What SQLite says is the file's fault; all else is passed on. */
function asDamage(error: unknown, file: string): unknown {
  return error instanceof Error && error.name === 'SQLite3Error'
    ? damaged(file, error.message, error)
    : error;
}

const damaged = (file: string, why: string, cause?: unknown): UsageError =>
  new UsageError(`the history ${file} is damaged: ${why}`, {
    remedy: `It was not changed. Restore it from a backup, or move it away ("mv ${file} ${file}.damaged"): a new one is begun then.`,
    ...(cause === undefined ? {} : { cause }),
  });
