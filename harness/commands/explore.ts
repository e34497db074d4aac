// SPDX-License-Identifier: MIT
import { InvalidArgumentError, Option } from 'commander';
import type { Accelerator } from '../vm/qemu-args.js';
import type { AddCommand } from './add.js';
import { explore } from './explore-run.js';
import { wholeNumber } from './numbers.js';
import { HTML_HELP } from './run-options.js';
import { addGuestsOption, addKernelOptions, type KernelOptions } from './target.js';
import { timeSpan } from './time-span.js';

const HELP = `
Where programs come from:
  --exhaustive N   every program of up to N ops over two buffers, three timelines, vgem's fences and their sync_files,
                   up to renaming
  --random         long programs that go where the model has not been: many leaves, deep merges, full lists, bad input
  --guided         small programs, kept and changed where they reach new code (KCOV) or new states of the model
  --race           two to four threads; what they see must have an order that the model allows. On two processors, and
                   on one whose clock counts instructions, where each schedule repeats exactly
  --faults         every allocation of every op fails once; no descriptors left; memory is short
--time is kept to a tenth of it or 15 s, but what has failed is still shrunk, for two minutes at most. A guest of the profile
debug takes about a minute to boot and to be scanned for leaks: give it --time 3m or more.

Without any of them: all. Each runs on the kernel profile that serves it best, unless --profile says which.

A failure is shrunk to a program from which nothing can be taken away, and saved in the folder of the run:
  fencelab rerun FILE     repeats it         fencelab c FILE       the same as a C program, to be mailed
  fencelab debug FILE     gdb stops at the op

Examples:
  fencelab explore --time 10m                              all of it on Linux 5.10 with our series
  fencelab explore --exhaustive 4                          all small programs; 16 s on two cores without KVM
  fencelab explore --race --kernel debian:6.1 --seed 7     races on upstream's own
  fencelab explore --random --profile debug --time 1h      long programs under KASAN and lockdep

Exit status: 0 nothing was found, 1 something was, 2 usage, 125 this kernel could not be tested.`;

/** The options of `fencelab explore`, as commander hands them over. */
export interface ExploreOptions extends KernelOptions {
  readonly guests?: number;
  readonly exhaustive?: number;
  readonly random: boolean;
  readonly guided: boolean;
  readonly race: boolean;
  readonly faults: boolean;
  readonly seed: number;
  /** Seconds, all searches together. */
  readonly time?: number;
  readonly accel: 'auto' | Accelerator;
  readonly strict: boolean;
  readonly results?: string;
  readonly html?: string;
  /** Whether somebody asked for a profile, or it is the default. */
  readonly profileGiven: boolean;
}

/** What other commands let people choose, refused with the reason rather than as unknown. */
const chosenBySearch = (flags: string): Option =>
  new Option(flags).hideHelp().argParser(() => {
    throw new InvalidArgumentError(
      'A search chooses its machines itself: --race uses two processors, and one whose clock counts instructions. A program is run in another machine with: fencelab run FILE.',
    );
  });

export const addExplore: AddCommand = (program, done) => {
  const command = program
    .command('explore')
    .description(
      'search for a program that the model does not allow: exhaustive, random, guided, races, faults',
    )
    .option('--exhaustive <n>', 'every program of up to N ops', wholeNumber(1, 8))
    .option('--random', 'long programs at random', false)
    .option('--guided', 'small programs, led by what they reach', false)
    .option('--race', 'programs of several threads', false)
    .option('--faults', 'allocations fail, descriptors run out, memory is short', false)
    .option('--seed <n>', 'what is random follows from it', wholeNumber(0, 0x7fffffff), 1)
    .option(
      '--time <span>',
      '90s, 10m, 1h: for all of it (default: 10m, and what is exhaustive to its end)',
      timeSpan,
    )
    .addHelpText('after', HELP);
  addGuestsOption(addKernelOptions(command))
    .addOption(chosenBySearch('--cpus <n>'))
    .addOption(chosenBySearch('--icount <shift[,seed]>'))
    .addOption(
      new Option('--accel <kind>', 'auto: KVM if a guest has really run in it')
        .choices(['auto', 'kvm', 'tcg'])
        .default('auto'),
    )
    .option('--strict', 'what could not be decided fails the search', Boolean(process.env['CI']))
    .option('--results <folder>', 'where the folder of this run is made (default: results in the project)')
    .option('--html <file>', HTML_HELP)
    .action(async (options: Omit<ExploreOptions, 'profileGiven'>) =>
      done(await explore({ ...options, profileGiven: command.getOptionValueSource('profile') === 'cli' })),
    );
};
