// SPDX-License-Identifier: MIT
import { NONE } from '../ops/operation.js';
import { CODE } from '../ops/operations.js';
import { ClassesResv } from '../resv/classes.js';
import { cloneWorld } from '../state/clone.js';
import type { Context } from '../state/context.js';
import type { Device } from '../state/device.js';
import { fingerprint } from '../state/view.js';
import type { World } from '../state/world.js';
import { readyWatches } from '../step/epoll.js';
import { expire, mayExpire } from '../step/expiry.js';
import { lookedAt } from '../step/looked-at.js';
import { reach } from '../step/moving.js';
import { run } from '../step/run.js';
import { fenceOf } from '../step/sync-file.js';
import type { Words } from '../step/words.js';
import { argsOfCode } from '../trace/fault.js';

/** Fences whose timer is due in one op: each doubles the hypotheses. */
export const MAX_DUE = 6;
/** More than this and the checker gives up: undecided, with the reason. */
export const MAX_HYPOTHESES = 256;

/** Whether an op can go one way only, asked before each: no timer may run during it, nothing may be displaced. */
export function oneWay(world: World, code: number, words: Words, at: number): boolean {
  const first = world.expiring[0];
  if (first !== undefined && first.expiresFrom <= world.until) return false;
  if (world.moving.length > 0) return false;
  if (unaskedHost(world, code, words, at) !== undefined) return false;
  if (code === CODE.woken) return false;
  return code !== CODE.import || !mayDisplace(world, words, at);
}

/**
 * Every way an op can go in a world, before it is done. Almost always there is one, the world itself. There are more if
 * a timer of vgem may run during the op, or if the op may displace a fence: that depends on slots nobody can see, and on
 * whether the kernel has that defect.
 * Undefined: too many.
 */
export function alternatives(
  world: World,
  code: number,
  words: Words,
  at: number,
): readonly World[] | undefined {
  if (oneWay(world, code, words, at)) return [world];
  expire(world);
  const due = mayExpire(world);
  if (due.length > MAX_DUE) return undefined;
  const worlds: World[] = [world];
  for (let subset = 1; subset < 1 << due.length; subset++) {
    const copy = cloneWorld(world);
    for (const [bit, place] of due.entries())
      if ((subset & (1 << bit)) !== 0) (copy.expiring[place] as { position: number }).position = 1;
    worlds.push(copy);
  }
  const host = unaskedHost(world, code, words, at);
  if (host !== undefined)
    for (const one of [...worlds]) {
      const copy = cloneWorld(one);
      (copy.devices[host] as Device).renders = true;
      (one.devices[host] as Device).renders = false;
      worlds.push(copy);
    }
  if (world.moving.length > 0 && !moved(worlds, code, words, at)) return undefined;
  if (code === CODE.import && mayDisplace(world, words, at))
    for (const one of [...worlds]) {
      const copy = cloneWorld(one);
      copy.keepsDisplaced = true;
      worlds.push(copy);
    }
  return code === CODE.woken ? worlds.flatMap((one) => reporting(one, words[at] ?? -1)) : worlds;
}

/** epoll_wait(2) reports one of the items that are ready, or none if none has to be. */
function reporting(world: World, epoll: number): World[] {
  const { ready, certain } = readyWatches(world, epoll);
  const none = certain ? [] : [NONE];
  // A kernel that loses wakeups does so in its first way to go
  const places = world.rules.levelIsReported ? [...ready, ...none] : [...none, ...ready];
  return places.map((place, at) => {
    const one = at === 0 ? world : cloneWorld(world);
    one.reports = place;
    return one;
  });
}

/** See ClassesResv.mayDisplace(): only with seqnos that are far apart, on kernels that store signalled fences. */
function mayDisplace(world: World, words: Words, at: number): boolean {
  if (world.rules.importSkipsSignalled) return false;
  const file = world.file(words[at] ?? -1);
  const source = world.file(words[at + 2] ?? -1);
  if (file?.kind !== 'buffer' || source?.kind !== 'sync' || !(file.resv instanceof ClassesResv)) return false;
  const fence = fenceOf(source);
  const write = world.rules.importsAsWrite((words[at + 1] ?? 0) >>> 0);
  const { resv } = file;
  return (fence.members.length === 0 ? [fence] : fence.members).some((leaf) => resv.mayDisplace(leaf, write));
}

/** Does the op in every alternative: the worlds after it, each with its answer. Undefined: too many. */
export function runAll(world: World, code: number, words: Words, at: number): readonly World[] | undefined {
  const worlds = alternatives(world, code, words, at);
  for (const one of worlds ?? []) run(one, code, words, at);
  return worlds;
}

/**
 * One of each: hypotheses that grew together again. Of two that differ only in fences that nobody holds any more, the one
 * that knows less of them may do all that the other may.
 */
export function distinct(worlds: readonly World[]): World[] {
  const known = new Map<string, World>();
  for (const world of worlds) {
    const text = fingerprint(world);
    const twin = known.get(text);
    if (twin === undefined || progress(world) < progress(twin)) known.set(text, world);
  }
  return [...known.values()];
}

const progress = (world: World): number =>
  world.devices.reduce((sum, { commands, crtc }) => sum + commands.position + crtc.position, 0);

/** For each world, one more for each way in which the fences that the op looks at may have signalled by themselves. */
function moved(worlds: World[], code: number, words: Words, at: number): boolean {
  for (const one of [...worlds]) {
    let combinations: readonly (readonly number[])[] = [[]];
    for (const positions of lookedAt(one, code, words, at, argsOfCode(code)))
      combinations = combinations.flatMap((chosen) =>
        [0, ...positions].map((position) => [...chosen, position]),
      );
    if (combinations.length > 1 << MAX_DUE) return false;
    for (const chosen of combinations.slice(1)) {
      const copy = cloneWorld(one);
      const contexts = [...copy.moving];
      for (const [place, position] of chosen.entries()) reach(contexts[place] as Context, position);
      worlds.push(copy);
    }
  }
  return true;
}

/** The first op that depends on whether the host renders finds it out: the place of the device, if this is one. */
function unaskedHost(world: World, code: number, words: Words, at: number): number | undefined {
  if (code !== CODE.transfer && code !== CODE.submit) return undefined;
  const card = world.file(words[code === CODE.submit ? at + 1 : at] ?? -1);
  return card?.kind === 'card' && card.device.renders === undefined
    ? world.devices.indexOf(card.device)
    : undefined;
}
