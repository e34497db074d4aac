// SPDX-License-Identifier: MIT
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument, Option } from 'commander';
import { Cache } from '../cache/cache.js';
import { readLog } from '../console/read-log.js';
import { runGuest } from '../drive/guest.js';
import { EXIT } from '../errors.js';
import { cacheFolder } from '../folders.js';
import { provideGuest } from '../guest/provide.js';
import { ourSeries } from '../kernel/patches.js';
import { checkSeries } from '../kernel/series/check.js';
import { readKernels } from '../kernel/series/kernels.js';
import { formatReport, isGood } from '../kernel/series/report.js';
import type { KernelImage } from '../kernel/types.js';
import type { Progress } from '../progress/progress.js';
import { needs } from '../setup/packages.js';
import { ensure } from '../setup/set-up.js';
import { type AddCommand, collect } from './add.js';
import { statusOf } from './interrupt.js';
import { wholeNumber } from './numbers.js';
import { profileAppend, profileMachine } from './profiles.js';
import { withReports } from './reports.js';

interface SeriesOptions {
  readonly series: string;
  readonly kernel: readonly string[];
  readonly profile: string;
  readonly build: boolean;
  readonly jobs?: number;
}

const HELP = `
For each patch, on top of those before it: does it apply, what do the tree's own checkpatch.pl --strict and
kernel-doc -none say, does the kernel build and boot, do the objects compile that the guest's kernel does not contain?
The first kernel is the one that is built; the patches have to apply to each.

Files in the folder, all with "#" for comments:
  series                       the names of the patches, one a line
  kernels                      the kernels that they are for, one a line as --kernel takes it
  checkpatch-exceptions.txt    what checkpatch says that stays: PATCHFILE TYPE and why; * for any patch
  compile-*.config             what it takes to compile the other objects

Examples:
  fencelab series check                                     our series for 5.10; builds each step, minutes
  fencelab series check --no-build                          style and documentation only, seconds
  fencelab series check kernel-patch/upstream/linux-6.12    what upstream lacks, on 6.12
  fencelab series check ~/my-series -k debian:6.1           a series of your own

Exit status: 0 all is well, 1 something is not, 2 usage, 125 it could not be found out.`;

const SERIES_HELP = `
Examples:
  fencelab series check --no-build

Exit status: that of its commands.`;

/** `fencelab series check`. */
export const addSeries: AddCommand = (program, done) => {
  program
    .command('series')
    .description('work on a patch series')
    .addHelpText('after', SERIES_HELP)
    .command('check')
    .description('check each patch of the series: applies, style, documentation, builds, boots')
    .addArgument(new Argument('[folder]', 'a folder with a `series` file').default(ourSeries, 'our own'))
    .addOption(
      new Option('-k, --kernel <what>', 'may be repeated')
        .argParser(collect)
        .default([], 'what the file `kernels` in the folder says'),
    )
    .option('--profile <name>', 'kernel configuration', 'fast')
    .option('--no-build', 'leave out what takes minutes: building and booting')
    .option('-j, --jobs <n>', 'compile jobs (default: the number of processors)', wholeNumber(1, 1024))
    .addHelpText('after', HELP)
    .action(async (folder: string, options: Omit<SeriesOptions, 'series'>) =>
      done(await seriesCheck({ ...options, series: resolve(folder) })),
    );
};

async function seriesCheck(options: SeriesOptions): Promise<number> {
  return statusOf((signal) =>
    withReports({}, async ({ progress }) => {
      const kernels = options.kernel.length === 0 ? await readKernels(options.series) : options.kernel;
      await ensure(needs, progress, signal);
      const cache = await Cache.open(cacheFolder());
      const report = await checkSeries(
        {
          series: options.series,
          kernels,
          profile: options.profile,
          ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
          boot: options.build ? (image) => boot(image, cache, progress, signal) : undefined,
        },
        { cache: cache.root, progress, signal },
      );
      process.stdout.write(formatReport(report));
      return isGood(report) ? EXIT.holds : EXIT.fails;
    }),
  );
}

const PATIENCE = { boot: 180_000, grace: 15_000, idle: 60_000 };

/**
 * Start the kernel with our agent and nothing to do: it has booted when the agent answers and the log has
 * neither a report nor a failed selftest (profile `debug` runs the kernel's own tests of dma-buf at boot).
 */
async function boot(
  image: KernelImage,
  cache: Cache,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ ok: boolean; detail: string }> {
  const headers = join(image.headers, 'include');
  const guest = await provideGuest(headers, image.headersKey, availableParallelism(), {
    cache,
    progress,
    signal,
  });
  const folder = await mkdtemp(join(cache.root, 'boot-'));
  try {
    const { pvh, memoryMiB, limitScale } = profileMachine(image.profile);
    const machine = {
      accelerator: 'tcg' as const,
      gpu: '2d' as const,
      cpus: 1,
      pvh,
      memoryMiB,
      // The kernel's own tests are part of the question here, all of them.
      append: profileAppend(image.profile).filter((word) => !word.startsWith('dmabuf_selftests.')),
      kernel: pvh ? image.vmlinux : image.image,
    };
    const outcome = await runGuest(
      {
        machine,
        guestBinary: await readFile(guest),
        job: { limitScale, kmemleak: false, items: [] },
        limitSeconds: new Map(),
        folder: join(folder, 'guest'),
        patience: PATIENCE,
      },
      {},
      signal,
    );
    signal.throwIfAborted();
    const reports = readLog(outcome.console, new Map()).outside;
    const selftests = outcome.console.match(/^.*dma-buf\/\S+: .* failed with error .*$/gm) ?? [];
    const seconds = ((outcome.bootMilliseconds ?? 0) / 1000).toFixed(1);
    if (outcome.ended === 'done' && reports.length + selftests.length === 0)
      return { ok: true, detail: `${seconds} s` };
    const log = outcome.console.trimEnd().split('\n').slice(-20).join('\n');
    const why = [...reports.map(({ title, text }) => `${title}\n${text}`), ...selftests].join('\n');
    return { ok: false, detail: why || `${outcome.ended}: ${outcome.reason ?? ''}\n${log}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
