// SPDX-License-Identifier: MIT
import { UsageError } from '../errors.js';
import type { AddCommand } from './add.js';
import { type CoverOptions, cover } from './cover-run.js';
import { addRunOptions } from './run-options.js';
import { addTargetOptions } from './target.js';

const HELP = `
Without a file: every test program of "fencelab check", and the programs in vm-images/programs. The kernel is built with
KCOV in dma-buf.c, dma-resv.c, dma-fence*.c, sync_file.c, sw_sync.c, sync_debug.c and vgem_fence.c only (profile cover).

A line is counted where a piece of code begins that runs as a whole; what only runs while the kernel boots is not. KCOV sees
the calls of a process's first thread (and of each process it forks): not those of its other threads, no timers, interrupts
and work queues, and nothing of what happens when a process ends. vm-images/cover/not-reached.json says why code is not
reached; what it does not say is listed with its source, and so is what it says of code that was reached after all. With
--strict both fail.

Examples:
  fencelab cover                                  Linux 5.10 from Debian with our series
  fencelab cover --kernel ~/linux --json cover.json
  fencelab cover vm-images/programs/snapshot.prog what one program reaches
  fencelab cover --only 'import@*'                what some subtests reach

Exit status: 0 all hold, 1 something does not, 2 usage, 125 this kernel could not be tested.`;

const JSON_HELP = 'also write the coverage there';

export const addCover: AddCommand = (program, done) => {
  const command = program
    .command('cover')
    .description('tell which code of a kernel the test programs reach, and why they do not reach the rest')
    .argument('[file...]', 'programs (.prog) or traces (.trace), or folders of them')
    .addHelpText('after', HELP);
  addRunOptions(addTargetOptions(command));
  for (const option of command.options) {
    if (option.long === '--profile') option.default('cover');
    if (option.long === '--json') option.description = JSON_HELP;
  }
  command.setOptionValueWithSource('profile', 'cover', 'default');
  command.action(async (files: string[], options: CoverOptions) => {
    if (options.profile !== 'cover')
      throw new UsageError(
        `--profile ${options.profile}: only a kernel of the profile cover tells what is reached`,
      );
    if (options.image !== undefined)
      throw new UsageError(
        '--image cannot be given: where the lines are is in the vmlinux of a kernel built here',
      );
    done(await cover(files, options));
  });
};
