// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGuest } from '../drive/guest.js';
import { type RunListener, type RunOutcome, runPlan } from '../drive/run.js';
import { UntestableError } from '../errors.js';
import { type Judged, ModelJudge } from '../model/judge.js';
import { run } from '../process/run.js';
import { programBytes } from '../programs/program.js';
import { parseProgram } from '../programs/read.js';
import type { Progress } from '../progress/progress.js';
import { shellWord } from '../progress/words.js';
import type { RunRecord } from '../record/run-record.js';
import { PROGRAM_SUITE, RESULTS_FILE } from '../record/run-record.js';
import type { RunSummary } from '../result/result.js';
import { chooseAccelerator, hostIdentity } from '../vm/accelerator.js';
import { probeVirgl } from '../vm/display.js';
import { QEMU } from '../vm/machine.js';
import type { Accelerator } from '../vm/qemu-args.js';
import { shortReason, summarise } from './summarise.js';

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

/** How long guests may take, in ms. Emulation on a loaded machine is slow; a guest that is alive is never cut short by these. */
function patience(record: RunRecord, accelerator: Accelerator) {
  const slow = record.target.profile === 'fast' ? 1 : 4;
  return {
    boot: (accelerator === 'kvm' ? 20_000 : 45_000) * slow,
    grace: 15_000,
    idle: record.kmemleak ? LEAK_SCAN_MS : 30_000,
  };
}

/** The agent is silent while the kernel scans its memory for leaks: half a minute with KASAN under TCG, minutes on a busy machine. */
const LEAK_SCAN_MS = 600_000;

const KVM_PROBE_MS = 8000;

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
  const chosen = await chooseAccelerator({
    wanted: order.accelerator,
    memory: join(order.cache, 'answers', 'kvm.json'),
    host: hostIdentity(qemu),
    probe: async () => {
      const stage = progress.stage('Try KVM');
      stage.update('booting a guest in it');
      const outcome = await runGuest(
        {
          machine: { ...machine, accelerator: 'kvm', gpu: 'none' },
          guestBinary,
          job: { limitScale: 1, kmemleak: false, items: [] },
          limitSeconds: new Map(),
          folder: join(folder, 'kvm-probe'),
          patience: { boot: KVM_PROBE_MS, grace: KVM_PROBE_MS, idle: KVM_PROBE_MS },
        },
        {},
        signal,
      );
      if (outcome.bootMilliseconds !== undefined) {
        stage.end('a guest ran');
        return { works: true };
      }
      const hung = outcome.ended === 'no-boot';
      const why = hung
        ? `a guest did not boot in it within ${KVM_PROBE_MS / 1000} s`
        : `QEMU ended: ${shortReason(outcome.reason ?? '')}`;
      stage.end(`${why}; remembered`);
      return { works: false, why };
    },
  });
  progress.say(chosen.why);
  const model = new ModelJudge({
    again: (name) => `fencelab rerun ${shellWord(order.shownFolder)} --only ${shellWord(name)}`,
    keep: (file, text) => keepText(folder, file, text),
    ...(order.onJudged === undefined ? {} : { onJudged: order.onJudged }),
  });
  const runIn = (accelerator: Accelerator): Promise<RunOutcome> =>
    runPlan(
      {
        machine: { ...machine, accelerator },
        guestBinary,
        plan: record.plan,
        programs,
        guests: record.guests,
        limitScale: record.limitScale,
        kmemleak: record.kmemleak,
        folder,
        patience: patience(record, accelerator),
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

export async function qemuVersion(): Promise<string> {
  const r = await run(QEMU, ['--version']);
  if (!r.ok)
    throw new UntestableError(`${QEMU} cannot be run`, {
      remedy: '"fencelab doctor" says what this machine lacks.',
    });
  return r.stdout.split('\n')[0] ?? '';
}

/** The run's programs as the guest reads them, by the full names of their subtests. */
function programFiles(record: RunRecord, folder: string): ReadonlyMap<string, Uint8Array> {
  const files = (record.programs ?? []).map(({ name, file, careful, observe }) => {
    const path = join(folder, file);
    const script = parseProgram(readFileSync(path, 'utf8'), path);
    return [`${PROGRAM_SUITE}@${name}`, programBytes(name, script, { careful, observe })] as const;
  });
  return new Map(files);
}

function keepText(folder: string, file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
