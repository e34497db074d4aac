// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.js';

/** A patch as it goes along with a finding. */
export interface SavedPatch {
  readonly name: string;
  readonly text: string;
}

/** The folder beside a saved program that holds the patches of its kernel; a `series` file gives their order. */
export const PATCHES = 'patches';
const SERIES = 'series';

/** Names that sort as the patches apply, and that are different even where two series have a patch of one name. */
const fileNames = (patches: readonly SavedPatch[]): string[] =>
  patches.map(
    ({ name }, at) => `${String(at + 1).padStart(3, '0')}-${name.replace(/[^A-Za-z0-9._+-]/g, '-')}`,
  );

/** What the header of a finding says of its patches: the sha256 of all of them in their order. */
export function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\n`).update(text);
  return hash.digest('hex');
}

/** Put the patches beside a finding, so that the folder can be mailed. */
export function savePatches(folder: string, patches: readonly SavedPatch[]): void {
  const into = join(folder, PATCHES);
  mkdirSync(into, { recursive: true });
  const names = fileNames(patches);
  for (const [at, { text }] of patches.entries()) writeFileSync(join(into, names[at] ?? ''), text);
  writeFileSync(join(into, SERIES), names.map((name) => `${name}\n`).join(''));
}

/**
 * The folder with the patches of a saved program, for --patch; undefined if there is none. Throws UsageError if the patches
 * are not the ones that it was found with.
 */
export function savedPatches(file: string, digest: string): string | undefined {
  const folder = join(dirname(file), PATCHES);
  let texts: string[];
  try {
    const names = readFileSync(join(folder, SERIES), 'utf8').split('\n').filter(Boolean);
    texts = names.map((name) => readFileSync(join(folder, name), 'utf8'));
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path === join(folder, SERIES)) return undefined;
    throw new UsageError(`the patches beside ${file} cannot be read: ${path ?? folder} (${code})`, {
      remedy: REMEDY,
    });
  }
  if (digestOf(texts) !== digest)
    throw new UsageError(`${folder} are not the patches that ${file} was found with`, {
      detail: `sha256 of all is ${digestOf(texts)}, the program's header says ${digest}`,
      remedy: REMEDY,
    });
  return folder;
}

const REMEDY =
  'Take the whole folder of the finding, unchanged; or say with --patch which patches it is to be tried with.';
