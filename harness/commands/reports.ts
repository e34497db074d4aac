// SPDX-License-Identifier: MIT
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunListener } from '../drive/run.js';
import { EXIT, FencelabError } from '../errors.js';
import { openProgress } from '../progress/open.js';
import type { Progress } from '../progress/progress.js';
import { OpenOutput } from '../progress/screen.js';
import { EVENTS_FILE, eventsReporter } from '../report/events.js';
import { describeFault, FanOut, type Fault } from '../report/fan-out.js';
import { jsonReporter } from '../report/json.js';
import { junitReporter } from '../report/junit.js';
import { liveReporter } from '../report/live.js';
import { plainReporter } from '../report/plain.js';
import type { Reporter, Sink } from '../report/reporter.js';
import { tapReporter } from '../report/tap.js';
import type { PlannedSubtest, RunSummary } from '../result/result.js';
import { INTERRUPTED } from './interrupt.js';
import { shortPath } from './short-path.js';
import { writableFile } from './writable-file.js';
import { writeHtml } from './write-html.js';

/** The options that say which reports are wanted. */
export interface ReportOptions {
  readonly tap?: boolean;
  readonly junit?: string;
  readonly json?: string;
  readonly html?: string;
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
  const { html } = options;
  if (html !== undefined) writableFile(html);
  let folder: string | undefined;
  const faults: Fault[] = [];
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
      onBegin: (subtests, made) => {
        folder = made;
        all.tell({ kind: 'begin', plan: { subtests, folder: made, shownFolder: shortPath(made) } });
      },
      onEnd: async (summary) => {
        // Before the verdict, which is to be what is read last
        if (html !== undefined && folder !== undefined)
          await writeHtml(folder, html, shown.progress).catch((error: unknown) =>
            faults.push({ reporter: 'html', error }),
          );
        all.tell({ kind: 'end', summary });
        await all.settled();
        faults.push(...all.faults);
        for (const fault of faults) shown.progress.say(describeFault(fault));
        return exitStatus(summary, faults.length > 0);
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

const appending = (file: string): Sink => ({ write: (text) => appendFileSync(file, text) });
