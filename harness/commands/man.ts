// SPDX-License-Identifier: MIT
import { manualPage, type PageText } from '../help/roff.js';
import type { AddCommand } from './add.js';

const HELP = `
Made of the commands and options that there are, in the language of man(1).

Examples:
  fencelab man | man -l -                                   read it
  fencelab man > ~/.local/share/man/man1/fencelab.1         keep it, for: man fencelab

Exit status: 0.`;

const TEXT: Omit<PageText, 'version'> = {
  exit: [
    ['0', 'all hold, or nothing was found'],
    ['1', 'something does not hold'],
    ['2', 'the command line, or a file that it names, is not what the command can take'],
    [
      '125',
      'this kernel could not be tested: it does not download, build or boot. "git bisect run" skips it.',
    ],
    ['130', 'ended by Ctrl-C'],
  ],
  files: [
    [
      'results/',
      "in the project: a folder for each run, with run.json, results.json, each guest's log and what is red",
    ],
    ['results/latest', 'leads to the newest'],
    ['~/.cache/fencelab/', 'sources, built kernels, test programs: all of it can be had again'],
  ],
  environment: [
    ['FENCELAB_CACHE', 'the cache, instead of $XDG_CACHE_HOME/fencelab or ~/.cache/fencelab'],
    ['CI', 'if it is set, a skipped subtest that this guest should be able to run fails the run (--strict)'],
    ['NO_COLOR', 'no colours'],
  ],
};

export const addMan: AddCommand = (program, done) => {
  program
    .command('man')
    .description('print all of this help as a manual page')
    .addHelpText('after', HELP)
    .action(() => {
      process.stdout.write(manualPage(program, { ...TEXT, version: program.version() ?? '' }));
      done(0);
    });
};
