// SPDX-License-Identifier: MIT
import type { Profile, Strategy } from '../../models/index.js';
import { codeMap } from '../cover/code-map.js';
import { reachedOf } from '../cover/coverage.js';
import type { Findings, SearchedAs } from '../explore/findings.js';
import { GuestRunner, NoGuest } from '../explore/guest-runner.js';
import { gpuOf, type PlannedSearch } from '../explore/plan.js';
import type { SearchRow } from '../explore/row.js';
import { scout } from '../explore/scout.js';
import { type Score, Search } from '../explore/search.js';
import { makeStrategy } from '../explore/strategies.js';
import { Trials } from '../explore/trials.js';
import type { Progress } from '../progress/progress.js';
import { grouped } from '../progress/words.js';
import type { SearchedKernel } from './explore-kernel.js';
import { placeOf } from './finding-target.js';
import type { KernelOptions } from './target.js';

export interface KernelSearch {
  readonly search: PlannedSearch;
  readonly seed: number;
  readonly depth: number;
  readonly lanes: number;
  /** How long; undefined: until all is tried. */
  readonly milliseconds: number | undefined;
  readonly kernel: SearchedKernel;
  readonly target: KernelOptions;
  /** The digest of the patches that are saved with findings. */
  readonly patches: string | undefined;
  readonly findings: Findings;
}

/** Ops for the first guest on a kernel without debugging. */
const FIRST_OPS = 20_000;
/** How long a guest should work: much longer than it boots, and short enough to see how far it is. */
const GUEST_MS = 6000;
/** The same where the kernel is scanned for leaks behind it, which takes ten seconds. */
const SCANNED_GUEST_MS = 180_000;

/** How much later than asked for a search may end: a part of its time, or so many ms, which a busy machine takes to end QEMU. */
const SLACK = 0.1;
const LEAST_SLACK_MS = 15_000;

/** Ops for each second of a search that a first guest gets whose kernel is scanned: it is to be done in half of the time. */
const SCANNED_OPS = 2.5;

function firstOps(
  { guest: { kmemleak, limitScale } }: SearchedKernel,
  milliseconds: number | undefined,
): number {
  const most = Math.ceil(FIRST_OPS / limitScale);
  if (!kmemleak || milliseconds === undefined) return most;
  return Math.min(most, Math.ceil((SCANNED_OPS * milliseconds) / 1000));
}

/** One search on one kernel: a row of the table. */
export async function searchKernel(
  order: KernelSearch,
  progress: Progress,
  signal: AbortSignal,
): Promise<SearchRow> {
  const { search, kernel, seed } = order;
  const name = `${kernel.target.kernel} (${kernel.target.release}), ${kernel.target.patch}, ${search.profile}`;
  const stage = progress.stage(`${search.title} on ${kernel.target.release}, ${search.profile}`);
  const began = performance.now();
  let profile: Profile;
  try {
    stage.update('booting a guest to see what kernel it is');
    const choice = await scout(kernel.guest, signal);
    profile = choice.profile;
    for (const doubt of choice.doubts) progress.say(`model (${profile.name}): ${doubt}`);
  } catch (error) {
    stage.fail(error instanceof Error ? error.message : String(error));
    if (error instanceof NoGuest) return untestableRow(search, name, error);
    throw error;
  }
  const strategy = makeStrategy(search, profile.rules, { seed, depth: order.depth });
  const runner = new GuestRunner(kernel.guest);
  const { findings, target } = order;
  const trials = new Trials({ boots: runner, order: kernel.guest, say: (text) => progress.say(text) });
  const as: SearchedAs = {
    ...placeOf(target),
    ...(order.patches === undefined ? {} : { patches: order.patches }),
    profile: search.profile,
    release: kernel.target.release,
    gpu: gpuOf(search, target),
    cpus: search.cpus,
    ...(search.icount === undefined ? {} : { icount: `${search.icount.shift} seed ${search.icount.seed}` }),
    strategy: search.title,
    seed,
  };
  const until = order.milliseconds === undefined ? Number.POSITIVE_INFINITY : began + order.milliseconds;
  const run = new Search({
    strategy,
    runner,
    lanes: order.lanes,
    firstOps: firstOps(kernel, order.milliseconds),
    guestMilliseconds: kernel.guest.kmemleak ? SCANNED_GUEST_MS : GUEST_MS,
    scans: kernel.guest.kmemleak,
    until,
    slack: Math.max(LEAST_SLACK_MS, SLACK * (order.milliseconds ?? 0)),
    signal,
    onProgress: (score) => stage.update(words(score, strategy), score.programs, strategy.total),
    onFailure: (ran) => findings.add(ran, () => trials.runnerFor(ran, signal), as, signal),
  });
  stage.update(words(run.score(), strategy), 0, strategy.total);
  const score = await run.run().finally(() => trials.end());
  const { states } = strategy.tally();
  const map =
    search.cover && kernel.vmlinux !== undefined ? await codeMap(kernel.vmlinux, signal) : undefined;
  stage.end(words(score, strategy));
  return {
    search: search.title,
    kernel: name,
    ...(search.strategy === 'exhaustive' ? {} : { seed }),
    programs: score.programs,
    lost: score.lost,
    ops: score.ops,
    states,
    ...(map === undefined ? {} : { coverage: reachedOf(map, runner.reached.places) }),
    findings: findings.all.filter(({ searches }) => searches.has(search.title)).length,
    failures: score.failures,
    ...(score.documented.times === 0 ? {} : { documented: score.documented }),
    undecided: Object.fromEntries(score.undecided),
    guests: runner.guests + trials.guests,
    ...(score.cut === 0 ? {} : { cut: score.cut }),
    ...(runner.unscanned === 0 ? {} : { unscanned: runner.unscanned }),
    milliseconds: Math.round(performance.now() - began),
    complete: run.exhausted && !signal.aborted,
  };
}

function words({ programs, ops, failures }: Score, strategy: Strategy): string {
  const { states } = strategy.tally();
  return `${grouped(programs)} programs, ${grouped(ops)} ops, ${grouped(states)} states, ${failures} failures`;
}

/** A kernel that does not boot is a row of its own: other searches may have one that does. */
const untestableRow = (search: PlannedSearch, kernel: string, error: NoGuest): SearchRow => ({
  search: search.title,
  kernel,
  programs: 0,
  lost: 0,
  ops: 0,
  states: 0,
  findings: 0,
  failures: 0,
  undecided: {},
  guests: 0,
  milliseconds: 0,
  complete: false,
  untestable: error.message,
});
