// SPDX-License-Identifier: MIT
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { codeMap } from '../cover/code-map.js';
import { reachedOf } from '../cover/coverage.js';
import { Reached } from '../cover/reached.js';
import { isExpectedSkip } from '../drive/expected-skips.js';
import { UntestableError } from '../errors.js';
import { cellWith, cellWithout } from '../nightly/cell-result.js';
import type { PlannedCell } from '../nightly/cells.js';
import type { Expectations } from '../nightly/expectations.js';
import { testsOf, toTryAgain, withLost, withTries } from '../nightly/judge-tests.js';
import type { Progress, Stage } from '../progress/progress.js';
import { EVENTS_FILE, eventsReporter } from '../report/events.js';
import { plural } from '../report/lines.js';
import type { NightCell, NightTest } from '../result/night.js';
import { fullName, isRed, type PlannedSubtest, type RunSummary } from '../result/result.js';
import type { Gpu } from '../vm/qemu-args.js';
import { planOf } from './check-run.js';
import { usualGuests } from './prepare-run.js';
import type { Reports } from './reports.js';
import { shortPath } from './short-path.js';
import type { Ingredients, TargetOptions } from './target.js';
import { testKernelFor } from './test-kernel.js';

/** One cell's order, the same for a check and a search. */
export interface CellOrder {
  readonly cell: PlannedCell;
  readonly shard: number;
  /** The cell's kernel and patches as paths from here. */
  readonly target: Pick<TargetOptions, 'kernel' | 'patch'>;
  readonly expectations: Expectations;
  readonly strict: boolean;
  readonly retries: number;
  /** The night's folder, and the cell's own in it. */
  readonly night: string;
  readonly folder: string;
}

/** What one run of subtests came to. */
interface Ran {
  readonly summary: RunSummary;
  readonly plan: readonly PlannedSubtest[];
  readonly folder: string;
  readonly ingredients: Ingredients;
  readonly reached: Reached;
}

/** Runs the subtests of one cell. Throws what a check throws: a kernel that does not build, for one. */
export async function checkCell(
  order: CellOrder,
  progress: Progress,
  signal: AbortSignal,
): Promise<NightCell> {
  const { cell, shard, expectations } = order;
  const first = await runSubtests(order, undefined, progress, signal);
  if (first === undefined)
    return cellWithout(cell, shard, 'notrun', 'its file of skips leaves nothing to run');
  const { summary } = first;
  const judged = (ran: Ran): NightTest[] =>
    testsOf(ran.summary, expectations, { strict: order.strict, ...skipsOf(ran, cell) });
  const again = async (names: readonly string[], why: string): Promise<readonly NightTest[]> => {
    progress.say(`${cell.id}: ${plural(names.length, 'test')} once more: ${why}`);
    const ran = await runSubtests(order, names, progress, signal);
    signal.throwIfAborted(); // what was cut short says nothing of these tests
    return ran === undefined ? [] : judged(ran);
  };
  const isTestable = summary.verdict !== 'untestable';
  let tests: readonly NightTest[] = judged(first);
  const lost = tests.filter(({ outcome }) => outcome === 'notrun').map(({ name }) => name);
  if (isTestable && lost.length > 0)
    tests = withLost(tests, await again(lost, 'the guest that had them ended before it came to them'));
  const more: (readonly NightTest[])[] = [];
  for (let n = 0; isTestable && n < order.retries; n++) {
    const open = toTryAgain(tests, more);
    if (open.length === 0) break;
    more.push(await again(open, 'known to fail at times'));
  }
  const { kernelKey } = first.ingredients;
  const found = {
    release: summary.target.release,
    accelerator: summary.target.accelerator,
    startedAt: summary.startedAt,
    milliseconds: summary.milliseconds,
    ops: summary.model?.ops ?? 0,
    programs: 0,
    folder: relative(order.night, first.folder),
    ...(kernelKey === undefined ? {} : { kernelKey }),
  };
  if (!isTestable) {
    const interrupted = summary.reason === 'interrupted';
    const without = cellWithout(
      cell,
      shard,
      interrupted ? 'notrun' : 'untestable',
      summary.reason ?? 'no reason known',
    );
    return interrupted ? without : { ...without, ...found, tests };
  }
  const skipped = first.plan
    .filter((s) => expectations.of(fullName(s)).expected === 'skip')
    .map(skippedTest(expectations));
  const all = [...withTries(tests, more), ...skipped];
  const unmatched = expectations
    .unmatched(all.map(({ name }) => name))
    .filter((line) => !line.includes(': explore@'));
  const coverage = await coverageOf(first, signal);
  return cellWith(cell, shard, {
    ...found,
    ...(summary.reason === undefined ? {} : { reason: summary.reason }),
    ...(coverage === undefined ? {} : { coverage }),
    tests: all,
    // A cell of some subtests cannot tell which lines are of no use
    ...(cell.only.length > 0 || unmatched.length === 0 ? {} : { unmatched }),
  });
}

/** Undefined where there is nothing to run. `names`: of the subtests, undefined for all that the cell has. */
async function runSubtests(
  order: CellOrder,
  names: readonly string[] | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<Ran | undefined> {
  const { cell, expectations } = order;
  const cover = cell.profile === 'cover';
  const reached = new Reached();
  const seen: { plan: readonly PlannedSubtest[]; ingredients?: Ingredients } = { plan: [] };
  const shown = cellReports(progress);
  const options: Parameters<typeof testKernelFor>[0] = {
    ...order.target,
    profile: cell.profile,
    gpu: cell.gpu as Gpu,
    cpus: cell.cpus,
    accel: 'auto',
    strict: order.strict,
    results: order.folder,
  };
  try {
    await testKernelFor(
      options,
      async (ingredients) => {
        const plan = await planOf(ingredients, names ?? cell.only);
        seen.ingredients = ingredients;
        seen.plan = plan;
        const rest = plan.filter((s) => expectations.of(fullName(s)).expected !== 'skip');
        if (rest.length === 0) throw new NothingToRun();
        return { plan: rest, programs: [], guests: usualGuests(), ...(cover ? { cover } : {}) };
      },
      { onJudged: (_, judged) => reached.add(judged.reached), listener: ({ listener }) => listener },
      shown.reports,
      signal,
    );
  } catch (error) {
    if (error instanceof NothingToRun) return undefined;
    throw error;
  } finally {
    shown.close();
  }
  const { summary, folder } = shown.seen;
  if (summary === undefined || folder === undefined || seen.ingredients === undefined)
    throw new UntestableError('the run came to no end');
  return { summary, folder, reached, plan: seen.plan, ingredients: seen.ingredients };
}

class NothingToRun extends Error {}

/** What a run tells, as one stage of the night; nothing of it scrolls by. */
function cellReports(progress: Progress): {
  reports: Reports;
  seen: { summary?: RunSummary; folder?: string };
  close(): void;
} {
  const seen: { summary?: RunSummary; folder?: string } = {};
  const events = eventsReporter((folder) => ({
    write: (text) => appendFileSync(join(folder, EVENTS_FILE), text),
  }));
  let stage: Stage | undefined;
  let [ended, red, planned] = [0, 0, 0];
  const reports: Reports = {
    progress,
    listener: {
      onBoot: (guest, milliseconds, release) =>
        void events.on({ kind: 'boot', guest, milliseconds, release }),
      onSubtestStart: (name, guest) => void events.on({ kind: 'subtest-start', name, guest }),
      onSubtestEnd: (result) => {
        void events.on({ kind: 'subtest-end', result });
        if (result.dynamic !== undefined) return;
        ended++;
        if (isRed(result)) red++;
        stage?.update(red === 0 ? '' : `${red} red`, ended, planned);
      },
      onGuestEnd: (record, again) => void events.on({ kind: 'guest-end', record, again }),
    },
    onBegin: (subtests, folder) => {
      seen.folder = folder;
      planned = subtests.length;
      stage = progress.stage('Test');
      void events.on({ kind: 'begin', plan: { subtests, folder, shownFolder: shortPath(folder) } });
      stage.update('', 0, planned);
    },
    onEnd: async (summary) => {
      seen.summary = summary;
      await events.on({ kind: 'end', summary });
      stage?.end(`${plural(planned, 'subtest')}, ${red === 0 ? 'none' : red} red`);
      return 0;
    },
  };
  return { reports, seen, close: () => stage?.fail('it came to no end') };
}

const skipsOf = ({ plan, summary }: Ran, cell: PlannedCell) => {
  const planned = new Map(plan.map((s) => [fullName(s), s]));
  const means = { gpu: cell.gpu, profile: cell.profile, cpus: cell.cpus, release: summary.target.release };
  return {
    isExpectedSkip: (r: Parameters<typeof isExpectedSkip>[0]) =>
      isExpectedSkip(r, planned.get(`${r.program}@${r.subtest}`), means),
  };
};

const skippedTest =
  (expectations: Expectations) =>
  (subtest: PlannedSubtest): NightTest => {
    const { why } = expectations.of(fullName(subtest));
    return {
      name: fullName(subtest),
      outcome: 'skip',
      expected: 'skip',
      judged: 'skipped',
      milliseconds: 0,
      promises: subtest.promises,
      why: why === '' ? 'not run: it is in a file of skips' : `not run: ${why}`,
    };
  };

/** What was reached of the dma-buf sources, where the kernel counts it. */
async function coverageOf(ran: Ran, signal: AbortSignal): Promise<NightCell['coverage']> {
  const vmlinux = ran.ingredients.vmlinuxFile;
  if (ran.reached.size === 0 || vmlinux === undefined) return undefined;
  return reachedOf(await codeMap(vmlinux, signal), ran.reached.places);
}
