// SPDX-License-Identifier: MIT
import { Checker } from '../check/checker.js';
import type { Profile } from '../profiles/profile.js';
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
