// SPDX-License-Identifier: MIT
import { UsageError } from '../errors.js';
import type { Gpu } from '../vm/qemu-args.js';

export const STRATEGIES = ['exhaustive', 'race', 'faults', 'guided', 'random'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** What somebody asked for. */
export interface Wanted {
  /** None: all that the kernel's profile allows. */
  readonly strategies: readonly StrategyName[];
  /** Ops of the longest program, for `exhaustive`. */
  readonly depth: number;
  /** A kernel's profile; undefined: for each strategy the one it is best served by. */
  readonly profile: string | undefined;
  readonly seed: number;
}

/** One search: a strategy on one kind of kernel in one kind of machine. */
export interface PlannedSearch {
  readonly title: string;
  readonly strategy: StrategyName;
  readonly profile: string;
  readonly cpus: number;
  readonly icount: { readonly shift: number; readonly seed: number } | undefined;
  /** The executor is asked what code each op reaches. */
  readonly cover: boolean;
  /** Of `faults`: memory is short, where otherwise allocations fail one by one. */
  readonly pressure?: true;
}

/** The profile that serves a strategy best. */
const BEST: Readonly<Record<StrategyName, string>> = {
  exhaustive: 'fast',
  race: 'race',
  faults: 'debug',
  guided: 'cover',
  random: 'fast',
};

/** What looks for leaks gives up for good when memory is short, so that is done on another kernel. */
const NOT_SHORT =
  'faults with memory that is short are for a kernel of the profile fast: they are done where no --profile is given';

/**
 * Profiles whose kernels can be interrupted inside a call; on others one processor never has a race in the kernel. With how
 * many ns an instruction, as a power of two. `race`: with 2^7 a tick comes after some 8000 instructions, so that a quarter
 * of the ops of threads is interrupted by another's (with 6 one of 11; with 8 two of five, but in fewer different ways and at
 * a third of the speed). `debug`: with 7 the ticks are all that its kernel does, and it does not boot in three minutes; with
 * 5 it does in 108 s, with 4 in 84 s, and each op takes many more instructions.
 */
const SHIFTS: Readonly<Record<string, number>> = { race: 7, debug: 4 };

/** The searches, in the order they are done, and what was left out and why. Throws UsageError for what cannot be had. */
export function planSearches(wanted: Wanted): { searches: PlannedSearch[]; left: string[] } {
  const { profile } = wanted;
  const all = wanted.strategies.length === 0;
  const left: string[] = [];
  const searches: PlannedSearch[] = [];
  for (const strategy of all ? STRATEGIES : STRATEGIES.filter((s) => wanted.strategies.includes(s))) {
    if (strategy === 'faults' && profile !== undefined && profile !== 'debug') {
      const why = `faults needs --profile debug: a kernel of the profile ${profile} cannot be made to fail`;
      if (!all) throw new UsageError(why);
      left.push(why);
      continue;
    }
    searches.push(...searchesOf(strategy, profile ?? BEST[strategy], wanted));
    if (strategy === 'faults' && profile !== undefined) left.push(NOT_SHORT);
    if (strategy === 'race' && profile !== undefined && SHIFTS[profile] === undefined)
      left.push(`race on one processor needs a preemptible kernel, which the profile ${profile} is not`);
  }
  return { searches, left };
}

function searchesOf(strategy: StrategyName, profile: string, wanted: Wanted): PlannedSearch[] {
  const one = { strategy, profile, cpus: 1, icount: undefined, cover: false };
  switch (strategy) {
    case 'exhaustive':
      return [{ ...one, title: `exhaustive, ${wanted.depth} ops` }];
    case 'guided':
      return [{ ...one, title: 'guided', cover: profile === 'cover' }];
    case 'faults': {
      const pressure = {
        ...one,
        title: 'faults, memory short',
        profile: BEST.random,
        pressure: true as const,
      };
      return wanted.profile === undefined
        ? [{ ...one, title: strategy }, pressure]
        : [{ ...one, title: strategy }];
    }
    case 'random':
      return [{ ...one, title: strategy }];
    case 'race': {
      const parallel = { ...one, title: 'race, 2 processors', cpus: 2 };
      const shift = SHIFTS[profile];
      if (shift === undefined) return [parallel];
      return [parallel, { ...one, title: 'race, icount', icount: { shift, seed: wanted.seed } }];
    }
  }
}

/** The virtio-gpu of a search's machine: where the clock counts instructions there is none, see TargetOptions.icount. */
export const gpuOf = ({ icount }: PlannedSearch, { gpu }: { readonly gpu: Gpu }): Gpu =>
  icount === undefined ? gpu : 'none';
