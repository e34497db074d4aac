// SPDX-License-Identifier: MIT
import type { RunListener } from '../drive/run.js';
import type { Judged } from '../model/judge.js';
import { listing } from '../model/listing.js';
import type { ProgramFile } from '../programs/read.js';
import { PROGRAM_SUITE } from '../record/run-record.js';
import { fullName, type SubtestResult, splatLine } from '../result/result.js';
import type { JudgeOrder } from './judge.js';
import type { Reports } from './reports.js';

/** Whoever wants to see more than the reports. */
export interface Onlooker {
  readonly onJudged: NonNullable<JudgeOrder['onJudged']>;
  listener(reports: Reports): RunListener;
  /** The run has its folder. */
  onFolder?(folder: string): void;
}

/** Shows each program's trace as soon as its result is known. */
export function showPrograms(programs: readonly Pick<ProgramFile, 'name' | 'file' | 'purpose'>[]): Onlooker {
  const judged = new Map<string, Judged>();
  const files = new Map(programs.map((p) => [`${PROGRAM_SUITE}@${p.name}`, p]));
  const show = (result: SubtestResult, { progress }: Reports): void => {
    const name = fullName(result);
    const one = judged.get(name);
    judged.delete(name);
    const file = files.get(name);
    if (file !== undefined) progress.say(`${file.file}: ${file.purpose}`);
    if (one === undefined) return;
    for (const line of clipped(listing({ ...one, profile: one.choice.profile }))) progress.say(line);
    for (const splat of result.splats) progress.say(splatLine(splat));
    if (result.model?.kind === 'violates') progress.say(`again: ${result.model.again}`);
  };
  return {
    onJudged: (name, one) => judged.set(name, one),
    listener: (reports) => ({
      ...reports.listener,
      onSubtestEnd: (result) => {
        show(result, reports);
        reports.listener.onSubtestEnd?.(result);
      },
    }),
  };
}

/** Lines of a listing that are shown: what went wrong is at its end. */
const MOST_LINES = 120;

function clipped(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_LINES;
  return more <= 0 ? lines : [`  ... ${more} lines before`, ...lines.slice(more)];
}
