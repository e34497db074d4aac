// SPDX-License-Identifier: MIT
import type { Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { decode } from '../trace/record.js';
import { Checker } from './checker.js';
import { readHistory } from './history.js';
import { afterOp, type Order } from './order.js';
import { type Picture, pictureOf } from './picture.js';

/** The states that a trace has gone through, where somebody wants to see them. */
export interface Film {
  /** By place in the order: the state after the op there; -1 is the beginning. */
  readonly pictures: ReadonlyMap<number, Picture>;
  /** How many states were possible at once, at most; the first of them is shown. */
  readonly possibilities: number;
}

const EMPTY: Picture = { fences: [], files: [], buffers: [] };

/** Goes through the ops of `order` and takes a picture after each place in `wanted`. */
export function filmOf(
  rules: Rules,
  words: Int32Array,
  setting: Setting,
  order: Order,
  wanted: ReadonlySet<number>,
): Film {
  const pictures = new Map<number, Picture>([[-1, EMPTY]]);
  let possibilities = 1;
  const look = (place: number, worlds: readonly World[]): void => {
    const [first] = worlds;
    if (first === undefined || !wanted.has(place)) return;
    possibilities = Math.max(possibilities, worlds.length);
    pictures.set(place, pictureOf(first));
  };
  const { entries } = readHistory(words);
  const last = Math.max(-1, ...wanted);
  if (order.sequential) {
    const checker = new Checker(rules, setting);
    for (const [place, op] of order.ops.entries()) {
      const at = entries[op]?.at ?? 0;
      const end = at + ((words[at] ?? 0) & 0xffff);
      if (place > last || checker.push(words.subarray(at, end)) !== undefined) break;
      look(place, checker.worlds);
    }
    return { pictures, possibilities };
  }
  let worlds: readonly World[] = [new World(rules, setting, false)];
  for (const [place, op] of order.ops.entries()) {
    if (place > last) break;
    worlds = afterOp(worlds, decode(words, entries[op]?.at ?? 0));
    look(place, worlds);
  }
  return { pictures, possibilities };
}
