// SPDX-License-Identifier: MIT
import { planSearches, STRATEGIES, type StrategyName } from '../explore/plan.js';
import type { CellOptions, NightFile, ReadFile } from './night-file.js';
import { suggestion } from './suggest.js';
import type { TomlPath } from './toml-lines.js';

/** What a kernel and a machine can be on this command line. */
export interface Known {
  readonly profiles: readonly string[];
  readonly gpus: readonly string[];
}

/** One cell of a night, as it was planned: nothing in it depends on the machine or the day. */
export interface PlannedCell {
  /** "debian:5.10+series/fast/2d/check": unique in the night. */
  readonly id: string;
  /** As --kernel has it; a path is relative to the night's file. */
  readonly kernel: string;
  /** As --patch has it. */
  readonly patch: readonly string[];
  /** The first part of the names of its files of expectations: "5.10+series-fast". */
  readonly slug: string;
  readonly profile: string;
  readonly gpu: string;
  readonly strategy: CellStrategy;
  readonly cpus: number;
  readonly only: readonly string[];
  /** How long it is expected to take, in ms; builds are not in it. */
  readonly milliseconds: number;
}

export type CellStrategy =
  | { readonly kind: 'check' }
  | {
      readonly kind: StrategyName;
      /** Ops of the longest program, of `exhaustive`. */
      readonly depth: number | undefined;
      /** Undefined: until all is tried. */
      readonly seconds: number | undefined;
      readonly seed: number;
    };

/** "check", "exhaustive 4", "random". */
export const strategyName = (s: CellStrategy): string =>
  s.kind === 'check' || s.depth === undefined ? s.kind : `${s.kind} ${s.depth}`;

const USUAL = { profile: 'fast', gpu: '2d', strategy: 'check', seconds: 600, seed: 1 } as const;

/** A check without another number, in seconds: measured on two processors without KVM, see README. */
const CHECK_SECONDS: Readonly<Record<string, number>> = { fast: 60, race: 90, cover: 120, debug: 900 };
/** What a search takes besides its time: guests, and what is shrunk. */
const SEARCH_EXTRA_SECONDS = 60;
/** All programs up to so many ops; each op more takes some 25 times as long. */
const EXHAUSTIVE_SECONDS = [5, 5, 5, 10, 30, 600, 15_000, 360_000, 9_000_000];

type Axis = 'kernels' | 'profiles' | 'gpus' | 'strategies';
const AXES: readonly Axis[] = ['kernels', 'profiles', 'gpus', 'strategies'];
const USUAL_OF = { profiles: USUAL.profile, gpus: USUAL.gpu, strategies: USUAL.strategy } as const;

interface Corner {
  readonly kernels: string;
  readonly profiles: string;
  readonly gpus: string;
  readonly strategies: string;
}

/** A cell that was left out on purpose. */
export interface LeftOut {
  readonly id: string;
  readonly why: string;
}

/** All cells in the order of the file. Throws UsageError (file, line, reason) for what cannot be. */
export function cellsOf(
  { file, refuse, lineOf }: ReadFile,
  known: Known,
): { cells: PlannedCell[]; left: LeftOut[] } {
  const kernels = kernelTable(file, refuse);
  const cells = new Map<string, { cell: PlannedCell; path: TomlPath }>();
  const left: LeftOut[] = [];
  const used = new Set<number>();
  const add = (
    corner: Corner,
    options: CellOptions,
    path: TomlPath,
    where: Readonly<Record<Axis, TomlPath>>,
  ): void => {
    const cell = makeCell(corner, options, { file, refuse, kernels, known }, where);
    const excluded = (file.exclude ?? []).findIndex((one) =>
      AXES.every((axis) => one[axis]?.includes(corner[axis]) ?? true),
    );
    if (excluded >= 0) {
      used.add(excluded);
      left.push({ id: cell.id, why: file.exclude?.[excluded]?.why ?? '' });
      return;
    }
    impossible(cell, refuse, where);
    const twin = cells.get(cell.id);
    if (twin !== undefined)
      refuse(
        path,
        `the cell ${cell.id} is there already, from line ${lineOf(twin.path)}`,
        'A night has each cell once: take it out of one of them.',
      );
    cells.set(cell.id, { cell, path });
  };
  for (const [at, block] of (file.matrix ?? []).entries()) {
    const path = ['matrix', at];
    const axis = (name: Axis): { value: string; path: TomlPath }[] =>
      name === 'kernels' || block[name] !== undefined
        ? (block[name] ?? []).map((value, index) => ({ value, path: [...path, name, index] }))
        : [{ value: USUAL_OF[name], path }];
    for (const kernel of axis('kernels'))
      for (const profile of axis('profiles'))
        for (const gpu of axis('gpus'))
          for (const strategy of axis('strategies'))
            add(
              { kernels: kernel.value, profiles: profile.value, gpus: gpu.value, strategies: strategy.value },
              block,
              path,
              { kernels: kernel.path, profiles: profile.path, gpus: gpu.path, strategies: strategy.path },
            );
  }
  for (const [at, one] of (file.include ?? []).entries()) {
    const path = ['include', at];
    add(
      {
        kernels: one.kernel,
        profiles: one.profile ?? USUAL.profile,
        gpus: one.gpu ?? USUAL.gpu,
        strategies: one.strategy ?? USUAL.strategy,
      },
      one,
      path,
      {
        kernels: [...path, 'kernel'],
        profiles: [...path, 'profile'],
        gpus: [...path, 'gpu'],
        strategies: [...path, 'strategy'],
      },
    );
  }
  for (const at of (file.exclude ?? []).keys())
    if (!used.has(at))
      refuse(['exclude', at], 'this excludes no cell', 'Mistyped, or not needed any more: take it out.');
  if (cells.size === 0) refuse([], 'it has no cells', 'Write a [[matrix]] with kernels.');
  return { cells: [...cells.values()].map(({ cell }) => cell), left };
}

type Refuse = ReadFile['refuse'];
interface Kernel {
  readonly kernel: string;
  readonly patch: readonly string[];
  readonly slug: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
const DEBIAN = /^debian:\d+\.\d+(\.\d+)?(\+series)?$/;

/** The kernels that the file gives names to. */
function kernelTable(file: NightFile, refuse: Refuse): ReadonlyMap<string, Kernel> {
  const found = new Map<string, Kernel>();
  for (const [name, { kernel, patch }] of Object.entries(file.kernels ?? {})) {
    if (!NAME.test(name))
      refuse(['kernels', name], `"${name}" is no name for a kernel: letters, digits and . _ + - only`);
    found.set(name, {
      kernel,
      patch: (patch ?? ['none']).map((one) => (one === 'series' ? 'auto' : one)),
      slug: name,
    });
  }
  return found;
}

/** A name from [kernels], or Debian's with or without our series. */
function kernelOf(
  name: string,
  kernels: ReadonlyMap<string, Kernel>,
  refuse: Refuse,
  path: TomlPath,
): Kernel {
  const named = kernels.get(name);
  if (named !== undefined) return named;
  if (DEBIAN.test(name)) {
    const [kernel = '', series] = name.split('+');
    return { kernel, patch: [series === undefined ? 'none' : 'auto'], slug: name.slice('debian:'.length) };
  }
  return refuse(
    path,
    `there is no kernel "${name}": it is neither debian:VERSION or debian:VERSION+series, nor in [kernels]${
      kernels.size === 0 ? '' : suggestion(name, [...kernels.keys()])
    }`,
    'A tree or a tarball is given a name first: [kernels.NAME] with kernel = "PATH".',
  );
}

interface Means {
  readonly file: NightFile;
  readonly refuse: Refuse;
  readonly kernels: ReadonlyMap<string, Kernel>;
  readonly known: Known;
}

function makeCell(
  corner: Corner,
  options: CellOptions,
  means: Means,
  where: Readonly<Record<Axis, TomlPath>>,
): PlannedCell {
  const { file, refuse, known } = means;
  const kernel = kernelOf(corner.kernels, means.kernels, refuse, where.kernels);
  if (!known.profiles.includes(corner.profiles))
    refuse(
      where.profiles,
      `there is no profile "${corner.profiles}"${suggestion(corner.profiles, known.profiles)}`,
    );
  if (!known.gpus.includes(corner.gpus))
    refuse(where.gpus, `there is no gpu "${corner.gpus}"${suggestion(corner.gpus, known.gpus)}`);
  const strategy = strategyOf(corner.strategies, options, file, refuse, where.strategies);
  const cpus = options.cpus ?? 1;
  const only = options.only ?? [];
  const id = [
    corner.kernels,
    corner.profiles,
    corner.gpus,
    corner.strategies,
    ...(cpus === 1 ? [] : [`${cpus}cpus`]),
  ];
  const seconds =
    options.minutes === undefined ? usualSeconds(strategy, corner.profiles) : options.minutes * 60;
  return {
    id: id.join('/'),
    ...kernel,
    slug: `${kernel.slug}-${corner.profiles}`,
    profile: corner.profiles,
    gpu: corner.gpus,
    strategy,
    cpus,
    only,
    milliseconds: Math.round(seconds * 1000),
  };
}

function strategyOf(
  text: string,
  options: CellOptions,
  file: NightFile,
  refuse: Refuse,
  path: TomlPath,
): CellStrategy {
  if (text === 'check') return { kind: 'check' };
  const [kind = '', depth, ...rest] = text.split(' ');
  const name = STRATEGIES.find((one) => one === kind);
  if (name === undefined)
    return refuse(path, `there is no strategy "${kind}"${suggestion(kind, ['check', ...STRATEGIES])}`);
  if (name === 'exhaustive') {
    if (depth === undefined || !/^[1-8]$/.test(depth) || rest.length > 0)
      return refuse(path, `"${text}": write how many ops, from 1 to 8: "exhaustive 4"`);
  } else if (depth !== undefined) return refuse(path, `"${text}": only exhaustive has a number behind it`);
  const time = options.time ?? (name === 'exhaustive' ? undefined : file.time);
  const seconds = time === undefined ? (name === 'exhaustive' ? undefined : USUAL.seconds) : secondsOf(time);
  if (seconds === 0) refuse(path, 'a search of no time finds nothing');
  return {
    kind: name,
    depth: depth === undefined ? undefined : Number(depth),
    seconds,
    seed: options.seed ?? file.seed ?? USUAL.seed,
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const secondsOf = (span: string): number => Number(span.slice(0, -1)) * (UNITS[span.slice(-1)] ?? 1);

const usualSeconds = (strategy: CellStrategy, profile: string): number =>
  strategy.kind === 'check'
    ? (CHECK_SECONDS[profile] ?? 900)
    : (strategy.seconds ?? EXHAUSTIVE_SECONDS[strategy.depth ?? 4] ?? 600) + SEARCH_EXTRA_SECONDS;

/** What a search says of a kernel that it cannot have. */
function impossible(cell: PlannedCell, refuse: Refuse, where: Readonly<Record<Axis, TomlPath>>): void {
  const { strategy, profile, only, cpus } = cell;
  if (strategy.kind === 'check') return;
  const help = 'Give such cells a [[matrix]] of their own, or [[exclude]] the others and say why.';
  if (only.length > 0)
    refuse(where.strategies, `"only" chooses subtests, and ${strategy.kind} has none`, help);
  if (cpus !== 1)
    refuse(where.strategies, `"cpus" is of a check: ${strategy.kind} chooses its machines itself`, help);
  try {
    planSearches({ strategies: [strategy.kind], depth: strategy.depth ?? 4, profile, seed: strategy.seed });
  } catch (error) {
    refuse(where.strategies, error instanceof Error ? error.message : String(error), help);
  }
}
