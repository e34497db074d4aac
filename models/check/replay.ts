// SPDX-License-Identifier: MIT

import type { Result } from '../ops/call.js';
import { cloneWorld } from '../state/clone.js';
import { viewWorld } from '../state/view.js';
import type { World } from '../state/world.js';
import { printResult } from '../text/print.js';
import { argsOfCode, listsOfCode, outputsOfCode } from '../trace/fault.js';
import { decode, HEADER_WORDS } from '../trace/record.js';
import { distinct, runAll } from './hypotheses.js';
import { matches } from './matches.js';
import { approach } from './moment.js';
import { lackingErrors, lacksMemory, refused } from './no-memory.js';
import { findingOf } from './promise.js';
import { resultOf } from './step.js';
import type { Violation } from './verdict.js';

/** A checkpoint is taken when so many words were kept since the last one. */
const KEPT_WORDS = 1 << 18;

/**
 * The state before the op at hand. Worlds change in place, so that checking is fast; to tell what a world was like, the
 * records since the last checkpoint are done once more.
 */
export class Replay {
  #checkpoint: World[];
  #kept = new Int32Array(KEPT_WORDS);
  #used = 0;
  /** Where each kept record begins and when it ran: at, from, until. */
  #times: number[] = [];

  constructor(world: World) {
    this.#checkpoint = [cloneWorld(world)];
  }

  /** Before the op in the record is done. */
  note(
    words: Int32Array,
    at: number,
    length: number,
    from: number,
    until: number,
    worlds: readonly World[],
  ): void {
    if (this.#used + length > this.#kept.length) {
      this.#checkpoint = worlds.map((world) => cloneWorld(world));
      this.#used = 0;
      this.#times = [];
      if (length > this.#kept.length) this.#kept = new Int32Array(length);
    }
    const { length: n } = this.#times;
    this.#times[n] = this.#used;
    this.#times[n + 1] = from;
    this.#times[n + 2] = until;
    for (let i = 0; i < length; i++) this.#kept[this.#used + i] = words[at + i] as number;
    this.#used += length;
  }

  /** The last record that was noted is not allowed: everything there is to say about it. */
  violation(op: number, offset: number): Violation {
    const last = this.#times.length - 3;
    const before = this.#until(last);
    const at = this.#times[last] ?? 0;
    const got = decode(this.#kept, at);
    const views = before.map(viewWorld);
    const { call } = got;
    const allowed: Result[] = [];
    for (const world of before) {
      if (world.crashed) continue;
      approach(world, this.#kept[at] ?? 0, this.#times[last + 1] ?? 0, this.#times[last + 2] ?? 0);
      for (const after of runAll(world, call.op.code, this.#kept, at + HEADER_WORDS) ?? [])
        allowed.push(resultOf(call, after.answer));
      for (const ret of lackingErrors(world, call.op.code)) allowed.push({ ret, outputs: [], lists: [] });
    }
    const distinctResults = new Map(allowed.map((result) => [printResult(call.op, result), result]));
    const result = got.results[0] ?? { ret: 0, outputs: [], lists: [] };
    const finding = findingOf(call.op, result, allowed[0]);
    return {
      kind: 'violates',
      op,
      offset,
      got,
      allowed: [...distinctResults.values()],
      before: views,
      finding,
    };
  }

  /** The worlds after the kept records before `last`. */
  #until(last: number): World[] {
    let worlds = this.#checkpoint.map((world) => cloneWorld(world));
    for (let i = 0; i < last; i += 3) {
      const at = this.#times[i] ?? 0;
      const code = ((this.#kept[at] ?? 0) >> 16) & 0xff;
      const ret = at + HEADER_WORDS + argsOfCode(code);
      const next: World[] = [];
      for (const world of worlds) {
        approach(world, this.#kept[at] ?? 0, this.#times[i + 1] ?? 0, this.#times[i + 2] ?? 0);
        if (lacksMemory(world, code, this.#kept[ret] ?? 0))
          next.push(...refused(world, code, this.#kept, at + HEADER_WORDS));
        else
          for (const way of runAll(world, code, this.#kept, at + HEADER_WORDS) ?? [])
            if (matches(way.answer, this.#kept, ret, outputsOfCode(code), listsOfCode(code))) next.push(way);
      }
      worlds = next.length > 1 ? distinct(next) : next;
    }
    return worlds;
  }
}
