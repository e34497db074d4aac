// SPDX-License-Identifier: MIT
import { InvalidArgumentError, Option } from 'commander';
import type { Shard } from '../nightly/plan.js';
import type { AddCommand } from './add.js';
import { nightly } from './nightly-run.js';
import { HTML_HELP } from './run-options.js';
import { timeSpan } from './time-span.js';

const HELP = `
FILE.toml says what is tested: kernels x profiles x gpus x strategies.

  strict = true                        what was skipped or not decided without need is red (this is the default)
  retries = 2                          a test that is known to be flaky is tried again so often (default 2)
  time = "10m"                         of each search, and
  seed = 1                             what is random in it follows from this
  expectations = "expectations"        the folder of the files of expectations (default: that, beside this file)

  [[matrix]]                           every kernel with every profile, gpu and strategy
  kernels = ["debian:5.10+series", "debian:6.1"]
  profiles = ["fast", "debug"]         default "fast"; as --profile has them
  gpus = ["2d"]                        default "2d"; as --gpu has them
  strategies = ["check"]               default "check"; or "exhaustive 4", "random", "guided", "race", "faults"
  only = ["import", "export@*"]        subtests of a check; time, seed: of a search; cpus; minutes: it takes so long
  [[exclude]]                          cells of it that are left out, and why
  kernels = ["debian:6.1"]
  profiles = ["debug"]
  why = "takes an hour and has never found anything"
  [[include]]                          one more cell: kernel, profile, gpu, strategy, and the rest as in [[matrix]]
  [kernels.NAME]                       a kernel of your own: kernel = "PATH", patch = ["FOLDER"] or "series" or "none"

Files of expectations are called KERNEL-PROFILE-fails.txt, -flakes.txt and -skips.txt, as 5.10+series-fast-fails.txt. A line
is a test or a glob, and behind "#" why. A test in fails that passes is red too. One in flakes may fail. One in skips is not
run. A search's finding is the test explore@SLUG, a report in the kernel's log outside all tests kernel-log@SLUG.

The night goes to a folder: night.json, and the runs of each cell below cells/. Run again with the same --results it goes on
with what is not done. Shards are the same on all machines that have the same files: each runs one, fencelab merge joins them.

Examples:
  fencelab nightly ci/nightly.toml --plan                       what would be done, and how long it takes
  fencelab nightly ci/nightly.toml --results night              all of it; run it again to go on after Ctrl-C
  fencelab nightly ci/nightly.toml --shard 2/4 --results part2  one part of four
  fencelab nightly ci/nightly.toml --time 2h                    begin nothing that would not be done by then

Files: the night's folder gets night.json and the runs of each cell below cells/; the history is SQLite, so that others can
read it too. A history that is damaged, or of a later fencelab, is never written to.

Exit status: 0 all was tested and is as expected, 1 something is not (or was not tested), 2 usage, 125 nothing could be
tested, 130 after Ctrl-C.`;

/** The options of `fencelab nightly`, as commander hands them over. */
export interface NightlyOptions {
  readonly shard: Shard;
  readonly results?: string;
  readonly history?: string;
  readonly cache?: string;
  readonly html?: string;
  readonly plan: boolean;
  /** Seconds. */
  readonly time?: number;
}

export const HISTORY_HELP =
  'the file of what was in nights before (default: history.sqlite in ~/.local/state/fencelab, or in $FENCELAB_STATE)';

export const addNightly: AddCommand = (program, done) => {
  program
    .command('nightly')
    .description('test many kernels in many ways, against what is expected of each, and tell what is new')
    .argument('<file>', 'what is tested: ci/nightly.toml')
    .addOption(
      new Option('--shard <i/n>', 'only this part of it, from 1/N to N/N')
        .argParser(shardOf)
        .default({ index: 1, of: 1 }, 'all of it'),
    )
    .option('--results <folder>', 'the folder of this night (default: a new one in results in the project)')
    .option('--history <file>', HISTORY_HELP)
    .option(
      '--cache <folder>',
      'where kernels and sources are kept; several shards may share it (as $FENCELAB_CACHE)',
    )
    .option('--time <span>', '90m, 8h: cells that would not be done by then are not begun', timeSpan)
    .option('--html <file>', HTML_HELP)
    .option('--plan', 'print the plan and end', false)
    .addHelpText('after', HELP)
    .action(async (file: string, options: NightlyOptions) => done(await nightly(file, options)));
};

const MOST_SHARDS = 1000;

export function shardOf(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (!(shard.index >= 1 && shard.index <= shard.of && shard.of <= MOST_SHARDS))
    throw new InvalidArgumentError('Write I/N, with I from 1 to N: 2/4.');
  return shard;
}
