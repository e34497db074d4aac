// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../folders.js';
import { type Finished, type RunOptions, run } from '../../process/run.js';
import { parseSummary } from '../../report/json.js';
import type { RunSummary, SubtestResult } from '../../result/result.js';
import { fullName } from '../../result/result.js';

const cli = join(projectRoot, 'bin', 'fencelab.js');

/** Run the command as a user does: the file in bin/, no terminal, its own process. */
export function fencelab(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return run(process.execPath, [cli, ...args], options);
}

/** `fencelab check` with its results.json read back. */
export async function checked(
  folder: string,
  args: readonly string[],
): Promise<{ process: Finished; summary: RunSummary; result: (name: string) => SubtestResult }> {
  const json = join(folder, `results-${Math.abs(hash(args.join(' ')))}.json`);
  const process = await fencelab(['check', '--results', folder, '--json', json, ...args], {
    env: { CI: '' },
  });
  let summary: RunSummary;
  try {
    summary = parseSummary(readFileSync(json, 'utf8'), json);
  } catch (error) {
    throw new Error(`no results of "check ${args.join(' ')}": ${String(error)}\n${process.output}`);
  }
  const byName = new Map(summary.results.map((r) => [fullName(r), r]));
  return {
    process,
    summary,
    result: (name) => {
      const found = byName.get(name);
      if (found === undefined) throw new Error(`there is no result of ${name}`);
      return found;
    },
  };
}

const hash = (text: string): number => [...text].reduce((h, c) => (h * 31 + (c.codePointAt(0) ?? 0)) | 0, 7);
