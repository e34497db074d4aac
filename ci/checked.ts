// SPDX-License-Identifier: MIT
// Executor and checker together: random ops as programs of data on a real guest, each result judged by the model.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPlan } from '../harness/drive/run.js';
import { ModelJudge } from '../harness/model/judge.js';
import { limitSeconds, programBytes } from '../harness/programs/program.js';
import { PROGRAM_SUITE, RECORD_FILE, runRecord } from '../harness/record/run-record.js';
import { fullName, type PlannedSubtest } from '../harness/result/result.js';
import { type Call, DEFAULT_SETTING, PROFILES, type Profile, type Script } from '../models/index.js';
import { decode } from '../models/trace/record.js';
import { randomCalls, recordCalls } from '../models/traffic/record.js';

/** The recorder keeps 16 MiB of a subtest: so many ops are well below that. */
const OPS_EACH = 100_000;
const PROGRAMS = 8;
const EINTR = 4;

function kernel(): Profile {
  const found = PROFILES.find(({ name }) => name === 'linux-5.10+series');
  if (found === undefined) throw new Error('there is no profile linux-5.10+series');
  return found;
}

export interface CheckedSpeed {
  /** Ops judged a second, from the first subtest's start to the last verdict. */
  readonly opsPerSecond: number;
  /** Of that time, what the checker took: from 0 to 1. */
  readonly checkerShare: number;
  readonly ops: number;
}

/** Judges as `fencelab check` does, and notes how long it took and when it was done. */
class TimedJudge extends ModelJudge {
  took = 0;
  last = 0;

  override judge(...given: Parameters<ModelJudge['judge']>): ReturnType<ModelJudge['judge']> {
    const before = performance.now();
    const verdict = super.judge(...given);
    this.last = performance.now();
    this.took += this.last - before;
    return verdict;
  }
}

/** Run random programs on the kernel and guest of a finished run, in one guest. Throws if any op is not as the model says. */
export async function checkedSpeed(folder: string): Promise<CheckedSpeed> {
  const record = runRecord.parse(JSON.parse(readFileSync(join(folder, RECORD_FILE), 'utf8')));
  const scripts = Array.from({ length: PROGRAMS }, (_, n) => randomScript(n + 1));
  const plan = scripts.map(planned);
  const programs = new Map(
    scripts.map((script, n) => {
      const name = plan[n]?.subtest ?? '';
      return [
        `${PROGRAM_SUITE}@${name}`,
        programBytes(name, script, { careful: false, observe: false }),
      ] as const;
    }),
  );
  const scratch = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  const judge = new TimedJudge({ again: () => '', keep: () => undefined });
  let began = 0;
  try {
    const { results, untestable } = await runPlan(
      {
        machine: { ...record.machine, kernel: join(folder, record.files.kernel), accelerator: 'tcg' },
        guestBinary: readFileSync(join(folder, record.files.guest)),
        plan,
        programs,
        guests: 1,
        limitScale: 1,
        kmemleak: false,
        folder: scratch,
        patience: { boot: 60_000, grace: 30_000, idle: 30_000 },
        judge,
      },
      {
        onSubtestStart: () => {
          if (began === 0) began = performance.now();
        },
      },
      new AbortController().signal,
    );
    if (untestable !== undefined)
      throw new Error(`no guest booted: ${untestable.reason}\n${untestable.detail}`);
    let ops = 0;
    for (const { model, outcome, failures, ...result } of results) {
      if (outcome !== 'pass' || model?.kind !== 'holds')
        throw new Error(`${fullName(result)}: ${outcome} ${JSON.stringify({ failures, model })}`);
      ops += model.ops;
    }
    const wall = judge.last - began;
    return { opsPerSecond: (ops / wall) * 1000, checkerShare: judge.took / wall, ops };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Random ops, but for those that would wait for a fence that nobody signals: the executor lets such a one sleep for 20 ms
 * before it interrupts it, so that a few in a hundred would be all that is measured. The model knows which they are.
 */
function randomScript(seed: number): Script {
  const all = randomCalls(seed, OPS_EACH);
  const words = recordCalls(kernel().rules, all);
  const calls: Call[] = [];
  let at = 0;
  for (const call of all) {
    const [result] = decode(words, at).results;
    at += (words[at] ?? 0) & 0xffff;
    if (result?.ret !== -EINTR) calls.push(call);
  }
  return { events: calls.map((call) => ({ call, results: [] })), setting: DEFAULT_SETTING };
}

const planned = (script: Script, n: number): PlannedSubtest => ({
  program: PROGRAM_SUITE,
  subtest: `random-${n}`,
  flags: [],
  limitSeconds: limitSeconds(script) + 600,
  promises: [],
  purpose: 'Random ops.',
});
