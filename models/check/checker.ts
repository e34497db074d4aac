// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING, type Setting } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { argsOfCode, listsOfCode, outputsOfCode, recordFault } from '../trace/fault.js';
import { HEADER_WORDS, UNKNOWN } from '../trace/record.js';
import { distinct, MAX_HYPOTHESES, oneWay, runAll } from './hypotheses.js';
import { matches } from './matches.js';
import { approach, type Moment, momentOf } from './moment.js';
import { lacksMemory, refused } from './no-memory.js';
import { Replay } from './replay.js';
import type { Verdict } from './verdict.js';

const OVERLAP = 'calls of several threads overlap: this is for checkTrace()';

/**
 * Feeds a trace to the model, op by op, in pieces of any size that end between records. Keeps one world for each
 * hypothesis, nearly always one, and the records since the last checkpoint; no more, however long the trace is.
 */
export class Checker {
  #worlds: World[];
  readonly #replay: Replay;
  #ops = 0;
  /** Words of the pieces before this one. */
  #offset = 0;
  /** Virtual time of traces without times, and the start of the last op: records come in order of it (us). */
  #clock = 0;
  /** The thread of the last op, when the last op to end did, and whether the trace has times at all. */
  #who = 0;
  #end = 0;
  #timed = false;
  readonly #moment: Moment = { from: 0, until: 0 };
  #verdict: Verdict | undefined;

  constructor(rules: Rules, setting: Setting = DEFAULT_SETTING) {
    const world = new World(rules, setting);
    this.#worlds = [world];
    this.#replay = new Replay(world);
  }

  /** Ops that were found to hold. */
  get ops(): number {
    return this.#ops;
  }

  /** The states that are possible now. They change with the next record. */
  get worlds(): readonly World[] {
    return this.#worlds;
  }

  /** Checks the records in `words`. A verdict if the trace ends here for the model, undefined to go on. */
  push(words: Int32Array, end = words.length): Verdict | undefined {
    let at = 0;
    while (at < end && this.#verdict === undefined) {
      const fault = recordFault(words, at, end);
      if (fault === undefined) at = this.#record(words, at);
      else this.#undecided(at, fault);
    }
    this.#offset += end;
    return this.#verdict;
  }

  /** The trace is over. */
  end(): Verdict {
    this.#verdict ??= { kind: 'holds', ops: this.#ops };
    return this.#verdict;
  }

  #undecided(at: number, reason: string): void {
    this.#verdict = { kind: 'undecided', op: this.#ops, offset: this.#offset + at, reason };
  }

  #tooEarly(start: number): string | undefined {
    if (start === 0 || start >= this.#clock) return undefined;
    return `reordered: the op starts at ${start} us, after one of ${this.#clock} us`;
  }

  /** Here every op has ended before the next begins. */
  #miscounted(ended: number): string | undefined {
    if (ended === this.#ops) return undefined;
    if (ended < this.#ops) return OVERLAP;
    return `reordered: the op starts when ${ended} had ended, and it is number ${this.#ops}`;
  }

  #record(words: Int32Array, at: number): number {
    const header = words[at] as number;
    const code = (header >> 16) & 0xff;
    const start = (words[at + 1] as number) >>> 0;
    const first = at + HEADER_WORDS;
    const ended = words[at + 3] as number;
    const fault = ended === UNKNOWN ? this.#tooEarly(start) : this.#miscounted(ended);
    if (fault !== undefined) {
      this.#undecided(at, fault);
      return at;
    }
    const moment = this.#moment;
    moment.from = Math.max(start, this.#clock);
    momentOf(words, at, first, first + argsOfCode(code), moment);
    const { from, until } = moment;
    const who = header >>> 24;
    if (ended === UNKNOWN && who !== this.#who && this.#timed && start <= this.#end) {
      this.#undecided(at, OVERLAP);
      return at;
    }
    this.#who = who;
    this.#timed ||= start !== 0;
    this.#end = Math.max(this.#end, until);
    // Without times only `wait` takes time
    this.#clock = start === 0 ? until : Math.max(start, this.#clock);
    this.#replay.note(words, at, header & 0xffff, from, until, this.#worlds);
    const only = this.#worlds[0] as World;
    if (!approach(only, header, from, until)) {
      this.#undecided(at, `there is no process ${header >>> 28}: it was not forked, or has ended`);
      return at;
    }
    const lacks = lacksMemory(only, code, words[first + argsOfCode(code)] as number);
    if (!lacks && this.#worlds.length === 1 && oneWay(only, code, words, first)) {
      if (this.#goes(only, code, words, first, at)) this.#ops++;
    } else this.#fork(code, words, first, at, moment);
    return at + (header & 0xffff);
  }

  /** The plain case: one world, one way to go. */
  #goes(world: World, code: number, words: Int32Array, first: number, at: number): boolean {
    const ret = first + argsOfCode(code);
    if (world.crashed) return this.#violates(at);
    run(world, code, words, first);
    if (!matches(world.answer, words, ret, outputsOfCode(code), listsOfCode(code))) return this.#violates(at);
    if (world.beyond !== undefined) this.#undecided(at, world.beyond);
    return world.beyond === undefined;
  }

  #fork(code: number, words: Int32Array, first: number, at: number, { from, until }: Moment): void {
    const ret = first + argsOfCode(code);
    const next: World[] = [];
    for (const world of this.#worlds) {
      if (world.crashed || !approach(world, words[at] as number, from, until)) continue;
      if (lacksMemory(world, code, words[ret] as number)) {
        next.push(...refused(world, code, words, first));
        continue;
      }
      const ways = runAll(world, code, words, first);
      if (ways === undefined) {
        this.#undecided(at, 'too many timers of vgem are due at once');
        return;
      }
      for (const way of ways)
        if (matches(way.answer, words, ret, outputsOfCode(code), listsOfCode(code))) next.push(way);
    }
    if (next.length === 0) {
      this.#violates(at);
      return;
    }
    this.#worlds = next.length === 1 ? next : distinct(next);
    const beyond = next.find((world) => world.beyond !== undefined)?.beyond;
    if (beyond !== undefined) this.#undecided(at, beyond);
    else if (this.#worlds.length > MAX_HYPOTHESES) this.#undecided(at, 'too many states are possible');
    else this.#ops++;
  }

  #violates(at: number): false {
    this.#verdict = this.#replay.violation(this.#ops, this.#offset + at);
    return false;
  }
}

/** A whole trace. */
export function check(rules: Rules, words: Int32Array, setting: Setting = DEFAULT_SETTING): Verdict {
  const checker = new Checker(rules, setting);
  return checker.push(words) ?? checker.end();
}
