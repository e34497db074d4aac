// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isExpectedSkip } from '../drive/expected-skips.js';
import { runGuest } from '../drive/guest.js';
import { type RunListener, type RunOutcome, runPlan } from '../drive/run.js';
import { UntestableError } from '../errors.js';
import { run } from '../process/run.js';
import type { Progress } from '../progress/progress.js';
import type { RunRecord } from '../record/run-record.js';
import { RESULTS_FILE } from '../record/run-record.js';
import {
  fullName,
  type GuestRecord,
  isRed,
  OUTCOMES,
  type Outcome,
  type RunSummary,
} from '../result/result.js';
import { chooseAccelerator, hostIdentity } from '../vm/accelerator.js';
import { probeVirgl } from '../vm/display.js';
import { QEMU } from '../vm/machine.js';
import type { Accelerator } from '../vm/qemu-args.js';

export interface JudgeOrder {
  readonly record: RunRecord;
  /** The run's folder: holds the files `record.files` names, and gets everything else. */
  readonly folder: string;
  readonly accelerator: 'auto' | Accelerator;
  /** Skips of subtests that this guest should have been able to run count as red. */
  readonly strict: boolean;
  readonly cache: string;
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
  const runIn = (accelerator: Accelerator): Promise<RunOutcome> =>
    runPlan(
      {
        machine: { ...machine, accelerator },
        guestBinary,
        plan: record.plan,
        guests: record.guests,
        limitScale: record.limitScale,
        kmemleak: record.kmemleak,
        folder,
        patience: patience(record, accelerator),
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
  const summary = summarise(order, outcome, accelerator, startedAt, performance.now() - start);
  writeFileSync(join(folder, RESULTS_FILE), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** QEMU's last words without its name and the place in its sources. */
const shortReason = (words: string): string =>
  words
    .replace(/^qemu-system-\w+: /, '')
    .replace(/^\S+:\d+: /, '')
    .slice(0, 100);

export async function qemuVersion(): Promise<string> {
  const r = await run(QEMU, ['--version']);
  if (!r.ok)
    throw new UntestableError(`${QEMU} cannot be run`, {
      remedy: '"fencelab doctor" says what this machine lacks.',
    });
  return r.stdout.split('\n')[0] ?? '';
}

function summarise(
  order: JudgeOrder,
  outcome: RunOutcome,
  accelerator: Accelerator,
  startedAt: Date,
  milliseconds: number,
): RunSummary {
  const { record } = order;
  const counts = Object.fromEntries(OUTCOMES.map((o) => [o, 0])) as Record<Outcome, number>;
  for (const r of outcome.results) counts[r.outcome]++;
  const means = {
    gpu: record.machine.gpu,
    profile: record.target.profile,
    release: outcome.release ?? record.target.release,
  };
  const planned = new Map(record.plan.map((s) => [fullName(s), s]));
  const unplanned = outcome.results.filter(
    (r) => r.outcome === 'skip' && !isExpectedSkip(r, planned.get(`${r.program}@${r.subtest}`), means),
  );
  const red = outcome.results.filter(isRed);
  const splatsOutside = outcome.guests.some((g) => g.splats.length > 0);
  const qemuFailed = outcome.guests.find((g) => g.ended === 'qemu-failed');
  const untestable = outcome.untestable !== undefined || outcome.interrupted || qemuFailed !== undefined;
  const fails = red.length > 0 || splatsOutside || (order.strict && unplanned.length > 0);
  return {
    formatVersion: 1,
    target: {
      kernel: record.target.kernel,
      release: outcome.release ?? record.target.release,
      patch: record.target.patch,
      profile: record.target.profile,
      gpu: record.machine.gpu,
      accelerator,
    },
    startedAt: startedAt.toISOString(),
    milliseconds: Math.round(milliseconds),
    verdict: untestable ? 'untestable' : fails ? 'fails' : 'holds',
    reason: reasonFor(outcome, qemuFailed, order.strict ? unplanned.length : 0),
    counts,
    results: outcome.results,
    guests: outcome.guests,
  };
}

/** One line that explains a verdict better than a list of subtests would. */
function reasonFor(
  outcome: RunOutcome,
  qemuFailed: GuestRecord | undefined,
  unplannedSkips: number,
): string | undefined {
  if (outcome.untestable !== undefined) return `no guest booted: ${outcome.untestable.reason}`;
  if (outcome.interrupted) return 'interrupted';
  if (qemuFailed !== undefined) return `QEMU itself failed: ${shortReason(qemuFailed.reason ?? '')}`;
  const missing = outcome.results.filter((r) => r.program === 'interface' && r.outcome === 'fail');
  const lacks = ['EXPORT', 'IMPORT'].filter((name) =>
    missing.some((r) => r.failures.some((f) => f.text.includes(`has no DMA_BUF_IOCTL_${name}_SYNC_FILE`))),
  );
  if (lacks.length > 0)
    return `this kernel lacks the ioctl${lacks.length > 1 ? 's' : ''} ${lacks.map((n) => `DMA_BUF_IOCTL_${n}_SYNC_FILE`).join(' and ')}`;
  if (unplannedSkips > 0) return `${unplannedSkips} subtest(s) were skipped that should have run (--strict)`;
  return undefined;
}
