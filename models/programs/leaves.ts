// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { makeCall } from '../ops/make-call.js';
import { NONE, VARIABLES_EACH, variable } from '../ops/operation.js';

/** One file of so many leaves, each of a timeline of its own. */
export interface Grown {
  readonly calls: readonly Call[];
  /** The variable of the file. */
  readonly file: number;
}

/**
 * Makes a file of `count` leaves: two files of one size become one of twice that, so that it takes no more merges than
 * leaves, of which few are long. `timelines` and `files` are variables to use; a file for each power of two and two more
 * are enough. With fewer timelines than leaves a variable is made again: what it was stays open, and its leaf pending,
 * until the program ends.
 */
export function grownFile(count: number, timelines: readonly number[], files: readonly number[]): Grown {
  const calls: Call[] = [];
  const sizes: { readonly file: number; readonly level: number }[] = [];
  const free = [...files];
  const take = (): number => {
    const file = free.pop();
    if (file === undefined) throw new RangeError(`${files.length} files are too few for ${count} leaves`);
    return file;
  };
  const join = (): void => {
    const [a, b] = [sizes.pop(), sizes.pop()];
    if (a === undefined || b === undefined) return;
    const file = take();
    calls.push(makeCall('merge', file, b.file, a.file), makeCall('close', a.file), makeCall('close', b.file));
    free.push(a.file, b.file);
    sizes.push({ file, level: b.level + 1 });
  };
  for (let n = 0; n < count; n++) {
    const file = take();
    const timeline = timelines[n % timelines.length] ?? NONE;
    calls.push(makeCall('timeline', timeline), makeCall('fence', file, timeline, 1));
    sizes.push({ file, level: 0 });
    while (sizes.length > 1 && sizes.at(-1)?.level === sizes.at(-2)?.level) join();
  }
  while (sizes.length > 1) join();
  return { calls, file: sizes[0]?.file ?? NONE };
}

/** Descriptors that a file of so many leaves takes, and then some: a limit for it. */
export const descriptorsFor = (count: number): number => count + 64;

/** The most leaves that one file of a program can have: what a guest keeps of descriptors, and tells of leaves. */
export const MOST_LEAVES = 16_000;

/** Ops that are done again and again, to be timed: where they are in the program. */
export interface Timed {
  readonly op: 'import' | 'export' | 'merge' | 'info';
  readonly from: number;
  readonly until: number;
  readonly rounds: number;
}

export interface LeavesProgram {
  readonly calls: readonly Call[];
  readonly timed: readonly Timed[];
}

const READ = 1;
const WRITE = 2;
/** Variables of timelines whose leaves are in the file; the last is that of a reader of the buffer. */
const OWN_TIMELINES = VARIABLES_EACH - 1;
/** Leaves that pass by in the rounds of one op, about: long enough for a clock that ticks every four milliseconds. */
const LEAVES_TIMED = 20_000;
const LEAST_ROUNDS = 4;

/** Rounds in which it can be told how long an op of so many leaves takes. */
const timedRounds = (count: number): number => Math.max(LEAST_ROUNDS, Math.ceil(LEAVES_TIMED / count));

/**
 * What is done with a file of `count` leaves: imported into a buffer that somebody reads, exported, merged with what comes
 * out, and its leaves listed.
 */
export function leavesProgram(count: number, rounds = timedRounds(count)): LeavesProgram {
  const [c, g, b] = [variable('c', 0), variable('g', 0), variable('b', 0)];
  const [exported, made] = [variable('s', 900), variable('s', 901)];
  const all = (letter: 't' | 's', some: number): number[] =>
    Array.from({ length: some }, (_, n) => variable(letter, n));
  const [reader, read] = [variable('t', OWN_TIMELINES), variable('s', 902)];
  const { calls: grown, file } = grownFile(count, all('t', OWN_TIMELINES), all('s', 32));
  const calls: Call[] = [
    makeCall('limit', descriptorsFor(count)),
    makeCall('card', c),
    makeCall('dumb', g, c),
    makeCall('prime', b, c, g),
    makeCall('timeline', reader),
    makeCall('fence', read, reader, 1),
    makeCall('import', b, READ, read),
    ...grown,
  ];
  const timed: Timed[] = [];
  const again = (op: Timed['op'], ...round: Call[]): void => {
    const from = calls.length;
    for (let n = 0; n < rounds; n++) calls.push(...round);
    timed.push({ op, from, until: calls.length, rounds });
  };
  again('import', makeCall('import', b, WRITE, file));
  again('export', makeCall('export', made, b, WRITE), makeCall('close', made));
  calls.push(makeCall('export', exported, b, WRITE));
  again('merge', makeCall('merge', made, file, exported), makeCall('close', made));
  again('info', makeCall('info', file, count));
  calls.push(
    makeCall('poll', b, 5),
    makeCall('inc', variable('t', 0), 1),
    makeCall('info', exported, count + 1),
  );
  return { calls, timed };
}
