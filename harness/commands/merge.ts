// SPDX-License-Identifier: MIT
import type { AddCommand } from './add.js';
import { merge } from './merge-run.js';
import { HISTORY_HELP } from './nightly.js';
import { HTML_HELP } from './run-options.js';

const HELP = `
The parts are folders that "fencelab nightly --shard" made, in any order; one that comes twice counts once, and of a cell that
was tested twice the later run counts. INTO gets all that the parts have (linked where that is possible, else copied), so
that they can be deleted. It may be the result of an earlier merge: what is there then counts as a part.

Examples:
  fencelab merge part1 part2 part3 --into night
  fencelab merge part4 --into night               a part that came late

Exit status: 0 all was tested and is as expected, 1 something is not, or a part is missing, 2 usage (parts of different
nights), 125 nothing could be tested.`;

/** The options of `fencelab merge`, as commander hands them over. */
export interface MergeOptions {
  readonly into: string;
  readonly history?: string;
  readonly html?: string;
}

export const addMerge: AddCommand = (program, done) => {
  program
    .command('merge')
    .description('join the parts of a night into one, and say what is missing')
    .argument('<folder...>', 'folders of "fencelab nightly --shard I/N"')
    .requiredOption('--into <folder>', 'the folder of the whole night')
    .option('--history <file>', HISTORY_HELP)
    .option('--html <file>', HTML_HELP)
    .addHelpText('after', HELP)
    .action(async (folders: string[], options: MergeOptions) => done(await merge(folders, options)));
};
