// SPDX-License-Identifier: MIT
import { Checker } from '../check/checker.js';
import { checkTrace } from '../check/trace.js';
import type { Profile } from '../profiles/profile.js';
import { encodeAll } from '../trace/record.js';
import { raceEventsCounted, raceOpening } from './race.js';
import { prologue, Traffic } from './random.js';
import { nextCalls, Recorder } from './record.js';

/** How fast the checker is on one long trace of random traffic. */
export interface CheckerSpeed {
  readonly opsPerSecond: number;
  readonly bytesPerOp: number;
  /** The most this process had resident while it checked, in MiB. */
  readonly residentMiB: number;
}

const PIECE = 20_000;
/** Checked before the clock runs: the first pieces are interpreted, not compiled. */
const WARM = 100_000;

/**
 * Check `ops` ops as a kernel of the profile would have answered them. The model of the kernel makes the trace piece by
 * piece; only checking is timed.
 */
export function checkerSpeed({ name, rules }: Profile, ops: number): CheckerSpeed {
  const [traffic, recorder, checker] = [new Traffic(42), new Recorder(rules), new Checker(rules)];
  let words = recorder.record(prologue());
  let [milliseconds, bytes, residentMiB, timed] = [0, 0, 0, 0];
  while (timed < ops) {
    const [before, done] = [performance.now(), checker.ops];
    const verdict = checker.push(words);
    if (done >= WARM) {
      milliseconds += performance.now() - before;
      timed += checker.ops - done;
    }
    if (verdict !== undefined) throw new Error(`${name}: ${JSON.stringify(verdict)}`);
    bytes += words.byteLength;
    residentMiB = Math.max(residentMiB, process.memoryUsage().rss / 2 ** 20);
    words = recorder.record(nextCalls(traffic, PIECE));
  }
  return { opsPerSecond: (timed / milliseconds) * 1000, bytesPerOp: bytes / checker.ops, residentMiB };
}

const HISTORIES = 300;
const ROUNDS = 4;

/**
 * Histories of so many threads with so many ops each that are judged in a second, on one core: ops of all threads overlap
 * as it happens, and each trace is read from its beginning, which opens what the threads share.
 */
export function racesSpeed({ name, rules }: Profile, threads: number, ops: number): number {
  const histories = Array.from({ length: HISTORIES }, (_, seed) =>
    encodeAll(raceEventsCounted(rules, seed + 1, threads, OPENING + threads * ops)),
  );
  const judge = (some: readonly Int32Array[]): void => {
    for (const words of some) {
      const verdict = checkTrace(rules, words);
      if (verdict.kind !== 'holds') throw new Error(`${name}: ${JSON.stringify(verdict)}`);
    }
  };
  judge(histories.slice(0, HISTORIES / 4));
  // Time of the processor, and the best of some: others may be at work
  const microseconds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    judge(histories);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return (HISTORIES / Math.min(...microseconds)) * 1e6;
}

/** Ops of raceOpening(). */
const OPENING = raceOpening().length;
