// SPDX-License-Identifier: MIT
import { type Command, InvalidArgumentError } from 'commander';
import { shareOf } from '../bisect/runs.js';
import { type AddCommand, collect } from './add.js';
import type { BisectOptions } from './bisect-options.js';
import { bisect } from './bisect-run.js';
import { wholeNumber } from './numbers.js';

const HELP = `
Behind "--" stands what is run on each kernel: options of "fencelab check" (--only export, --profile debug, --patch DIR for a
series that is to be put on each commit), or a saved program. Without it the whole check is run.

Commits: git bisect decides which is next, in a worktree of its own; your checkout, branches and a bisection of your own stay
as they are. Both ends are tested first. What does not build or boot is skipped, and the reason kept. Where the good commit is
the later one, the commit that mended it is looked for. Only what changed is built, through ccache if there is one, and a
kernel that is the same as an earlier one is not run again.
A search that is interrupted goes on where it was: give the same command again.

Examples:
  fencelab bisect --repo ~/linux --good v6.1 --bad HEAD -- --only import
  fencelab bisect --repo ~/linux --good v5.10.251 --bad v5.10.262 --path drivers/dma-buf -- --patch kernel-patch/linux-5.10
  fencelab bisect --good v6.1 --bad v6.2 --rate 1/20 --confidence 99% -- race.prog     shows in one run of twenty
  fencelab bisect --series my-series --on debian:6.1 --broke -- --only export
  fencelab bisect --config good.config bad.config --on debian:5.10 -- --only poll
  git bisect run npx fencelab check --kernel .                                         without any of this

Exit status: 0 found; 1 it could not be narrowed down to one, since some could not be tested; 2 usage, also: the good end fails,
or the bad one holds; 125 an end could not be tested.`;

export const addBisect: AddCommand = (program: Command, done) => {
  program
    .command('bisect')
    .description('find the commit, the patch of a series or the config option that broke or mended it')
    .option('--repo <path>', 'repository with the commits (default: the current folder)')
    .option('--good <rev>', 'a commit that holds')
    .option('--bad <rev>', 'a commit that fails')
    .option('--first-parent', 'follow only the first parent of merges, as git bisect does', false)
    .option('--path <limit>', 'only commits that touch this path; may be repeated', collect, [])
    .option('--term-old <word>', 'what git bisect calls what came before (default: good, or broken)')
    .option('--term-new <word>', 'what git bisect calls what came after (default: bad, or fixed)')
    .option('--series <folder>', 'instead of commits: the patches of a series, with a `series` file')
    .option('--broke', 'with --series: the patch that broke it')
    .option('--fixed', 'with --series: the patch that mended it')
    .option(
      '--from <n>',
      'with --series: so many patches are there to begin with (default: 0)',
      wholeNumber(0, 10_000),
    )
    .option('--to <n>', 'with --series: so many patches at the end (default: all)', wholeNumber(1, 10_000))
    .option('--config <good bad...>', 'instead of commits: two .config files, and which option it is')
    .option(
      '--on <kernel>',
      'with --series or --config: debian:VERSION, a tree or a tarball (default: debian:5.10)',
    )
    .option('--runs <n>', 'a kernel that passes so many runs holds', wholeNumber(1, 100_000))
    .option('--rate <share>', 'the failure shows in this share of runs (1/20, 5%)', share)
    .option(
      '--confidence <share>',
      'with --rate: how sure to be of a kernel that holds (default: 95%)',
      share,
    )
    .option('--same-failure', 'only the failure of the bad end counts, not another one', false)
    .option(
      '--restart',
      'forget what an earlier search of the same kind found (an edit in a tree behind --on is not noticed)',
      false,
    )
    .option('--results <folder>', "where the search's folder is made (default: results in the project)")
    .argument('[check...]', 'behind "--": what is run on each kernel')
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], options: BisectOptions) => done(await bisect(words, options)));
};

/** A commander parser for "5%", "1/20" and "0.05". */
function share(text: string): number {
  const value = shareOf(text);
  if (value === undefined) throw new InvalidArgumentError('Write a share between 0 and 1: 5%, 1/20 or 0.05.');
  return value;
}
