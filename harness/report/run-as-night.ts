// SPDX-License-Identifier: MIT
import type { Judged, Night, NightCell, NightTest } from '../result/night.js';
import { fullName, isRed, type RunSummary, type SubtestResult } from '../result/result.js';
import { reasons } from './lines.js';
import { failsBecause } from './summary.js';

/** A single run as a night of one cell, for the formats that are made of nights. Nothing is expected of it. */
export function runAsNight(summary: RunSummary): Night {
  const { kernel, release, patch, profile, gpu, accelerator } = summary.target;
  const cell: NightCell = {
    id: `${kernel}${patch === 'none' ? '' : `+${patch}`}/${profile}/${gpu}/check`,
    ...{ kernel, patch, profile, gpu, release, accelerator },
    strategy: 'check',
    shard: 1,
    verdict: summary.verdict,
    // Where a subtest is red it says why itself
    reason:
      summary.reason ??
      (summary.verdict === 'fails' && !summary.results.some(isRed) ? failsBecause(summary) : undefined),
    startedAt: summary.startedAt,
    milliseconds: summary.milliseconds,
    ops: summary.model?.ops ?? 0,
    programs: 0,
    folder: '', // the night's own
    tests: summary.results.map(runTest),
  };
  return {
    ...{ formatVersion: 1, fencelab: 'check', name: 'check', plan: '0'.repeat(64) },
    shards: { of: 1, here: [1] },
    startedAt: summary.startedAt,
    milliseconds: summary.milliseconds,
    cells: [cell],
    changes: [],
  };
}

function runTest(result: SubtestResult): NightTest {
  const judged: Judged = isRed(result) ? 'failed' : result.outcome === 'skip' ? 'skipped' : 'ok';
  return {
    name: fullName(result),
    // Its own check may hold where the model or the kernel's log does not
    outcome:
      judged === 'failed' && (result.outcome === 'pass' || result.outcome === 'skip')
        ? 'fail'
        : result.outcome,
    expected: 'pass',
    judged,
    milliseconds: result.milliseconds,
    promises: result.promises,
    why: judged === 'failed' ? reasons(result)[0] : result.skipReason,
  };
}
