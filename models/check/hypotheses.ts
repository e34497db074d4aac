// SPDX-License-Identifier: MIT
import { CODE } from '../ops/operations.js';
import { ClassesResv } from '../resv/classes.js';
import { cloneWorld } from '../state/clone.js';
import { fingerprint } from '../state/view.js';
import type { World } from '../state/world.js';
import { mayExpire } from '../step/expiry.js';
import { run } from '../step/run.js';
import { fenceOf } from '../step/sync-file.js';
import type { Words } from '../step/words.js';

/** Fences whose timer is due in one op: each doubles the hypotheses. */
export const MAX_DUE = 6;
/** More than this and the checker gives up: undecided, with the reason. */
export const MAX_HYPOTHESES = 256;

/** Whether an op can go one way only, asked before each: no timer may run during it, nothing is displaced perhaps. */
export function oneWay(world: World, code: number, words: Words, at: number): boolean {
  const first = world.expiring[0];
  if (first !== undefined && first.expiresFrom <= world.until) return false;
  return code !== CODE.import || !perhapsDisplaces(world, words, at);
}

/**
 * Every way an op can go in a world, before it is done. Almost always there is one, the world itself. There are more if
 * a timer of vgem may run during the op, or if the op displaces a fence or not, depending on slots nobody can see.
 * Undefined: too many.
 */
export function alternatives(
  world: World,
  code: number,
  words: Words,
  at: number,
): readonly World[] | undefined {
  if (oneWay(world, code, words, at)) return [world];
  const due = mayExpire(world);
  if (due.length > MAX_DUE) return undefined;
  const worlds: World[] = [world];
  for (let subset = 1; subset < 1 << due.length; subset++) {
    const copy = cloneWorld(world);
    for (const [bit, place] of due.entries())
      if ((subset & (1 << bit)) !== 0) (copy.expiring[place] as { position: number }).position = 1;
    worlds.push(copy);
  }
  if (code === CODE.import && perhapsDisplaces(world, words, at))
    for (const one of [...worlds]) {
      const copy = cloneWorld(one);
      copy.keepsDisplaced = true;
      worlds.push(copy);
    }
  return worlds;
}

/** See ClassesResv.displaced(): only with seqnos that are far apart, on kernels that store signalled fences. */
function perhapsDisplaces(world: World, words: Words, at: number): boolean {
  if (world.rules.importSkipsSignalled) return false;
  const file = world.file(words[at] ?? -1);
  const source = world.file(words[at + 2] ?? -1);
  if (file?.kind !== 'buffer' || source?.kind !== 'sync' || !(file.resv instanceof ClassesResv)) return false;
  const fence = fenceOf(source);
  const write = world.rules.importsAsWrite((words[at + 1] ?? 0) >>> 0);
  const { resv } = file;
  return (fence.members.length === 0 ? [fence] : fence.members).some(
    (leaf) => resv.displaced(leaf, write) === 'perhaps',
  );
}

/** Does the op in every alternative: the worlds after it, each with its answer. Undefined: too many. */
export function runAll(world: World, code: number, words: Words, at: number): readonly World[] | undefined {
  const worlds = alternatives(world, code, words, at);
  for (const one of worlds ?? []) run(one, code, words, at);
  return worlds;
}

/** One of each: hypotheses that grew together again. */
export function distinct(worlds: readonly World[]): World[] {
  const known = new Map<string, World>();
  for (const world of worlds) known.set(fingerprint(world), world);
  return [...known.values()];
}
