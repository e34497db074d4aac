// SPDX-License-Identifier: MIT
import type { Batch } from '../../models/index.js';
import { scriptOp } from './place.js';
import type { Ran } from './runner.js';

/**
 * The programs of a batch behind number `program`, with what prepares for all of them; undefined if there are none. What
 * the model says of them without those before is the same, since each closes what it opened.
 */
export function remainder(batch: Batch, program: number): Batch | undefined {
  const { starts, script, name } = batch;
  const [first = 0] = starts;
  const from = starts[program + 1];
  if (from === undefined) return undefined;
  const events = [...script.events.slice(0, first), ...script.events.slice(from)];
  return {
    ...batch,
    name: nextName(name),
    script: { ...script, events },
    starts: starts.slice(program + 1).map((start) => start - from + first),
  };
}

/** "random-7", "random-7+2", "random-7+3" … */
function nextName(name: string): string {
  const numbered = /^(.*)\+(\d+)$/.exec(name);
  return numbered === null ? `${name}+2` : `${numbered[1]}+${Number(numbered[2]) + 1}`;
}

/** The program that an op of the script belongs to; -1 for what prepares for all. */
export function programAt(starts: readonly number[], op: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= op) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The program of a batch in which the first op is that does not hold; undefined if there is no trace. */
export function programOf({ batch, outcome, verdict }: Ran): number | undefined {
  if (outcome.trace === undefined || verdict === undefined || verdict.kind === 'holds') return undefined;
  return programAt(batch.starts, scriptOp(batch.script, outcome.trace.words, verdict.op));
}
