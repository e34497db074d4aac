// SPDX-License-Identifier: MIT
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Cache } from '../cache/cache.js';
import { humanAge, humanSize } from '../cache/contents.js';
import { cacheHoldings, cacheLeftovers, deleteCached } from '../clean/cached.js';
import { type Choice, chooseHoldings, freedBy, type Holding } from '../clean/holding.js';
import { deleteResult, resultHoldings } from '../clean/results.js';
import { EXIT, UsageError } from '../errors.js';
import { cacheFolder, projectRoot } from '../folders.js';
import type { Progress } from '../progress/progress.js';
import type { AddCommand } from './add.js';
import { age, byteCount } from './amounts.js';
import { withProgress } from './with-progress.js';

const HELP = `
At least one of --older and --keep says what goes; with both, what is too old goes first. Without --results and --cache it is
about both. What another run is at work on stays, and so does what was used in the last quarter of an hour. In a folder of
results only the folders of runs, searches and nights go; links are not followed. A file that the cache and a run share is
freed when both are gone. To delete something by its name there is "fencelab cache clear".

Examples:
  fencelab clean --older 30d --dry-run        what was not used for a month, with its size; nothing is deleted
  fencelab clean --keep 20G                   the oldest, until cache and results together take 20 GB
  fencelab clean --results --older 2w         results only
  fencelab clean --cache --keep 10G           kernels and sources; they are had again when they are needed

Exit status: 0 done, 1 something could not be deleted, 2 usage.

Files: the cache is $FENCELAB_CACHE, else $XDG_CACHE_HOME/fencelab, else ~/.cache/fencelab; results are in the project.`;

interface CleanOptions {
  readonly older?: number;
  readonly keep?: number;
  readonly results: boolean;
  readonly cache: boolean;
  readonly folder?: string;
  readonly dryRun: boolean;
}

export const addClean: AddCommand = (program, done) => {
  program
    .command('clean')
    .description('delete results and what the cache keeps, by age and size')
    .option('--older <age>', 'what was not used for so long: 12h, 30d, 8w', age)
    .option('--keep <size>', 'as much as it takes until the rest is no larger: 500M, 20G, 1.5T', byteCount)
    .option('--results', 'only results', false)
    .option('--cache', 'only the cache', false)
    .option('--folder <folder>', 'where results are (default: results in the project)')
    .option('-n, --dry-run', 'delete nothing, list what would go', false)
    .addHelpText('after', HELP)
    .action(async (options: CleanOptions) => {
      if (options.older === undefined && options.keep === undefined)
        throw new UsageError('"fencelab clean" wants to be told what is too old or too much', {
          remedy:
            'Give --older or --keep; with --dry-run it says what would go: fencelab clean --older 30d --dry-run',
        });
      if (options.folder !== undefined && options.cache && !options.results)
        throw new UsageError('--folder says where results are, and --cache alone is not about results', {
          remedy: 'Where the cache is says FENCELAB_CACHE; "fencelab cache path" prints it.',
        });
      done(await clean(options));
    });
};

/** Something to delete, and how. */
interface Deletable {
  readonly holding: Holding;
  remove(progress: Progress): Promise<void>;
}

/** Returns the exit status. */
function clean(options: CleanOptions): Promise<number> {
  const now = new Date();
  const both = options.results === options.cache;
  return withProgress(process.stderr, async ({ progress }, signal) => {
    const stage = progress.stage('Measure');
    const all: Deletable[] = [];
    if (both || options.results) all.push(...(await results(options.folder, now, signal)));
    if (both || options.cache) all.push(...(await cached(now, signal)));
    stage.end(`${all.length} things`);
    const limits = { olderThan: options.older, keep: options.keep };
    const choice = chooseHoldings(
      all.map(({ holding }) => holding),
      limits,
      now,
    );
    const failed = options.dryRun ? [] : await removeAll(all, choice, progress, signal);
    process.stdout.write(report(choice, failed, options.dryRun, now));
    return failed.length === 0 ? EXIT.holds : EXIT.fails;
  });
}

async function results(folder: string | undefined, now: Date, signal: AbortSignal): Promise<Deletable[]> {
  const parent = resolve(folder ?? join(projectRoot, 'results'));
  const found = await resultHoldings(parent, now, signal);
  return found.map((holding) => ({ holding, remove: () => deleteResult(holding) }));
}

async function cached(now: Date, signal: AbortSignal): Promise<Deletable[]> {
  const cache = await Cache.open(cacheFolder());
  const entries = await cacheHoldings(cache, now, signal);
  const left = await cacheLeftovers(cache, now, signal);
  return [
    ...entries.map((holding) => ({
      holding,
      remove: (progress: Progress) => deleteCached(cache, holding, progress, signal),
    })),
    ...left.map((holding) => ({
      holding: { ...holding, used: new Date(0) }, // of no use to anybody: they go first
      remove: () => rm(holding.folder, { recursive: true, force: true }),
    })),
  ];
}

interface Failed {
  readonly holding: Holding;
  readonly why: string;
}

async function removeAll(
  all: readonly Deletable[],
  { go }: Choice,
  progress: Progress,
  signal: AbortSignal,
): Promise<Failed[]> {
  const failed: Failed[] = [];
  const stage = progress.stage('Delete');
  for (const [at, { holding }] of go.entries()) {
    signal.throwIfAborted();
    stage.update(holding.name, at, go.length);
    try {
      await all.find((one) => one.holding === holding)?.remove(progress);
    } catch (error) {
      signal.throwIfAborted();
      failed.push({ holding, why: error instanceof Error ? error.message : String(error) });
    }
  }
  stage.end(`${go.length - failed.length}`);
  return failed;
}

/** How many lines of what goes: a year of nights is not to be scrolled past. */
const MOST_LINES = 40;

/** What went, or would go. Pure. */
export function report(choice: Choice, failed: readonly Failed[], dry: boolean, now: Date): string {
  const { go, busy, total } = choice;
  const gone = go
    .map(({ holding }) => holding)
    .filter((one) => failed.every(({ holding }) => holding !== one));
  const names = go.map(({ holding, why }) =>
    [
      humanSize(sizeOf(holding)).padStart(8),
      aged(holding, now).padEnd(14),
      holding.name,
      why === 'old' ? '' : '(too much)',
    ]
      .join('  ')
      .trimEnd(),
  );
  const more = names.length > MOST_LINES ? [`          and ${names.length - MOST_LINES} more`] : [];
  const stays = busy.map(({ name, busy: why }) => `stays: ${name}: ${why}`);
  const faults = failed.map(({ holding, why }) => `not deleted: ${holding.name}: ${why}`);
  const word = dry ? 'Would delete' : 'Deleted';
  const sum = `${word} ${gone.length} of them, ${humanSize(freedBy(gone))} of ${humanSize(total)}.`;
  return [
    ...names.slice(0, MOST_LINES),
    ...more,
    ...stays,
    ...faults,
    gone.length === 0 ? 'Nothing to delete.' : sum,
    '',
  ].join('\n');
}

const sizeOf = ({ own, shared }: Holding): number =>
  own + [...shared.values()].reduce((sum, { bytes }) => sum + bytes, 0);

const aged = ({ used }: Holding, now: Date): string =>
  used.getTime() === 0 ? 'left over' : humanAge(used, now);
