// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type RunListener, type RunOutcome, runPlan } from '../drive/run.js';
import { UntestableError } from '../errors.js';
import { symbolsIfAny } from '../kernel/symbols.js';
import { type Judged, ModelJudge } from '../model/judge.js';
import { forbidsDefects } from '../programs/no-defects.js';
import { programBytes } from '../programs/program.js';
import { parseProgram } from '../programs/read.js';
import type { Progress } from '../progress/progress.js';
import { shellWord } from '../progress/words.js';
import type { RunRecord } from '../record/run-record.js';
import { PROGRAM_SUITE, RESULTS_FILE } from '../record/run-record.js';
import type { RunSummary } from '../result/result.js';
import { probeVirgl } from '../vm/display.js';
import type { Accelerator } from '../vm/qemu-args.js';
import { QEMU } from '../vm/qemu-process.js';
import { accelerate, qemuVersion } from './accelerate.js';
import { patience } from './patience.js';
import { summarise } from './summarise.js';

export interface JudgeOrder {
  readonly record: RunRecord;
  /** The run's folder: holds the files `record.files` names, and gets everything else. */
  readonly folder: string;
  /** The same, as a person in the current folder would name it. */
  readonly shownFolder: string;
  readonly accelerator: 'auto' | Accelerator;
  /** Skips of subtests that this guest should have been able to run count as red. */
  readonly strict: boolean;
  readonly cache: string;
  /** Whoever wants to see every trace with its verdict. */
  readonly onJudged?: (name: string, judged: Judged) => void;
}

/**
 * From a built kernel and a built guest to a verdict: choose the accelerator, run the plan, add up.
 * The summary is also written to results.json in the run's folder.
 */
export async function judge(
  order: JudgeOrder,
  progress: Progress,
  listener: RunListener,
  signal: AbortSignal,
): Promise<RunSummary> {
  const { record, folder } = order;
  const startedAt = new Date();
  const start = performance.now();
  const qemu = await qemuVersion();
  if (record.machine.gpu === 'virgl') {
    const virgl = await probeVirgl(QEMU);
    if (!virgl.works)
      throw new UntestableError(`--gpu virgl does not work on this machine: ${virgl.why}`, {
        remedy: 'Install qemu-system-gui libegl1 libgl1-mesa-dri, or use --gpu 2d.',
      });
  }
  const machine = { ...record.machine, kernel: join(folder, record.files.kernel) };
  const guestBinary = readFileSync(join(folder, record.files.guest));
  const programs = programFiles(record, folder);
  const chosen = await accelerate(
    {
      machine,
      guestBinary,
      wanted: record.machine.icount === undefined ? order.accelerator : 'tcg',
      qemu,
      cache: order.cache,
      folder,
    },
    progress,
    signal,
  );
  progress.say(chosen.why);
  const model = new ModelJudge({
    again: (name) => `fencelab rerun ${shellWord(order.shownFolder)} --only ${shellWord(name)}`,
    keep: (file, text) => keepText(folder, file, text),
    noDefects: withNoDefects(record, folder),
    ...(order.onJudged === undefined ? {} : { onJudged: order.onJudged }),
  });
  const runIn = (accelerator: Accelerator): Promise<RunOutcome> =>
    runPlan(
      {
        machine: { ...machine, accelerator },
        guestBinary,
        code: () => symbolsIfAny(record.machine.pvh ? machine.kernel : undefined),
        plan: record.plan,
        programs,
        guests: record.guests,
        limitScale: record.limitScale,
        kmemleak: record.kmemleak,
        ...(record.cover === undefined ? {} : { cover: record.cover }),
        folder,
        patience: patience(record.target.profile, record.kmemleak, accelerator),
        judge: model,
      },
      listener,
      signal,
    );
  let accelerator = chosen.accelerator;
  let outcome = await runIn(accelerator);
  if (accelerator === 'kvm' && order.accelerator === 'auto' && outcome.untestable !== undefined) {
    // Either this kernel does not boot, or it is KVM that fails it: only emulation can tell them apart.
    progress.say('no guest booted in KVM: trying again with TCG');
    accelerator = 'tcg';
    outcome = await runIn(accelerator);
  }
  const summary = summarise(order, outcome, model.choice, accelerator, startedAt, performance.now() - start);
  writeFileSync(join(folder, RESULTS_FILE), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** The run's programs as the guest reads them, by the full names of their subtests. */
function programFiles(record: RunRecord, folder: string): ReadonlyMap<string, Uint8Array> {
  const files = (record.programs ?? []).map(({ name, file, ...mode }) => {
    const path = join(folder, file);
    const script = parseProgram(readFileSync(path, 'utf8'), path);
    return [`${PROGRAM_SUITE}@${name}`, programBytes(name, script, mode)] as const;
  });
  return new Map(files);
}

/** The programs in which known defects of the kernel are red. */
function withNoDefects(record: RunRecord, folder: string): ReadonlySet<string> {
  const texts = (record.programs ?? []).map(({ name, file }) => {
    const path = join(folder, file);
    return { name, forbids: forbidsDefects(readFileSync(path, 'utf8'), path) };
  });
  return new Set(texts.filter(({ forbids }) => forbids).map(({ name }) => `${PROGRAM_SUITE}@${name}`));
}

function keepText(folder: string, file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
