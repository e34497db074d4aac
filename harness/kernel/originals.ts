// SPDX-License-Identifier: MIT
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists, type Originals, treeOf } from './source.js';

/**
 * Originals for a tree that nobody else keeps (unpacked from an archive): the first time a file is patched, the
 * unpatched one is put aside.
 */
export class KeptOriginals implements Originals {
  readonly #slot: string;

  constructor(slot: string) {
    this.#slot = slot;
  }

  async find(path: string): Promise<string | undefined> {
    if (await exists(this.#absent(path))) return undefined;
    for (const place of [this.#kept(path), join(treeOf(this.#slot), path)])
      if (await exists(place)) return place;
    return undefined;
  }

  async keep(path: string): Promise<void> {
    const kept = this.#kept(path);
    const absent = this.#absent(path);
    if ((await exists(kept)) || (await exists(absent))) return;
    const now = join(treeOf(this.#slot), path);
    if (!(await exists(now))) {
      // A folder, so that it is there at once or not at all.
      await mkdir(absent, { recursive: true });
      return;
    }
    await mkdir(dirname(kept), { recursive: true });
    await copyFile(now, `${kept}.tmp`);
    await rename(`${kept}.tmp`, kept);
  }

  readonly #kept = (path: string): string => join(this.#slot, 'originals', path);
  /** Says that the unpatched tree has no such file. */
  readonly #absent = (path: string): string => join(this.#slot, 'absent', path, '.absent');
}
