// SPDX-License-Identifier: MIT
import { InvalidArgumentError } from 'commander';
import { KCIDB_ORIGIN } from '../report/kcidb-schema.js';
import type { AddCommand } from './add.js';
import { report } from './report-files.js';

const HELP = `
FOLDER is what "fencelab check", "nightly" or "merge" left behind. FILE may be "-", for one of them: standard output.

  --junit   GitLab, Jenkins and others. A failure that is expected is a skipped test with a message.
  --tap     TAP 14: a failure that is expected is "not ok # TODO".
  --kcidb   what KernelCI takes (KCIDB I/O 5.3); send it with its own tools.
  --gitlab  a Code Quality report: what is red, as remarks in the diff of a merge request, at the line of the assertion.
  --mail    a text of less than 60 lines, its Subject first: sendmail -t < FILE, with your To: above it.

Without any of them the summary is printed again.

Examples:
  fencelab report results/latest
  fencelab report night --junit night.xml --gitlab codequality.json --mail night.txt
  fencelab report night --kcidb - --kcidb-origin mylab

Exit status: 0 the reports are written, whatever they say; 2 usage, or FOLDER has no results.`;

/** The options of `fencelab report`, as commander hands them over. */
export interface ReportFiles {
  readonly junit?: string;
  readonly tap?: string;
  readonly kcidb?: string;
  readonly gitlab?: string;
  readonly mail?: string;
  readonly kcidbOrigin: string;
}

export const addReport: AddCommand = (program, done) => {
  program
    .command('report')
    .description('write the results of a run or a night as JUnit, TAP, KCIDB, GitLab annotations or a mail')
    .argument('<folder>', 'of a run, a night, or a part of one')
    .option('--junit <file>', 'JUnit XML')
    .option('--tap <file>', 'TAP 14')
    .option('--kcidb <file>', 'KCIDB JSON')
    .option('--kcidb-origin <name>', 'who reports, as agreed with KernelCI', originOf, 'fencelab')
    .option('--gitlab <file>', "GitLab's Code Quality report")
    .option('--mail <file>', 'plain text for a mailing list')
    .addHelpText('after', HELP)
    .action(async (folder: string, options: ReportFiles) => done(await report(folder, options)));
};

function originOf(text: string): string {
  if (!KCIDB_ORIGIN.test(text)) throw new InvalidArgumentError('Only small letters, digits and "_": my_lab.');
  return text;
}
