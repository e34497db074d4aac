// SPDX-License-Identifier: MIT
import { resolve } from 'node:path';
import { EXIT } from '../errors.js';
import { openProgress } from '../progress/open.js';
import type { AddCommand } from './add.js';
import { htmlHistory } from './html-history.js';
import { INTERRUPTED, interruptible } from './interrupt.js';
import { historyFile } from './night-history.js';
import { HISTORY_HELP } from './nightly.js';
import { shortPath } from './reports.js';
import { writeHtml } from './write-html.js';

const HELP = `
The page is one file that loads nothing, also without a network: what is new, programs by kernels, each failure with a drawing
of its ops, fences, sync_files and slots, coverage line by line, seeded bugs and designs. Keys in it: / filters, j and k go to
the next failure and back. A night also has the nights before it as plots.

Examples:
  fencelab html results/latest                      writes results/latest/report.html
  fencelab html results/latest -o ~/report.html
  fencelab html results/2026-11-24-nightly          a night with all its kernels

Exit status: 0 it was written, 2 usage.`;

/** What the page is called in its folder. */
export const HTML_FILE = 'report.html';

/** Returns the exit status. */
function html(folder: string, options: { output?: string; history?: string }): Promise<number> {
  return interruptible(async (signal) => {
    const { progress, close } = openProgress(process.stdout, process.env);
    try {
      const past = await htmlHistory(folder, historyFile(options.history), progress, signal);
      const file = options.output ?? shortPath(resolve(folder, HTML_FILE));
      await writeHtml(folder, file, progress, past);
      return EXIT.holds;
    } catch (error) {
      if (!signal.aborted) throw error;
      return INTERRUPTED;
    } finally {
      close();
    }
  });
}

export const addHtml: AddCommand = (program, done) => {
  program
    .command('html')
    .description('make one HTML page of a run, a search or a night, with drawings of what failed')
    .argument('<folder>', 'the folder of a run: results/latest')
    .option('-o, --output <file>', `where the page is written (default: ${HTML_FILE} in the folder)`)
    .option('--history <file>', HISTORY_HELP)
    .addHelpText('after', HELP)
    .action(async (folder: string, options: { output?: string; history?: string }) =>
      done(await html(folder, options)),
    );
};
