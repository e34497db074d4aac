// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import type { Script } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { leafPending } from '../state/fence.js';
import type { File } from '../state/file.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';

/** 0, 1, 2, 3, 4 … 7, 8 … 15: what makes a difference to lists that grow by doubling. */
const scale = (n: number): number => (n < 4 ? n : 2 + Math.floor(Math.log2(n)));
const mixed = (a: number, b: number): number => Math.imul((a ^ b) >>> 0, 0x01000193) >>> 0;

/**
 * What an op has just done in a world, as a number: which op, how it ended, and of each file it names what kind it is and
 * how many leaves of each class it has, pending and signalled, in powers of two. Coarse, so that a search that looks for
 * new ones goes to ends and not to the next number.
 */
export function featureOf(world: World, code: number, args: readonly number[]): number {
  const { ret } = world.answer;
  return withFiles(world, mixed(code + 1, ret >= 0 ? 0 : -ret), args);
}

/** The features of a program's ops, one after the other, as far as the model can follow them. */
export function* featuresOf(rules: Rules, { events }: Pick<Script, 'events'>): Generator<number> {
  const world = new World(rules);
  for (const { call } of events) {
    run(world, call.op.code, call.args, 0);
    if (world.beyond !== undefined) return;
    yield featureOf(world, call.op.code, call.args);
  }
}

/** The same of an op that is to be done: which op, with what words besides, on what files, and whether numbers run out. */
export function outlookOf(world: World, { op, args }: Call): number {
  let outlook = mixed(op.code + 1, world.freeDescriptor() < 0 ? 1 : 2);
  const made = op.makes === undefined ? 0 : 1;
  for (let at = 0; at < op.args.length; at++) {
    const kind = op.args[at]?.type.kind;
    if (kind === 'variable') continue;
    // Of a number only whether it is small: a bit that means something is told from the others
    const value = (args[at + made] ?? 0) >>> 0;
    outlook = mixed(outlook, kind === 'number' ? scale(value) : value);
  }
  return withFiles(world, outlook, args);
}

function withFiles(world: World, start: number, args: readonly number[]): number {
  let feature = start;
  for (let at = 0; at < 3 && at < args.length; at++) {
    const file = world.file(args[at] ?? -1);
    feature = mixed(feature, file === undefined ? 0 : shapeOf(file));
  }
  return feature;
}

/** Which kind of file it is, and how full. */
export function shapeOf(file: File): number {
  switch (file.kind) {
    case 'sync': {
      const { fence } = file;
      let pending = 0;
      for (const member of fence.members) if (leafPending(member)) pending++;
      if (fence.members.length === 0) pending = Number(leafPending(fence));
      return 1 | (scale(fence.members.length) << 3) | (scale(pending) << 8) | (Number(fence.enabled) << 13);
    }
    case 'buffer': {
      let [writes, reads] = [0, 0];
      for (const { write } of file.resv.entries()) write ? writes++ : reads++;
      return 2 | (scale(writes) << 3) | (scale(reads) << 8) | (Math.min(file.refs, 3) << 13);
    }
    case 'timeline':
      return 3 | (scale(file.context.position % 64) << 3) | (Math.min(file.refs, 3) << 8);
    case 'card':
      return 4;
    case 'epoll':
      return 5 | (scale(file.watches.length) << 3);
    case 'other':
      return 6;
  }
}
