// SPDX-License-Identifier: MIT
import { resultOf } from '../check/step.js';
import type { Call } from '../ops/call.js';
import { DEFAULT_SETTING, type Event, type Setting } from '../ops/event.js';
import { makeCall as call } from '../ops/make-call.js';
import { variable } from '../ops/operation.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { randomFrom } from './random.js';

/** Threads that share timelines and buffers, and the model of a kernel between them, run by a scheduler with a seed. */

const SHARED = { timelines: 3, buffers: 2 };
/** sync_files and fences of vgem that a thread has for itself. */
const OWN = { s: 4, f: 2 };

/** What the first thread opens before the others begin. */
export function raceOpening(): Call[] {
  const calls = [call('card', variable('c', 0), 0)];
  for (let n = 0; n < SHARED.buffers; n++) {
    calls.push(call('dumb', variable('g', n), variable('c', 0)));
    calls.push(call('prime', variable('b', n), variable('c', 0), variable('g', n)));
  }
  for (let n = 0; n < SHARED.timelines; n++) calls.push(call('timeline', variable('t', n), 0));
  return calls;
}

/** The calls of one thread, without an end. */
export class RaceTraffic {
  readonly #random: (below: number) => number;
  readonly #thread: number;
  readonly #values: number[];
  readonly #made = new Set<number>();

  /** `values`, shared by all threads: how far each timeline will have come. */
  constructor(seed: number, thread: number, values: number[]) {
    this.#random = randomFrom(seed * 31 + thread);
    this.#thread = thread;
    this.#values = values;
  }

  #own(letter: 's' | 'f'): number {
    return variable(letter, this.#thread * OWN[letter] + this.#random(OWN[letter]));
  }

  /** The next call, after a close() if its variable is in use. */
  next(): Call[] {
    const random = this.#random;
    const timeline = random(SHARED.timelines);
    const [t, b] = [variable('t', timeline), variable('b', random(SHARED.buffers))];
    const access = 1 + random(3);
    const value = this.#values[timeline] ?? 0;
    switch (random(12)) {
      case 0:
      case 1:
        return this.#makes(call('fence', this.#own('s'), t, value + random(3), 0));
      case 2: {
        const by = random(3);
        this.#values[timeline] = value + by;
        return [call('inc', t, by, 0)];
      }
      case 3:
      case 4:
        return [call('import', b, access, this.#own('s'), 0)];
      case 5:
        return this.#makes(call('export', this.#own('s'), b, access, 0));
      case 6:
        return this.#makes(call('merge', this.#own('s'), this.#own('s'), this.#own('s'), 0, 0));
      case 7:
        return [call('info', this.#own('s'), random(2) * 8, 0, 0)];
      case 8:
        return [call('poll', b, [1, 4, 5][random(3)] ?? 1, 0)];
      case 9:
        return [call('poll', this.#own('s'), 1, 0)];
      case 10:
        return [call('sync', b, access, 0)];
      default: {
        const card = variable('c', 0);
        return random(2) === 0
          ? [call('signal', card, this.#own('f'), 0)]
          : [call('attach', this.#own('f'), card, variable('g', random(SHARED.buffers)), random(2), 0)];
      }
    }
  }

  #makes(made: Call): Call[] {
    const at = made.args[0] ?? -1;
    const calls = this.#made.has(at) ? [call('close', at), made] : [made];
    this.#made.add(at);
    return calls;
  }
}

interface Running {
  readonly event: Omit<Event, 'results'>;
  result: Event['results'][number] | undefined;
}

/** A trace with times and without counts, as of a clock that is good enough: see raceEventsCounted(). */
export const raceEvents = (...race: Parameters<typeof raceEventsCounted>): Event[] =>
  raceEventsCounted(...race).map(({ before, ...event }) => event);

/**
 * A trace of `ops` ops of `threads` threads on a kernel with these rules, each op at one moment of its interval. Each says
 * how many had ended when it began, as a guest does.
 */
export function raceEventsCounted(
  rules: Rules,
  seed: number,
  threads: number,
  ops: number,
  setting: Setting = DEFAULT_SETTING,
): Event[] {
  const random = randomFrom(seed);
  const world = new World(rules, setting);
  const events: Event[] = [];
  const does = ({ op, args }: Call) => {
    run(world, op.code, args, 0);
    return resultOf({ op, args }, world.answer);
  };
  let clock = 1;
  for (const opening of raceOpening())
    events.push({
      call: opening,
      results: [does(opening)],
      start: clock++,
      took: 0,
      before: events.length,
    });
  clock += 10;
  const values: number[] = [];
  const traffic = Array.from({ length: threads }, (_, n) => new RaceTraffic(seed, n, values));
  const queues: Call[][] = traffic.map(() => []);
  const running: (Running | undefined)[] = [];
  // What is running at the end comes to its end: every op has its record
  while (events.length < ops || running.some((now) => now !== undefined)) {
    const thread = random(threads);
    clock += random(3);
    world.from = clock;
    world.until = clock;
    const now = running[thread];
    if (now === undefined) {
      if (events.length >= ops) continue;
      const queue = queues[thread] as Call[];
      if (queue.length === 0) queue.push(...(traffic[thread] as RaceTraffic).next());
      running[thread] = {
        event: {
          call: queue.shift() as Call,
          start: clock,
          before: events.length,
          ...(thread === 0 ? {} : { thread }),
        },
        result: undefined,
      };
    } else if (now.result === undefined) now.result = does(now.event.call);
    else {
      events.push({ ...now.event, results: [now.result], took: clock - (now.event.start ?? 0) });
      running[thread] = undefined;
      // A thread that calls again at once would overlap with itself
      clock++;
    }
    if (world.crashed) break;
  }
  return events;
}
