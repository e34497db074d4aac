// SPDX-License-Identifier: MIT
import { NONE } from '../ops/operation.js';
import { CODE } from '../ops/operations.js';
import type { Rules } from '../rules/rules.js';
import type { Entry } from './history.js';

/** Ops that make a sync_file in their first argument, of which the search keeps many. */
const MAKES = new Set<number>([CODE.export, CODE.merge, CODE.fence]);
/** Ops that tell of a sync_file only whether it is pending. */
const ASKS = new Set<number>([CODE.poll, CODE.close]);
/** Where an op names sync_files, by its code: places in its arguments. What is not here names none. */
const NAMES: Readonly<Record<number, readonly number[]>> = {
  [CODE.poll]: [0],
  [CODE.close]: [0],
  [CODE.info]: [0],
  [CODE.deadline]: [0],
  [CODE.dup]: [1],
  [CODE.merge]: [1, 2],
  [CODE.import]: [2],
  [CODE.submit]: [3],
  [CODE.commit]: [2, 3],
  [CODE.watch]: [2],
  [CODE.sync]: [0],
  [CODE.export]: [1],
  [CODE.unknown]: [0],
  [CODE.name]: [0],
};

/** A step or value from here on may be so far from others that a kernel takes what has signalled for later. */
const FAR = 2 ** 30;

/** The first op that moves a timeline far, or makes a fence far ahead. */
function firstFar(words: Int32Array, entries: readonly Entry[]): number {
  const far = entries.find(({ code, first }) => {
    if (code === CODE.inc) return (words[first + 1] as number) >>> 0 >= FAR;
    return code === CODE.fence && (words[first + 2] as number) >>> 0 >= FAR;
  });
  return far?.op ?? entries.length;
}

/**
 * The ops whose sync_file is only polled, imported and closed, as far as the trace goes. An import takes what is pending;
 * kernels that store what has signalled too (ClassesResv) notice a difference only between seqnos that are far apart. Of such a file nothing matters but what in
 * it is pending: an export that another thread interrupts for long may have seen any of hundreds of states, and most of
 * them come to the same.
 *
 * What is made in a variable is used after that, in the order of records, until the variable is closed or made again. An
 * op that names the variable while it is being made may mean either file; then the file is not looked into. Nor is any
 * where a process forks, since its child has the variable too.
 */
export function onlyPolled(rules: Rules, words: Int32Array, entries: readonly Entry[]): ReadonlySet<Entry> {
  const found = new Set<Entry>();
  if (entries.some(({ code }) => code === CODE.fork)) return found;
  const far = rules.importSkipsSignalled ? entries.length : firstFar(words, entries);
  /** Ops that look into a variable, the last first, and those of them that belong to what is made next. */
  const looks = new Map<number, Entry[]>();
  const listed = new Set<number>();
  for (const entry of entries.toReversed()) {
    const { code, first } = entry;
    const made = MAKES.has(code) ? (words[first] as number) : NONE;
    if (made !== NONE && !listed.has(made)) found.add(entry);
    listed.delete(made);
    if (code === CODE.close) listed.delete(words[first] as number);
    if (ASKS.has(code) || (code === CODE.import && entry.op < far)) continue;
    for (const place of NAMES[code] ?? []) {
      const variable = words[first + place] as number;
      listed.add(variable);
      const before = looks.get(variable);
      if (before === undefined) looks.set(variable, [entry]);
      else before.push(entry);
    }
  }
  for (const entry of found)
    for (const look of looks.get(words[entry.first] as number) ?? [])
      if (look.op < entry.op && look.returned >= entry.called) found.delete(entry);
  return found;
}
