// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Cache } from '../cache/cache.js';
import { EXIT } from '../errors.js';
import type { Documented } from '../explore/documented.js';
import { type Finding, Findings, PROGRAM } from '../explore/findings.js';
import { type PlannedSearch, planSearches, STRATEGIES, type StrategyName } from '../explore/plan.js';
import type { SearchRow } from '../explore/row.js';
import { digestOf, type SavedPatch } from '../explore/saved-patches.js';
import { table } from '../explore/table.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { readPatches } from '../kernel/patches.js';
import { parseKernelSpec } from '../kernel/spec.js';
import type { Progress } from '../progress/progress.js';
import { shellWord, times } from '../progress/words.js';
import { makeRunFolder } from '../record/folder.js';
import { needs } from '../setup/packages.js';
import { ensure } from '../setup/set-up.js';
import type { ExploreOptions } from './explore.js';
import { kernelFor, type SearchedKernel } from './explore-kernel.js';
import { searchKernel } from './explore-search.js';
import { hasOwnPatches } from './finding-target.js';
import { usualGuests } from './prepare-run.js';
import { shortPath } from './short-path.js';
import { withProgress } from './with-progress.js';
import { writableFile } from './writable-file.js';
import { writeHtml } from './write-html.js';

/** Seconds for all searches together, where nobody says. */
const USUAL_SECONDS = 600;
/** How long one failure may be shrunk. */
const SHRINK_MS = 120_000;

export const ROWS_FILE = 'explore.json';

/** What came of all searches of a command. */
export interface Explored {
  readonly folder: string;
  readonly rows: readonly SearchRow[];
  readonly findings: Findings;
  /** The kernels that were searched, one for each row. */
  readonly kernels: readonly SearchedKernel[];
}

/** Every search that was asked for, one after the other. Returns the exit status. */
export function explore(options: ExploreOptions): Promise<number> {
  const planned = plannedSearches(options);
  const { html } = options;
  if (html !== undefined) writableFile(html);
  return withProgress(process.stdout, async ({ progress }, signal) => {
    const { rows, findings, folder } = await exploreAll(options, planned, progress, signal);
    if (html !== undefined) await writeHtml(folder, html, progress);
    return verdict(rows, findings, options.strict, folder, progress);
  });
}

const DEFAULT_DEPTH = 4;

/** Throws UsageError for what cannot be had. */
export const plannedSearches = (options: ExploreOptions): ReturnType<typeof planSearches> =>
  planSearches({
    strategies: wantedStrategies(options),
    depth: options.exhaustive ?? DEFAULT_DEPTH,
    profile: options.profileGiven || options.image !== undefined ? options.profile : undefined,
    seed: options.seed,
  });

const wantedStrategies = (options: ExploreOptions): StrategyName[] =>
  STRATEGIES.filter((name) => (name === 'exhaustive' ? options.exhaustive !== undefined : options[name]));

/** All of them; for commands that show progress by themselves. */
export async function exploreAll(
  options: ExploreOptions,
  { searches, left }: { readonly searches: readonly PlannedSearch[]; readonly left: readonly string[] },
  progress: Progress,
  signal: AbortSignal,
): Promise<Explored> {
  for (const line of left) progress.say(`left out: ${line}`);
  await ensure(needs, progress, signal);
  const cache = await Cache.open(cacheFolder());
  const parent = resolve(options.results ?? join(projectRoot, 'results'));
  const name = `explore-${options.kernel.replace(/^.*[/:]/, '')}-seed-${options.seed}`;
  const folder = await makeRunFolder(parent, name, new Date());
  progress.say(`seed ${options.seed}; results go to ${shortPath(folder)}`);
  const span = (options.time ?? USUAL_SECONDS) * 1000;
  const end = performance.now() + span;
  // One that takes longer than its share (a scan for leaks does) must not leave nothing to the others
  const least = span / searches.length / 2;
  const patches = await ownPatches(options);
  const findings = new Findings({
    folder: join(folder, 'findings'),
    shrinkMs: SHRINK_MS,
    ...(patches === undefined ? {} : { patches }),
    say: (text) => progress.say(text),
  });
  const rows: SearchRow[] = [];
  const kernels: SearchedKernel[] = [];
  for (const [at, search] of searches.entries()) {
    const kernel = await kernelFor(search, options, { cache, progress, signal, folder });
    kernels.push(kernel);
    const share = Math.max(least, (end - performance.now()) / (searches.length - at));
    const unbounded = search.strategy === 'exhaustive' && options.time === undefined;
    rows.push(
      await searchKernel(
        {
          search,
          seed: options.seed,
          depth: options.exhaustive ?? DEFAULT_DEPTH,
          lanes: options.guests ?? usualGuests(),
          milliseconds: unbounded ? undefined : share,
          kernel,
          target: options,
          findings,
          patches: patches && digestOf(patches.map(({ text }) => text)),
        },
        progress,
        signal,
      ),
    );
    writeFileSync(join(folder, ROWS_FILE), `${JSON.stringify({ formatVersion: 1, rows }, null, 2)}\n`);
    signal.throwIfAborted();
  }
  return { folder, rows, findings, kernels };
}

/** As they are when the search begins: these are saved with a finding. Kernels are built from the files. */
const ownPatches = async ({ patch, kernel }: ExploreOptions): Promise<readonly SavedPatch[] | undefined> =>
  hasOwnPatches(patch) ? readPatches(patch, await parseKernelSpec(kernel)) : undefined;

function verdict(
  rows: readonly SearchRow[],
  { all, documented }: Findings,
  strict: boolean,
  folder: string,
  progress: Progress,
): number {
  for (const line of `\n${table(rows)}`.trimEnd().split('\n')) progress.say(line);
  const found = rows.some(({ failures }) => failures > 0);
  const open = rows.some(({ lost, undecided }) => lost > 0 || Object.keys(undecided).length > 0);
  const blind = rows.every(({ programs, failures }) => programs + failures === 0);
  const word = found
    ? 'FINDINGS'
    : blind
      ? 'COULD NOT TELL'
      : open && strict
        ? 'NOT ALL DECIDED'
        : 'NOTHING FOUND';
  for (const finding of all) for (const line of findingLines(finding)) progress.say(line);
  for (const [row, times] of documented) for (const line of documentedLines(row, times)) progress.say(line);
  progress.say('');
  progress.say(word);
  progress.say(`results:  ${shortPath(folder)}`);
  if (found || (open && strict && !blind)) return EXIT.fails;
  return blind ? EXIT.untestable : EXIT.holds;
}

/** Nothing new, and no failure; whoever reads the table should know what it cost. */
const documentedLines = ({ signature, why, program }: Documented, count: number): string[] => [
  '',
  `documented: ${signature} (${times(count)})`,
  `  ${why}`,
  `  shown by: ${program}`,
];

const findingLines = ({ signature, count, folder }: Finding): string[] => [
  '',
  `${signature} (${times(count)})`,
  `  again: fencelab rerun ${shellWord(shortPath(join(folder, PROGRAM)))}`,
];
