// SPDX-License-Identifier: MIT
import type { Choice } from '../../models/index.js';
import { isExpectedSkip } from '../drive/expected-skips.js';
import type { RunOutcome } from '../drive/run.js';
import type { RunRecord } from '../record/run-record.js';
import {
  fullName,
  type GuestRecord,
  isRed,
  isUndecided,
  type ModelSummary,
  OUTCOMES,
  type Outcome,
  type RunSummary,
  type SubtestResult,
} from '../result/result.js';
import type { Accelerator } from '../vm/qemu-args.js';

/** Adds up what came of a run to a verdict. */
export function summarise(
  order: { readonly record: RunRecord; readonly strict: boolean },
  outcome: RunOutcome,
  choice: Choice | undefined,
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
    cpus: record.machine.cpus,
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
  const open = outcome.results.filter(isUndecided).length;
  const holes = unplanned.length + open > 0;
  const fails = red.length > 0 || splatsOutside || (order.strict && holes);
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
    reason: reasonFor(outcome, qemuFailed, order.strict ? unplanned.length : 0, order.strict ? open : 0),
    counts,
    model: choice === undefined ? undefined : modelSummary(choice, outcome.results),
    results: outcome.results,
    guests: outcome.guests,
  };
}

function modelSummary({ profile, doubts }: Choice, results: readonly SubtestResult[]): ModelSummary {
  const verdicts = results.flatMap(({ model }) => (model === undefined ? [] : [model]));
  return {
    profile: profile.name,
    doubts,
    traces: verdicts.length,
    ops: verdicts.reduce((sum, { ops }) => sum + ops, 0),
    violates: verdicts.filter(({ kind }) => kind === 'violates').length,
    undecided: results.filter(isUndecided).length,
  };
}

/** QEMU's last words without its name and the place in its sources. */
export const shortReason = (words: string): string =>
  words
    .replace(/^qemu-system-\w+: /, '')
    .replace(/^\S+:\d+: /, '')
    .slice(0, 100);

/** One line that explains a verdict better than a list of subtests would. */
function reasonFor(
  outcome: RunOutcome,
  qemuFailed: GuestRecord | undefined,
  unplannedSkips: number,
  undecided: number,
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
  if (undecided > 0) return `the model could not decide ${undecided} subtest(s) (--strict)`;
  return undefined;
}
