// SPDX-License-Identifier: MIT
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/**
 * Write a file so that a reader sees the old or the new content and never a part: a neighbour is written and
 * renamed over it. Nothing is flushed to the disk; a stamp lost in a power cut only costs work done again.
 */
export async function writeWhole(path: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const neighbour = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(neighbour, text);
    await rename(neighbour, path);
  } catch (error) {
    await rm(neighbour, { force: true });
    throw error;
  }
}

/** Write a value that {@link readStamp} gives back. A stamp is written last: it says that what it names is complete. */
export async function writeStamp(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** A stamp's value; undefined when there is none, or when it is not what this version of fencelab writes. */
export async function readStamp<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // a damaged stamp vouches for nothing
  }
}
