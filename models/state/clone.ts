// SPDX-License-Identifier: MIT
import type { Resv } from '../resv/resv.js';
import { Context } from './context.js';
import type { Device } from './device.js';
import { Fence, STUB } from './fence.js';
import type { BufferFile, CardFile, File, GemObject, SyncFile, Watch } from './file.js';
import { Process } from './process.js';
import { World } from './world.js';

/**
 * Remembers what was copied already, so that what is shared stays shared. What is copied is written out member by member:
 * with a spread it takes half as long again to judge a race.
 */
class Copier {
  readonly #contexts = new Map<Context, Context>();
  readonly #fences = new Map<Fence, Fence>();
  readonly #resvs = new Map<Resv, Resv>();
  readonly #files = new Map<File, File>();
  readonly #objects = new Map<GemObject, GemObject>();
  readonly #devices = new Map<Device, Device>();

  context = (from: Context): Context => {
    const known = this.#contexts.get(from);
    if (known !== undefined) return known;
    const copy = new Context(from.id, from.who);
    copy.position = from.position;
    copy.closed = from.closed;
    copy.expiresFrom = from.expiresFrom;
    copy.expiresBy = from.expiresBy;
    copy.history = from.history?.clone() ?? null;
    this.#contexts.set(from, copy);
    if (from.steps !== null)
      copy.steps = from.steps.map((step) => ({ ...step, after: step.after.map(this.fence) }));
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
    copy.span = from.span;
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
    // Object and dma-buf know each other, so each is remembered before the other is copied
    if (copy.kind === 'buffer' && from.kind === 'buffer' && from.object !== null)
      copy.object = this.object(from.object);
    return copy;
  };

  #copyFile(from: File): File {
    switch (from.kind) {
      case 'timeline':
        return { kind: 'timeline', refs: from.refs, context: this.context(from.context) };
      case 'sync': {
        const follows = from.follows && { ...from.follows, resv: this.resv(from.follows.resv) };
        const copy: SyncFile = { kind: 'sync', refs: from.refs, fence: this.fence(from.fence), follows };
        if (from.onlyPolled !== undefined) copy.onlyPolled = from.onlyPolled;
        return copy;
      }
      case 'buffer': {
        const { first, second, keepsFile } = from.callbacks;
        const callbacks = {
          first: first && this.fence(first),
          second: second && this.fence(second),
          keepsFile,
        };
        const { kind, refs, held, begun } = from;
        return { kind, refs, resv: this.resv(from.resv), callbacks, held, begun, object: null };
      }
      case 'other':
        return { ...from };
      case 'epoll':
        return { ...from, watches: from.watches.map(this.#watch) };
      case 'card':
        return this.#copyCard(from);
    }
  }

  #watch = (from: Watch): Watch => ({ ...from, file: this.file(from.file) as SyncFile | BufferFile });

  process(from: Process): Process {
    const copy = new Process(from.lowest, from.limit);
    for (const [at, file] of from.files.entries()) copy.files[at] = file && this.file(file);
    copy.copyVariables(from);
    return copy;
  }

  #copyCard(from: CardFile): CardFile {
    const fences = from.fences.map((context) => (context ? this.context(context) : null));
    const handles = Array.from(from.handles, (object) => object && this.object(object));
    return { kind: 'card', refs: from.refs, device: this.device(from.device), handles, fences };
  }

  device = (from: Device): Device => {
    const known = this.#devices.get(from);
    if (known !== undefined) return known;
    const { driver, commands, crtc, renders } = from;
    const copy: Device = { driver, commands: this.context(commands), crtc: this.context(crtc), renders };
    this.#devices.set(from, copy);
    return copy;
  };

  object(from: GemObject): GemObject {
    const known = this.#objects.get(from);
    if (known !== undefined) return known;
    const { imported, handles } = from;
    const [device, resv] = [this.device(from.device), this.resv(from.resv)];
    const copy: GemObject = { device, resv, imported, handles, file: null };
    this.#objects.set(from, copy);
    copy.file = from.file && (this.file(from.file) as BufferFile);
    return copy;
  }
}

/** A world that goes its own way from here. */
export function cloneWorld(from: World, rules = from.rules): World {
  const copier = new Copier();
  const copy = new World(
    rules,
    { first: from.first, limit: from.limit, nomem: from.nomem },
    from.countsSlots,
    from.devices.map(copier.device),
  );
  for (const [number, table] of from.processes.entries())
    copy.processes[number] = table && copier.process(table);
  copy.current = from.current;
  // A process that has just ended is nobody's any more
  copy.table = copy.processes[from.current] ?? copier.process(from.table);
  copy.from = from.from;
  copy.until = from.until;
  copy.nextContext = from.nextContext;
  copy.expiring.push(...from.expiring.map(copier.context));
  copy.compactAt = from.compactAt;
  copy.moving = from.moving.map(copier.context);
  copy.observed = from.observed;
  copy.overlapping = from.overlapping;
  copy.reports = from.reports;
  copy.crashed = from.crashed;
  copy.beyond = from.beyond;
  return copy;
}
