// SPDX-License-Identifier: MIT
import { makeCall } from '../ops/make-call.js';
import { variable } from '../ops/operation.js';
import { RaceTraffic, raceOpening } from '../traffic/race.js';
import { randomFrom } from '../traffic/random.js';
import type { CallOf } from '../traffic/record.js';
import { batchOf, PLAIN } from './batch.js';
import { TEMPLATES, type TemplateName } from './race-templates.js';
import type { Batch, Strategy, Tally } from './strategy.js';
import { looks, tidy } from './tidy.js';

/** So often a template is repeated in a batch: each time it meets elsewhere. */
const REPEATED = 50;
const RANDOM_EACH = 30;
const MOST_THREADS = 4;
const MOST_OPS = 8;

/**
 * Programs of two to four threads: the templates, each again and again with other pauses, and random ones. What it counts
 * as states are different programs: which schedules were met nobody knows beforehand.
 */
export class Race implements Strategy {
  readonly name = 'race';
  readonly #seed: number;
  readonly #random: (below: number) => number;
  #batches = 0;
  #programs = 0;
  #ops = 0;
  #randomOnes = 0;
  readonly #templates = new Set<TemplateName>();

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = randomFrom(seed);
  }

  next(): Batch {
    const number = this.#batches++;
    // Two of three batches are of templates
    const template =
      number % 3 === 2 ? undefined : TEMPLATES[(number - Math.floor(number / 3)) % TEMPLATES.length];
    const programs =
      template === undefined
        ? Array.from({ length: RANDOM_EACH }, () => this.#randomProgram())
        : Array.from({ length: REPEATED }, () => whole(template.calls));
    const name = `race-${this.#seed}-${number + 1}-${template?.name ?? 'random'}`;
    const pauses = 1 + this.#random(0x7ffffffe);
    const batch = batchOf(name, [makeCall('card', variable('c', 0))], programs, { ...PLAIN, pauses });
    this.#programs += programs.length;
    this.#ops += batch.script.events.length;
    if (template === undefined) this.#randomOnes += programs.length;
    else this.#templates.add(template.name);
    return batch;
  }

  #randomProgram(): CallOf[] {
    const random = this.#random;
    const threads = 2 + random(MOST_THREADS - 1);
    const values: number[] = [];
    const calls: CallOf[] = raceOpening().slice(1);
    for (let thread = 1; thread <= threads; thread++) {
      const traffic = new RaceTraffic(random(0x7fffffff), thread, values);
      const own: CallOf[] = [];
      while (own.length < MOST_OPS)
        // One that waits would wait for ever where nobody signals: a template has it
        own.push(...traffic.next().filter(({ op }) => op.name !== 'sync'));
      calls.push(...own.slice(0, 1 + random(MOST_OPS)).map((call) => ({ ...call, thread })));
    }
    return whole(calls);
  }

  heard(): void {}

  tally(): Tally {
    return { programs: this.#programs, ops: this.#ops, states: this.#randomOnes + this.#templates.size };
  }
}

/** With what is looked at and closed behind it. */
const whole = (calls: readonly CallOf[]): CallOf[] => [...calls, ...looks(calls), ...tidy(calls)];
