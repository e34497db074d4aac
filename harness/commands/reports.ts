// SPDX-License-Identifier: MIT
import { accessSync, appendFileSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { RunListener } from '../drive/run.js';
import { EXIT, FencelabError, UsageError } from '../errors.js';
import { openProgress } from '../progress/open.js';
import type { Progress } from '../progress/progress.js';
import { OpenOutput } from '../progress/screen.js';
import { EVENTS_FILE, eventsReporter } from '../report/events.js';
import { describeFault, FanOut } from '../report/fan-out.js';
import { jsonReporter } from '../report/json.js';
import { junitReporter } from '../report/junit.js';
import { liveReporter } from '../report/live.js';
import { plainReporter } from '../report/plain.js';
import type { Reporter, Sink } from '../report/reporter.js';
import { tapReporter } from '../report/tap.js';
import type { PlannedSubtest, RunSummary } from '../result/result.js';
import { INTERRUPTED } from './interrupt.js';

/** The options that say which reports are wanted. */
export interface ReportOptions {
  readonly tap?: boolean;
  readonly junit?: string;
  readonly json?: string;
}

/** What a command tells while it works, and who hears it. */
export interface Reports {
  readonly progress: Progress;
  readonly listener: RunListener;
  onBegin(plan: readonly PlannedSubtest[], folder: string): void;
  /** The verdict. Returns the exit status, once every report is written. */
  onEnd(summary: RunSummary): Promise<number>;
}

/**
 * Set up progress and reports, run `body` with them, and close them whatever happens. With `--tap` standard output is
 * TAP and nothing else; progress then goes to standard error.
 */
export async function withReports(
  options: ReportOptions,
  body: (reports: Reports) => Promise<number>,
): Promise<number> {
  const files = [options.junit, options.json].map((file) =>
    file === undefined ? undefined : writableFile(file),
  );
  const [junit, json] = files;
  const shown = openProgress(options.tap ? process.stderr : process.stdout, process.env);
  const reporters: Reporter[] = [
    shown.screen.live ? liveReporter(shown.screen, !options.tap) : plainReporter(shown.screen, !options.tap),
    eventsReporter((folder) => appending(join(folder, EVENTS_FILE))),
  ];
  if (options.tap) reporters.push(tapReporter(new OpenOutput(process.stdout)));
  if (junit !== undefined) reporters.push(junitReporter(junit));
  if (json !== undefined) reporters.push(jsonReporter(json));
  const all = new FanOut(reporters);
  try {
    return await body({
      progress: shown.progress,
      listener: {
        onBoot: (guest, milliseconds, release) => all.tell({ kind: 'boot', guest, milliseconds, release }),
        onSubtestStart: (name, guest) => all.tell({ kind: 'subtest-start', name, guest }),
        onSubtestEnd: (result) => all.tell({ kind: 'subtest-end', result }),
        onGuestEnd: (record, again) => all.tell({ kind: 'guest-end', record, again }),
      },
      onBegin: (subtests, folder) =>
        all.tell({ kind: 'begin', plan: { subtests, folder, shownFolder: shortPath(folder) } }),
      onEnd: async (summary) => {
        all.tell({ kind: 'end', summary });
        await all.settled();
        for (const fault of all.faults) shown.progress.say(describeFault(fault));
        return exitStatus(summary, all.faults.length > 0);
      },
    });
  } catch (error) {
    if (error instanceof FencelabError) all.tell({ kind: 'untestable', reason: error.message });
    await all.settled();
    throw error;
  } finally {
    shown.close();
  }
}

/** A run whose report could not be written does not end well, even if all promises hold. */
function exitStatus(summary: RunSummary, faulty: boolean): number {
  if (summary.verdict === 'untestable')
    return summary.reason === 'interrupted' ? INTERRUPTED : EXIT.untestable;
  return summary.verdict === 'fails' || faulty ? EXIT.fails : EXIT.holds;
}

/** As a person in this folder would name it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** A file for a report, looked at before any work is done: an hour's run must not end in a report that cannot be written. */
export function writableFile(name: string): Sink {
  const file = resolve(name);
  const folder = dirname(file);
  const refuse = (why: string): never => {
    throw new UsageError(`a report cannot be written to ${name}: ${why}`);
  };
  if (!existsSync(folder)) refuse(`there is no folder ${folder}`);
  if (existsSync(file) && statSync(file).isDirectory()) refuse('it is a folder');
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
  } catch {
    refuse('it may not be written');
  }
  let first = true;
  return {
    write: (text) => {
      if (first) writeFileSync(file, text);
      else appendFileSync(file, text);
      first = false;
    },
  };
}

const appending = (file: string): Sink => ({ write: (text) => appendFileSync(file, text) });
