// SPDX-License-Identifier: MIT
import { readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FencelabError } from '../../errors.js';
import { applyPatches, type Patched } from '../apply.js';
import { type Patch, readPatches } from '../patches.js';
import { provideKernel } from '../provide.js';
import { treeOf } from '../source.js';
import { parseKernelSpec } from '../spec.js';
import type { KernelContext, KernelImage } from '../types.js';
import { withSource } from '../workshop.js';
import {
  checkpatch,
  concerns,
  EVERY,
  type Exception,
  parseExceptions,
  type Remark,
  unneeded,
  weigh,
} from './checkpatch.js';
import { hasKernelDoc, kernelDoc, newWarnings } from './kernel-doc.js';
import { compileOthers } from './objects.js';
import type { Cell, SeriesReport } from './report.js';

export interface SeriesCheck {
  /** The series' folder, with its `series` file. */
  readonly series: string;
  /** The first is built and booted; the patches have to apply to each. */
  readonly kernels: readonly string[];
  readonly profile: string;
  readonly jobs?: number;
  /** Boot an image and say how that went; without it nothing is built. */
  readonly boot:
    | ((image: KernelImage) => Promise<{ readonly ok: boolean; readonly detail: string }>)
    | undefined;
}

const EXCEPTIONS = 'checkpatch-exceptions.txt';
/** An exception of this type says that no configuration for x86-64 has the object. */
const NOT_COMPILED = 'NOT_COMPILED';

async function readExceptions(series: string): Promise<Exception[]> {
  return parseExceptions(await readFile(join(series, EXCEPTIONS), 'utf8').catch(() => ''), EXCEPTIONS);
}

/** Check each patch of a series on top of those before it. Nothing stops at the first failure. */
export async function checkSeries(check: SeriesCheck, ctx: KernelContext): Promise<SeriesReport> {
  const [home] = check.kernels;
  if (home === undefined) throw new Error('[fencelab bug] a series is checked against at least one kernel');
  const patches = await readPatches([check.series], await parseKernelSpec(home));
  const applies: Cell[][] = [];
  for (const kernel of check.kernels) applies.push(await applyEach(kernel, patches, ctx));
  const exceptions = await readExceptions(check.series);
  const { style, docs, problems } = await readEach(home, exceptions, patches, ctx);
  const columns = [
    ...check.kernels.map((kernel) => `applies to ${kernel.replace(/^debian:/, '')}`),
    'checkpatch',
    'kernel-doc',
  ];
  const cells = patches.map((_, at) => [
    ...applies.map((column) => cell(column, at)),
    cell(style, at),
    cell(docs, at),
  ]);
  if (check.boot !== undefined) {
    columns.push('builds', 'boots', 'other objects');
    for (const [at] of patches.entries())
      cells[at]?.push(...(await buildOne(check, home, patches.slice(0, at + 1), exceptions, ctx)));
  }
  return {
    columns,
    rows: patches.map((patch, at) => ({ patch: patch.name, cells: cells[at] ?? [] })),
    problems,
  };
}

const NOT_REACHED: Cell = { state: 'fail', detail: 'an earlier patch does not apply' };
const cell = (column: readonly Cell[], at: number): Cell => column[at] ?? NOT_REACHED;

/** Does each patch apply, on top of those before it? What comes after one that does not cannot be known. */
async function applyEach(kernel: string, patches: readonly Patch[], ctx: KernelContext): Promise<Cell[]> {
  const cells: Cell[] = [];
  await eachState(kernel, patches, ctx, async () => void cells.push({ state: 'ok' })).catch(
    (error: unknown) => {
      if (!(error instanceof FencelabError) || cells.length === patches.length) throw error;
      cells.push({ state: 'fail', detail: `${error.message}\n${error.detail ?? ''}` });
    },
  );
  return cells;
}

/** Call `body` with what the first patch makes of the tree, the first two, and so on; the tree itself is not changed. */
async function eachState(
  kernel: string,
  patches: readonly Patch[],
  ctx: KernelContext,
  body: (at: number, patched: Patched, tree: string) => Promise<void>,
): Promise<void> {
  await withSource(kernel, ctx, async (source, slot, inner) => {
    await source.sync(slot, new Set(), inner);
    for (const at of patches.keys()) {
      const scratch = join(slot, 'scratch');
      const patched = await applyPatches(
        patches.slice(0, at + 1),
        source.originals(slot),
        scratch,
        inner.signal,
      );
      try {
        await body(at, patched, treeOf(slot));
      } finally {
        await rm(patched.scratch, { recursive: true, force: true });
      }
    }
  });
}

/** What the tree's own scripts say of each patch, and of the files as each leaves them. */
async function readEach(
  kernel: string,
  exceptions: readonly Exception[],
  patches: readonly Patch[],
  ctx: KernelContext,
): Promise<{ style: Cell[]; docs: Cell[]; problems: string[] }> {
  const known = new Set(patches.map((patch) => patch.name));
  const problems = exceptions
    .filter(({ patch }) => patch !== EVERY && !known.has(patch))
    .map(({ patch, type }) => `${EXCEPTIONS}: there is no patch ${patch} to be excused of ${type}.`);
  const style: Cell[] = [];
  const docs: Cell[] = [];
  const stage = ctx.progress.stage('Run checkpatch and kernel-doc');
  const ofCheckpatch = exceptions.filter(({ type }) => type !== NOT_COMPILED); // that one is the compiler's
  const said: Remark[] = [];
  // What the file says before its patch; at first, what it says unpatched.
  const before = new Map<string, string[]>();
  const work = async (at: number, patched: Patched, tree: string): Promise<void> => {
    const patch = patches[at];
    if (patch === undefined) return;
    stage.update(patch.name, at, patches.length);
    const remarks = await checkpatch(tree, patch.path, ctx.signal);
    said.push(...remarks);
    const { open, excused, stale } = weigh(patch.name, remarks, ofCheckpatch);
    const faults = open.map(({ severity, type, text }) => `${severity}:${type}: ${text}`);
    for (const { type } of stale)
      faults.push(`${EXCEPTIONS} excuses ${type}, which checkpatch does not say (any more)`);
    const note = excused === 0 ? {} : { note: `${excused} excused` };
    style.push(faults.length === 0 ? { state: 'ok', ...note } : { state: 'fail', detail: faults.join('\n') });
    const warnings: string[] = [];
    for (const path of patch.paths.filter(hasKernelDoc)) {
      const now = await kernelDoc(tree, patched.files.get(path), ctx.signal);
      warnings.push(...newWarnings(before.get(path) ?? [], now).map((warning) => `${path}: ${warning}`));
      before.set(path, now);
    }
    docs.push(warnings.length === 0 ? { state: 'ok' } : { state: 'fail', detail: warnings.join('\n') });
  };
  await unpatchedWarnings(kernel, patches, ctx, before);
  await eachState(kernel, patches, ctx, work).catch((error: unknown) => {
    if (!(error instanceof FencelabError)) throw error; // that a patch does not apply is told elsewhere
  });
  stage.end(`${patches.length} patches`);
  if (style.length === patches.length)
    // else nobody knows what the others need
    for (const { type } of unneeded(ofCheckpatch, said))
      problems.push(
        `${EXCEPTIONS} excuses ${type} in every patch, which checkpatch says of none (any more).`,
      );
  return { style, docs, problems };
}

async function unpatchedWarnings(
  kernel: string,
  patches: readonly Patch[],
  ctx: KernelContext,
  into: Map<string, string[]>,
): Promise<void> {
  await withSource(kernel, ctx, async (source, slot, { signal }) => {
    const originals = source.originals(slot);
    for (const path of new Set(patches.flatMap((patch) => patch.paths)))
      if (hasKernelDoc(path))
        into.set(path, await kernelDoc(treeOf(slot), await originals.find(path), signal));
  });
}

/** Build and boot the kernel with the first patches of the series, and compile what else the last of them touches. */
async function buildOne(
  check: SeriesCheck,
  kernel: string,
  patches: readonly Patch[],
  exceptions: readonly Exception[],
  ctx: KernelContext,
): Promise<Cell[]> {
  const jobs = check.jobs ?? availableParallelism();
  const patch = patches.map(({ path }) => path);
  try {
    const image = await provideKernel({ kernel, patch, profile: check.profile, jobs }, ctx);
    const booted = await check.boot?.(image);
    const name = patches.at(-1)?.name;
    const excused = exceptions.find(
      (one) => name !== undefined && concerns(one, name) && one.type === NOT_COMPILED,
    );
    const others = await compileOthers(kernel, check.series, patches, check.profile, jobs, ctx);
    return [
      { state: 'ok', ...(image.built === 'cached' ? { note: 'earlier' } : {}) },
      booted?.ok === true
        ? { state: 'ok', note: booted.detail }
        : { state: 'fail', detail: booted?.detail ?? '' },
      excused === undefined || others.state !== 'fail'
        ? others
        : { state: 'ok', note: `not: ${excused.reason}` },
    ];
  } catch (error) {
    if (!(error instanceof FencelabError)) throw error;
    const detail = `${error.message}\n${error.detail ?? ''}\n${error.remedy ?? ''}`;
    return [{ state: 'fail', detail }, { state: 'none' }, { state: 'none' }];
  }
}
