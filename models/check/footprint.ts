// SPDX-License-Identifier: MIT
import { ERRNO } from '../kernel/errno.js';
import type { Operation } from '../ops/operation.js';
import { CODE, OPERATIONS } from '../ops/operations.js';
import type { Fence } from '../state/fence.js';
import type { BufferFile, File } from '../state/file.js';
import type { World } from '../state/world.js';
import { fenceOf } from '../step/sync-file.js';
import type { Entry } from './history.js';

/**
 * What an op looks at and what it changes, in one world. Two ops of which neither changes what the other looks at or
 * changes give the same in either order: the search does not have to try both. Too much in here costs time, too little
 * would make the search wrong, so an op that is not listed touches everything.
 */
export class Footprint {
  /** Contexts, files, reservation objects; descriptors and variables as numbers. */
  readonly #reads = new Set<unknown>();
  readonly #writes = new Set<unknown>();
  #everything = false;

  conflictsWith(other: Footprint): boolean {
    if (this.#everything || other.#everything) return true;
    return (
      meet(this.#writes, other.#writes) ||
      meet(this.#writes, other.#reads) ||
      meet(this.#reads, other.#writes)
    );
  }

  /** Whether this looks at something that the other changes. */
  dependsOn(other: Footprint): boolean {
    if (this.#everything || other.#everything) return true;
    return meet(this.#reads, other.#writes) || meet(this.#writes, other.#writes);
  }

  reads(what: unknown): void {
    this.#reads.add(what);
  }

  writes(what: unknown): void {
    this.#writes.add(what);
  }

  everything(): void {
    this.#everything = true;
  }

  leaves(fence: Fence): void {
    this.#reads.add(fence);
    if (fence.context !== null) this.#reads.add(fence.context);
    for (const { context } of fence.members) this.#reads.add(context);
  }

  /** A buffer and the state of all that is in it. */
  buffer(file: BufferFile, changes: boolean): void {
    if (changes) this.#writes.add(file.resv);
    else this.#reads.add(file.resv);
    for (const { leaf } of file.resv.entries()) this.#reads.add(leaf.context);
  }
}

function meet(a: Set<unknown>, b: Set<unknown>): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const one of few) if (many.has(one)) return true;
  return false;
}

type Look = (found: Footprint, world: World, arg: (n: number) => number) => void;

/** A variable or a descriptor of a process, as a number: a text would have to be made each time. */
const variableOf = (process: number, variable: number): number => process * PLACES + variable;
const descriptorOf = (process: number, fd: number): number => -1 - (process * PLACES + fd);
/** More than there are of either; NONE is -1. */
const PLACES = 2 ** 32;

/** The file of an argument; its variable is looked at. */
function fileOf(found: Footprint, world: World, variable: number): File | undefined {
  found.reads(variableOf(world.current, variable));
  return world.file(variable);
}

/** The variable is assigned. */
const makes = (found: Footprint, world: World, variable: number): void =>
  found.writes(variableOf(world.current, variable));

const fromFile: Look = (found, world, arg) => {
  const file = fileOf(found, world, arg(0));
  if (file?.kind === 'sync') found.leaves(fenceOf(file));
};

const card: Look = (found, world, arg) => {
  found.writes(fileOf(found, world, arg(0)));
  found.reads(variableOf(world.current, arg(1)));
};

const LOOKS: Readonly<Record<number, Look>> = {
  [CODE.timeline]: (found, world, arg) => makes(found, world, arg(0)),
  [CODE.other]: (found, world, arg) => makes(found, world, arg(0)),
  [CODE.wait]: () => undefined,
  [CODE.unknown]: (found, world, arg) => fileOf(found, world, arg(0)),
  [CODE.name]: (found, world, arg) => fileOf(found, world, arg(0)),
  [CODE.deadline]: (found, world, arg) => fileOf(found, world, arg(0)),
  [CODE.fence]: (found, world, arg) => {
    makes(found, world, arg(0));
    const file = fileOf(found, world, arg(1));
    if (file?.kind === 'timeline') found.reads(file.context);
  },
  [CODE.inc]: (found, world, arg) => {
    const file = fileOf(found, world, arg(0));
    if (file?.kind === 'timeline') found.writes(file.context);
  },
  [CODE.info]: fromFile,
  [CODE.poll]: (found, world, arg) => {
    const file = fileOf(found, world, arg(0));
    if (file?.kind === 'sync') {
      found.leaves(fenceOf(file));
      if (fenceOf(file).members.length > 0) found.writes(fenceOf(file));
    }
    if (file?.kind === 'buffer') found.buffer(file, world.rules.pollKeepsCallback);
  },
  [CODE.merge]: (found, world, arg) => {
    makes(found, world, arg(0));
    for (const variable of [arg(1), arg(2)]) {
      const file = fileOf(found, world, variable);
      if (file?.kind === 'sync') found.leaves(fenceOf(file));
    }
  },
  [CODE.export]: (found, world, arg) => {
    makes(found, world, arg(0));
    const file = fileOf(found, world, arg(1));
    if (file?.kind === 'buffer') found.buffer(file, false);
  },
  [CODE.import]: (found, world, arg) => {
    const file = fileOf(found, world, arg(0));
    if (file?.kind === 'buffer') found.buffer(file, true);
    const source = fileOf(found, world, arg(2));
    if (source?.kind === 'sync') found.leaves(fenceOf(source));
  },
  [CODE.sync]: (found, world, arg) => {
    const file = fileOf(found, world, arg(0));
    if (file?.kind === 'buffer') found.buffer(file, false);
  },
  [CODE.dumb]: (found, world, arg) => {
    makes(found, world, arg(0));
    found.writes(fileOf(found, world, arg(1)));
  },
  [CODE.signal]: (found, world, arg) => {
    card(found, world, arg);
    const file = world.file(arg(0));
    const id = world.value(arg(1));
    if (file?.kind === 'card' && file.fences[id]) found.writes(file.fences[id]);
  },
  [CODE.attach]: (found, world, arg) => {
    makes(found, world, arg(0));
    card(found, world, (n) => arg(n + 1));
    const file = world.file(arg(1));
    const object = file?.kind === 'card' ? file.handles[world.value(arg(2))] : undefined;
    if (object === undefined) return;
    found.writes(object.resv);
    for (const { leaf } of object.resv.entries()) found.reads(leaf.context);
  },
  [CODE.take]: (found, world, arg) => {
    makes(found, world, arg(0));
    const from = world.processes[arg(1) >>> 0];
    found.reads(variableOf(arg(1), arg(2)));
    // Its end changes the table as a whole
    if (from === undefined) found.everything();
    else found.writes(from.files[from.value(arg(2))]);
  },
  [CODE.close]: (found, world, arg) => {
    const variable = arg(0);
    const file = world.file(variable);
    makes(found, world, variable);
    found.writes(descriptorOf(world.current, world.value(variable)));
    if (file === undefined) return;
    found.writes(file);
    if (file.kind === 'timeline') found.writes(file.context);
    else if (file.kind !== 'sync' && file.kind !== 'other') found.everything();
  },
};

/** Ops that change nothing but what they make. */
export const LOOKS_ONLY = new Set<number>([CODE.export, CODE.merge, CODE.info, CODE.sync]);

const makesDescriptor: boolean[] = [];
for (const op of OPERATIONS as readonly Operation[])
  makesDescriptor[op.code] = /[tsbcoe]/.test(op.makes ?? '');

/** What `entry` touches in `world`. */
export function footprint(world: World, entry: Entry, words: Int32Array): Footprint {
  const found = new Footprint();
  const look = LOOKS[entry.code];
  // Whoever looks at a fence that signals by itself finds out how far its context has come
  if (look === undefined || world.moving.length > 0 || !world.enter(entry.who >> 4)) {
    found.everything();
    return found;
  }
  const got = words[entry.ret] as number;
  // A number that is given out has to be free; an op that finds none depends on all that close one
  if (got >= 0 && makesDescriptor[entry.code]) found.writes(descriptorOf(world.current, got));
  else if (got === -ERRNO.EMFILE) found.everything();
  look(found, world, (n) => words[entry.first + n] ?? 0);
  return found;
}
