// SPDX-License-Identifier: MIT
import { Checker } from '../check/checker.js';
import { PROFILES } from '../profiles/profiles.js';
import { prologue, Traffic } from './random.js';
import { nextCalls, Recorder } from './record.js';

/**
 * node dist/models/traffic/bench.js [OPS]: how many ops a second the checker takes, on one long trace of random traffic
 * for each kernel that has the two requests. The model of the kernel answers the traffic, piece by piece; only checking
 * is timed.
 */
const ops = Number(process.argv[2] ?? 1_000_000);
const PIECE = 20_000;
/** Checked before the clock runs: the first pieces are interpreted, not compiled. */
const WARM = 100_000;

for (const { name, rules } of PROFILES.filter((profile) => profile.rules.has.import)) {
  const [traffic, recorder, checker] = [new Traffic(42), new Recorder(rules), new Checker(rules)];
  let words = recorder.record(prologue());
  let micros = 0;
  let bytes = 0;
  let most = 0;
  let timed = 0;
  while (timed < ops) {
    const [before, done] = [performance.now(), checker.ops];
    const verdict = checker.push(words);
    if (done >= WARM) {
      micros += (performance.now() - before) * 1000;
      timed += checker.ops - done;
    }
    if (verdict !== undefined) throw new Error(`${name}: ${JSON.stringify(verdict)}`);
    bytes += words.byteLength;
    most = Math.max(most, process.memoryUsage().rss / 2 ** 20);
    words = recorder.record(nextCalls(traffic, PIECE));
  }
  const rate = Math.round((timed / micros) * 1e6).toLocaleString('en');
  const each = (bytes / checker.ops).toFixed(1);
  process.stdout.write(
    `${name.padEnd(18)} ${rate} ops/s  ${each} bytes/op  resident ${most.toFixed(0)} MB\n`,
  );
}
