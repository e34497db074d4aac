// SPDX-License-Identifier: MIT
import type { Command } from 'commander';
import { Option } from 'commander';
import { GPUS } from '../vm/qemu-args.js';
import { type AddCommand, collect } from './add.js';
import { type CheckOptions, check } from './check-run.js';
import { wholeNumber } from './numbers.js';
import { addRunOptions } from './run-options.js';

const EXAMPLES = `
Examples:
  fencelab check                                  Linux 5.10 from Debian with our series: the default
  fencelab check --kernel ~/linux                 your own tree, as it is now; it is never written to
  fencelab check --kernel debian:6.1              upstream's own implementation
  fencelab check --patch none                     5.10 without the series (fails: it has no such ioctls)
  fencelab check --only import --only 'poll@*'    some test programs or subtests
  fencelab check --profile debug --gpu virgl      KASAN, lockdep, leaks; real 3D submissions
  git bisect run npx fencelab check --kernel ~/linux --only export@snapshot-survives-signal

Exit status: 0 all promises hold, 1 something failed, 2 usage, 125 this kernel could not be tested (does not build, does not boot).`;

export const addCheck: AddCommand = (program: Command, done) => {
  const command = program
    .command('check')
    .description('build a kernel, boot it, run the test programs, tell whether the promises hold')
    .option('-k, --kernel <what>', 'debian:VERSION, a kernel tree, or a tarball of one', 'debian:5.10')
    .option(
      '--image <file>',
      'a bzImage or vmlinux that is already built; nothing is compiled but the test programs',
    )
    .option(
      '-p, --patch <what>',
      'a folder with a series file, or one patch; may be repeated, applied in order; "none"; "auto": our series for debian:5.10, none for others (default: auto)',
      collect,
      [],
    )
    .addOption(
      new Option('--profile <name>', 'kernel configuration').choices(['fast', 'debug']).default('fast'),
    )
    .addOption(
      new Option('--gpu <kind>', 'virtio-gpu: without 3D, with 3D, or none').choices([...GPUS]).default('2d'),
    )
    .option(
      '--guests <n>',
      'guests side by side (default: one for each two processors, at least two)',
      wholeNumber(1, 64),
    )
    .option('--cpus <n>', 'processors of a guest', wholeNumber(1, 8), 1)
    .option('-j, --jobs <n>', 'compile jobs (default: the number of processors)', wholeNumber(1, 1024))
    .addHelpText('after', EXAMPLES);
  addRunOptions(command).action(async (options: CheckOptions) => done(await check(options)));
};
