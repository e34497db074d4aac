// SPDX-License-Identifier: MIT
import { resolve } from 'node:path';
import { EXIT } from '../errors.js';
import type { AddCommand } from './add.js';
import { writePage } from './html-history.js';
import { historyFile } from './night-history.js';
import { HISTORY_HELP } from './nightly.js';
import { shortPath } from './short-path.js';
import { withProgress } from './with-progress.js';

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
  return withProgress(process.stdout, async ({ progress }, signal) => {
    const file = options.output ?? shortPath(resolve(folder, HTML_FILE));
    await writePage(folder, file, historyFile(options.history), progress, signal);
    return EXIT.holds;
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
