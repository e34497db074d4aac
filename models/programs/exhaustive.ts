// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING, type Event } from '../ops/event.js';
import type { Rules } from '../rules/rules.js';
import { SmallPrograms } from './exhaustive-programs.js';
import { CARD, does } from './exhaustive-scope.js';
import { MOST } from './exhaustive-touches.js';
import type { Batch, ProgramMode, Strategy, Tally } from './strategy.js';

/** Programs of one batch: some 60 000 ops and 3 MiB of trace, of 16 that the guest has. */
const PROGRAMS_EACH = 3000;
/** Programs of up to so many ops are tried in every order of ops that commute, longer ones in one. */
const EVERY_ORDER = 4;
/** Up to this depth counting them takes a second or two. */
const COUNTED_DEPTH = 5;
const MODE: ProgramMode = { careful: false, observe: false };

/**
 * Every program of up to `depth` ops on two buffers, three timelines and fences of vgem, up to renaming, shorter ones
 * first. What is left out, why that is sound and what it risks is in models/README.md, "Every small program".
 */
export class Exhaustive implements Strategy {
  readonly name: string;
  readonly total?: number;
  readonly #programs: SmallPrograms;
  #batches = 0;
  #given = 0;
  #ops = 0;
  #done = false;

  /**
   * `everyOrder`: up to this length, programs that differ only in the order of ops that commute are all tried. `total` is
   * known if that is so for all of them. Throws RangeError for a depth that is not from 1 to 8.
   */
  constructor(rules: Rules, depth: number, everyOrder = EVERY_ORDER) {
    if (!Number.isInteger(depth) || depth < 1 || depth > MOST)
      throw new RangeError(`a depth of ${depth}: it is the number of ops of a program, from 1 to ${MOST}`);
    this.name = `exhaustive-${depth}`;
    this.#programs = new SmallPrograms(rules, depth, everyOrder);
    if (depth <= Math.min(everyOrder, COUNTED_DEPTH)) this.total = this.#programs.count();
  }

  next(): Batch | undefined {
    if (this.#done) return undefined;
    const events: Event[] = [does('card', CARD)];
    const starts: number[] = [];
    while (starts.length < PROGRAMS_EACH) {
      const program = this.#programs.next();
      if (program === undefined) {
        this.#done = true;
        break;
      }
      starts.push(events.length);
      program.path.write(events, program.idle, program.first);
    }
    if (starts.length === 0) return undefined;
    this.#given += starts.length;
    this.#ops += events.length;
    const name = `${this.name}.${this.#batches++}`;
    return { name, script: { setting: DEFAULT_SETTING, events }, starts, mode: MODE };
  }

  /** What comes of a program changes nothing: all are tried. */
  heard(): void {}

  tally(): Tally {
    return { programs: this.#given, ops: this.#ops, states: this.#programs.states };
  }
}
