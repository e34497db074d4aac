// SPDX-License-Identifier: MIT
import { resolve } from 'node:path';
import { candidatesIn, nextPrefix, prefixSteps } from '../bisect/prefixes.js';
import type { Asked } from '../bisect/state.js';
import { UsageError } from '../errors.js';
import { type Patch, readPatches } from '../kernel/patches.js';
import { parseKernelSpec } from '../kernel/spec.js';
import type { Candidate } from './bisect-judge.js';
import { checkEnd, type Search, type Searched, tryOne } from './bisect-search.js';

export interface SeriesOptions {
  readonly series: string;
  readonly on: string;
  /** `broke`: it holds with the first patches and fails with all; `fixed`: the other way. */
  readonly seeks: 'broke' | 'fixed';
  readonly from?: number;
  readonly to?: number;
}

/** Patches of which one changes the verdict. */
export interface PatchRange {
  readonly on: string;
  readonly patches: readonly Patch[];
  readonly from: number;
  readonly to: number;
  readonly seeks: 'broke' | 'fixed';
}

export async function patchRange(options: SeriesOptions): Promise<PatchRange> {
  const patches = await readPatches([resolve(options.series)], await parseKernelSpec(options.on));
  const { from = 0, to = patches.length, on, seeks } = options;
  if (to > patches.length || from >= to)
    throw new UsageError(`--from ${from} --to ${to}: the series has ${patches.length} patches.`, {
      remedy: '--from says how many patches are there at the beginning, --to how many at the end.',
    });
  return { on, patches, from, to, seeks };
}

export const askedOfSeries = ({ on, patches, from, to, seeks }: PatchRange): Asked => ({
  ...{ mode: 'series', on, from, to, seeks },
  patches: patches.map(({ sha256 }) => sha256),
});

/** Halve the patches until one is left. Candidates are numbers of patches, from 1. */
export async function searchSeries(
  range: PatchRange,
  search: Search,
  signal: AbortSignal,
): Promise<Searched> {
  const holdsAfter = range.seeks === 'fixed';
  const word = (n: number): string => (n === 0 ? 'without a patch of the series' : `with ${plural(n)}`);
  const ends = [
    { n: range.from, holds: !holdsAfter },
    { n: range.to, holds: holdsAfter },
  ];
  // The one that fails first: how it fails is what the other one is asked for
  for (const { n, holds } of ends.toSorted((a, b) => Number(a.holds) - Number(b.holds)))
    await checkEnd(search, candidateOf(range, n), { word: word(n), holds }, signal);
  let bounds = { before: range.from, after: range.to };
  const skipped = new Set<number>();
  for (;;) {
    const n = nextPrefix(bounds, skipped);
    if (n === undefined) return { candidates: candidatesIn(bounds).map(String) };
    const left = { steps: prefixSteps(bounds) - 1 };
    const { outcome } = await tryOne(search, candidateOf(range, n), left, signal);
    if (outcome === 'skip') skipped.add(n);
    else if ((outcome === 'holds') === holdsAfter) bounds = { ...bounds, after: n };
    else bounds = { ...bounds, before: n };
  }
}

export const prefixId = (n: number): string => `patches ${n}`;

const plural = (n: number): string => (n === 1 ? 'the first patch' : `the first ${n} patches`);

function candidateOf({ on, patches }: PatchRange, n: number): Candidate {
  const last = patches[n - 1];
  const patch = n === 0 ? ['none'] : patches.slice(0, n).map(({ path }) => path);
  return {
    id: prefixId(n),
    title: last === undefined ? `${on} without a patch` : `${on} + ${n}: ${subjectOf(last)}`,
    target: { kernel: on, patch },
  };
}

/** A patch's subject, without what git format-patch puts before it; else its name. */
export function subjectOf({ text, name }: Pick<Patch, 'text' | 'name'>): string {
  const subject = /^Subject: ((?:.*)(?:\n[ \t].*)*)/m.exec(text)?.[1];
  const words = subject?.replaceAll(/\s+/g, ' ').replace(/^\[[^\]]*\] */, '');
  return words === undefined || words === '' ? name : words;
}
