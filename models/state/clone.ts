// SPDX-License-Identifier: MIT
import type { Resv } from '../resv/resv.js';
import { Context } from './context.js';
import { Fence, STUB } from './fence.js';
import type { BufferFile, CardFile, File, GemObject } from './file.js';
import { World } from './world.js';

/** Remembers what was copied already, so that what is shared stays shared. */
class Copier {
  readonly #contexts = new Map<Context, Context>();
  readonly #fences = new Map<Fence, Fence>();
  readonly #resvs = new Map<Resv, Resv>();
  readonly #files = new Map<File, File>();

  context = (from: Context): Context => {
    const known = this.#contexts.get(from);
    if (known !== undefined) return known;
    const copy = new Context(from.id, from.who);
    copy.position = from.position;
    copy.closed = from.closed;
    copy.expiresFrom = from.expiresFrom;
    copy.expiresBy = from.expiresBy;
    this.#contexts.set(from, copy);
    return copy;
  };

  fence = (from: Fence): Fence => {
    if (from === STUB) return STUB;
    const known = this.#fences.get(from);
    if (known !== undefined) return known;
    const context = from.context === null ? null : this.context(from.context);
    const copy = new Fence(context, from.position, from.members.map(this.fence), from.copies);
    copy.enabled = from.enabled;
    copy.settled = from.settled;
    this.#fences.set(from, copy);
    return copy;
  };

  resv = (from: Resv): Resv => {
    const known = this.#resvs.get(from);
    if (known !== undefined) return known;
    const copy = from.clone(this.fence);
    this.#resvs.set(from, copy);
    return copy;
  };

  file = (from: File): File => {
    const known = this.#files.get(from);
    if (known !== undefined) return known;
    const copy = this.#copyFile(from);
    this.#files.set(from, copy);
    return copy;
  };

  #copyFile(from: File): File {
    switch (from.kind) {
      case 'timeline':
        return { ...from, context: this.context(from.context) };
      case 'sync': {
        const follows = from.follows && { ...from.follows, resv: this.resv(from.follows.resv) };
        return { ...from, fence: this.fence(from.fence), follows };
      }
      case 'buffer': {
        const { first, second } = from.callbacks;
        const callbacks = { first: first && this.fence(first), second: second && this.fence(second) };
        return { ...from, resv: this.resv(from.resv), callbacks };
      }
      case 'card':
        return this.#copyCard(from);
    }
  }

  #copyCard(from: CardFile): CardFile {
    const object = (gem: GemObject | undefined): GemObject | undefined =>
      gem && { resv: this.resv(gem.resv), file: gem.file && (this.file(gem.file) as BufferFile) };
    const fences = from.fences.map((context) => (context ? this.context(context) : null));
    return { ...from, handles: Array.from(from.handles, object), fences };
  }
}

/** A world that goes its own way from here. */
export function cloneWorld(from: World): World {
  const copier = new Copier();
  const copy = new World(from.rules, { first: from.first, limit: from.limit, nomem: from.nomem });
  for (const [at, file] of from.files.entries()) copy.files[at] = file && copier.file(file);
  copy.variables.set(from.variables);
  copy.from = from.from;
  copy.until = from.until;
  copy.nextContext = from.nextContext;
  copy.expiring.push(...from.expiring.map(copier.context));
  copy.compactAt = from.compactAt;
  copy.lowest = from.lowest;
  copy.crashed = from.crashed;
  copy.beyond = from.beyond;
  return copy;
}
