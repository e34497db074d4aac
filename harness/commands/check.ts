// SPDX-License-Identifier: MIT
import type { Command } from 'commander';
import type { AddCommand } from './add.js';
import { type CheckOptions, check } from './check-run.js';
import { addRunOptions } from './run-options.js';
import { addTargetOptions } from './target.js';

const EXAMPLES = `
Examples:
  fencelab check                                  Linux 5.10 from Debian with our series: the default
  fencelab check --kernel ~/linux                 your own tree, as it is now; it is never written to
  fencelab check --kernel debian:6.1              upstream's own implementation
  fencelab check --patch none                     5.10 without the series (fails: it has no such ioctls)
  fencelab check --only import --only 'poll@*'    some test programs or subtests
  fencelab check --profile debug --gpu virgl      KASAN, lockdep, leaks; real 3D submissions
  git bisect run npx fencelab check --kernel ~/linux --only export@snapshot-survives-signal

All that the programs do is also checked, op by op, against the reference model of this kernel; a subtest can be red by its
own check, by the model or by the kernel's log, and the report says which.

Exit status: 0 all promises hold, 1 something failed, 2 usage, 125 this kernel could not be tested (does not build, does not boot).`;

export const addCheck: AddCommand = (program: Command, done) => {
  const command = program
    .command('check')
    .description('build a kernel, boot it, run the test programs, tell whether the promises hold')
    .addHelpText('after', EXAMPLES);
  addRunOptions(addTargetOptions(command)).action(async (options: CheckOptions) =>
    done(await check(options)),
  );
};
