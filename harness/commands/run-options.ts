// SPDX-License-Identifier: MIT
import { type Command, Option } from 'commander';
import type { Accelerator } from '../vm/qemu-args.js';
import { collect } from './add.js';
import type { ReportOptions } from './reports.js';

/** The options of every command that runs guests and comes to a verdict. */
export interface RunOptions extends ReportOptions {
  readonly accel: 'auto' | Accelerator;
  readonly only: readonly string[];
  readonly strict: boolean;
  readonly results?: string;
}

export const HTML_HELP = 'also make the page of "fencelab html", with drawings of what failed';

/** Declare {@link RunOptions} on a command. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--accel <kind>', 'auto: KVM if a guest has really run in it')
        .choices(['auto', 'kvm', 'tcg'])
        .default('auto'),
    )
    .option(
      '-o, --only <pattern>',
      'PROGRAM, PROGRAM@SUBTEST or a glob of either; may be repeated',
      collect,
      [],
    )
    .option(
      '--strict',
      'a skipped subtest that this guest should be able to run fails the run',
      Boolean(process.env['CI']),
    )
    .option('--tap', 'TAP 14 on stdout; progress goes to stderr')
    .option('--junit <file>', 'also write a JUnit report')
    .option('--json <file>', 'also write results.json there')
    .option('--html <file>', HTML_HELP)
    .option('--results <folder>', 'where the folder of this run is made (default: results in the project)');
}
