// SPDX-License-Identifier: MIT
import type { RunRecord } from '../record/run-record.js';
import { judge } from './judge.js';
import type { Reports } from './reports.js';
import type { RunOptions } from './run-options.js';
import { shortPath } from './short-path.js';
import type { Onlooker } from './show-programs.js';

/** A run that has its folder and its record, from the first guest to the last report. Returns the exit status. */
export async function judgeRun(
  run: { readonly record: RunRecord; readonly folder: string; readonly cache: string },
  options: Pick<RunOptions, 'accel' | 'strict'>,
  onlooker: Onlooker | undefined,
  reports: Reports,
  signal: AbortSignal,
): Promise<number> {
  reports.onBegin(run.record.plan, run.folder);
  onlooker?.onFolder?.(run.folder);
  const summary = await judge(
    {
      ...run,
      shownFolder: shortPath(run.folder),
      accelerator: options.accel,
      strict: options.strict,
      ...(onlooker === undefined ? {} : { onJudged: onlooker.onJudged }),
    },
    reports.progress,
    onlooker?.listener(reports) ?? reports.listener,
    signal,
  );
  return reports.onEnd(summary);
}
