// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING } from '../ops/event.js';
import type { CallOf } from '../traffic/record.js';
import type { Batch, ProgramMode } from './strategy.js';

export const PLAIN: ProgramMode = { careful: false, observe: false };

/** Programs one after the other, behind what prepares for all of them. */
export function batchOf(
  name: string,
  opening: readonly CallOf[],
  programs: readonly (readonly CallOf[])[],
  mode: ProgramMode = PLAIN,
): Batch {
  const calls: CallOf[] = [...opening];
  const starts = programs.map((program) => {
    const start = calls.length;
    for (const call of program) calls.push(call);
    return start;
  });
  const events = calls.map(({ thread, ...call }) => ({
    call,
    results: [],
    ...(thread === undefined || thread === 0 ? {} : { thread }),
  }));
  return { name, script: { setting: DEFAULT_SETTING, events }, starts, mode };
}
