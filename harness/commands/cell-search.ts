// SPDX-License-Identifier: MIT
import { basename, relative } from 'node:path';
import type { Finding } from '../explore/findings.js';
import type { SearchRow } from '../explore/row.js';
import { cellWith, cellWithout, findingName } from '../nightly/cell-result.js';
import type { CellStrategy } from '../nightly/cells.js';
import type { Expectations } from '../nightly/expectations.js';
import { foundTest, judgedAs, oneLine } from '../nightly/judge-tests.js';
import type { Progress } from '../progress/progress.js';
import { plural } from '../report/lines.js';
import type { DocumentedDefect, NightCell, NightTest } from '../result/night.js';
import type { Gpu } from '../vm/qemu-args.js';
import type { CellOrder } from './cell-check.js';
import type { ExploreOptions } from './explore.js';
import { exploreAll, plannedSearches } from './explore-run.js';

type SearchStrategy = Exclude<CellStrategy, { kind: 'check' }>;

/** One search of a night. Throws what a search throws: a kernel that does not build, for one. */
export async function searchCell(
  order: CellOrder,
  strategy: SearchStrategy,
  progress: Progress,
  signal: AbortSignal,
): Promise<NightCell> {
  const { cell, shard, expectations } = order;
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const options: ExploreOptions = {
    ...order.target,
    profile: cell.profile,
    profileGiven: true,
    gpu: cell.gpu as Gpu,
    ...(strategy.depth === undefined ? {} : { exhaustive: strategy.depth }),
    random: strategy.kind === 'random',
    guided: strategy.kind === 'guided',
    race: strategy.kind === 'race',
    faults: strategy.kind === 'faults',
    seed: strategy.seed,
    ...(strategy.seconds === undefined ? {} : { time: strategy.seconds }),
    accel: 'auto',
    strict: order.strict,
    results: order.folder,
  };
  const explored = await exploreAll(options, plannedSearches(options), progress, signal);
  const { rows, kernels } = explored;
  const [kernel] = kernels;
  const sum = (of: (row: SearchRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const documented = [...explored.findings.documented].map(
    ([{ signature, program }, times]): DocumentedDefect => ({ signature, times, program }),
  );
  const found = {
    ...(kernel === undefined
      ? {}
      : { release: kernel.target.release, accelerator: kernel.guest.machine.accelerator }),
    ...(kernel?.kernelKey === undefined ? {} : { kernelKey: kernel.kernelKey }),
    startedAt,
    milliseconds: Math.round(performance.now() - began),
    ops: sum(({ ops }) => ops),
    programs: sum(({ programs }) => programs),
    folder: relative(order.night, explored.folder),
    ...(documented.length === 0 ? {} : { documented }),
  };
  const untestable = rows.find((row) => row.untestable !== undefined)?.untestable;
  const blind = sum(({ programs, failures }) => programs + failures) === 0;
  const tests = [
    ...explored.findings.all.map((finding) => findingTest(finding, expectations)),
    ...(order.strict ? open(rows, expectations) : []),
  ];
  if (untestable !== undefined || blind)
    return {
      ...cellWithout(cell, shard, 'untestable', oneLine(untestable ?? 'nothing could be judged')),
      ...found,
      tests,
    };
  const coverage = rows.find((row) => row.coverage !== undefined)?.coverage;
  return cellWith(cell, shard, { ...found, ...(coverage === undefined ? {} : { coverage }), tests });
}

/** What a search found, as a test that failed. */
function findingTest({ signature, count, folder }: Finding, expectations: Expectations): NightTest {
  const promises = /^P\d+|^ABI/.exec(signature)?.slice(0, 1) ?? [];
  const why = `${signature} (${plural(count, 'time')})`;
  return foundTest(findingName(basename(folder)), why, promises, expectations);
}

/** What a search could not decide, in a night where nothing may stay open. */
function open(rows: readonly SearchRow[], expectations: Expectations): NightTest[] {
  const whys = rows.flatMap(({ search, lost, undecided }) => [
    ...(lost === 0 ? [] : [`${search}: of ${plural(lost, 'program')} nothing is known`]),
    ...Object.entries(undecided).map(
      ([why, times]) => `${search}: could not tell, ${plural(times, 'time')}: ${why}`,
    ),
  ]);
  if (whys.length === 0) return [];
  const name = findingName('undecided');
  const { expected } = expectations.of(name);
  const judged = judgedAs(false, expected);
  const why = oneLine(whys.join('; '));
  return [{ name, outcome: 'fail', expected, judged, milliseconds: 0, promises: [], why }];
}
