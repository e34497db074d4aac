// SPDX-License-Identifier: MIT
// How the time of a request grows with the leaves of a sync file: in the guest, and of the model that judges it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuestRunner } from '../harness/explore/guest-runner.js';
import { RECORD_FILE, runRecord } from '../harness/record/run-record.js';
import {
  Checker,
  DEFAULT_SETTING,
  type LeavesProgram,
  leavesProgram,
  profileNamed,
} from '../models/index.js';

/** Microseconds that one op takes, by its name: in the guest, and of the model. */
export interface LeavesSpeed {
  readonly leaves: number;
  readonly guest: ReadonlyMap<string, number>;
  readonly model: ReadonlyMap<string, number>;
  /** Of making the file: all merges, fences and timelines. */
  readonly built: { readonly guest: number; readonly model: number };
}

/** Where each record of a trace begins, and where the last one ends. */
function recordsOf(words: Int32Array): number[] {
  const starts: number[] = [];
  let at = 0;
  for (; at < words.length; at += (words[at] ?? 0) & 0xffff || 1) starts.push(at);
  return [...starts, at];
}

/** Programs of so many leaves each on the kernel and guest of a finished run, `profile` being its rules. Throws if any does not hold. */
export async function leavesSpeed(
  folder: string,
  profile: string,
  counts: readonly number[],
): Promise<LeavesSpeed[]> {
  const record = runRecord.parse(JSON.parse(readFileSync(join(folder, RECORD_FILE), 'utf8')));
  const scratch = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  const runner = new GuestRunner({
    machine: { ...record.machine, kernel: join(folder, record.files.kernel), accelerator: 'tcg' },
    guestBinary: readFileSync(join(folder, record.files.guest)),
    patience: { boot: 60_000, grace: 60_000, idle: 30_000 },
    ...{ limitScale: 4, kmemleak: false, folder: scratch },
  });
  try {
    const programs = counts.map((count) => leavesProgram(count));
    const batches = programs.map(({ calls }, n) => ({
      name: `leaves-${counts[n]}`,
      script: { setting: DEFAULT_SETTING, events: calls.map((call) => ({ call, results: [] })) },
      starts: [0],
      mode: { careful: false, observe: false },
    }));
    const all = await runner.run(batches, new AbortController().signal);
    return all.map((ran, n) => {
      const { trace } = ran.outcome;
      if (ran.outcome.kind !== 'holds' || trace === undefined)
        throw new Error(`${ran.batch.name}: ${JSON.stringify([ran.result, ran.verdict])}`);
      return speedOf(counts[n] ?? 0, programs[n] as LeavesProgram, trace, profile);
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function speedOf(
  leaves: number,
  { timed, calls }: LeavesProgram,
  { words, setting }: { words: Int32Array; setting: ConstructorParameters<typeof Checker>[1] },
  profile: string,
): LeavesSpeed {
  const rules = profileNamed(profile)?.rules;
  if (rules === undefined) throw new Error(`there is no profile ${profile}`);
  const starts = recordsOf(words);
  if (starts.length !== calls.length + 1)
    throw new Error(`${starts.length - 1} records of ${calls.length} ops`);
  const checker = new Checker(rules, setting);
  /** The model's time for the ops from one to another, in us. */
  const judge = (from: number, until: number): number => {
    const began = performance.now();
    const verdict = checker.push(words.slice(starts[from], starts[until]));
    if (verdict !== undefined) throw new Error(JSON.stringify(verdict));
    return (performance.now() - began) * 1000;
  };
  const startOf = (op: number): number => (words[(starts[op] ?? 0) + 1] ?? 0) >>> 0;
  const [guest, model] = [new Map<string, number>(), new Map<string, number>()];
  let done = 0;
  const first = timed[0]?.from ?? 0;
  const built = { guest: startOf(first) - startOf(0), model: judge(0, first) };
  done = first;
  for (const { op, from, until, rounds } of timed) {
    judge(done, from);
    guest.set(op, (startOf(until) - startOf(from)) / rounds);
    model.set(op, judge(from, until) / rounds);
    done = until;
  }
  judge(done, calls.length);
  return { leaves, guest, model, built };
}
