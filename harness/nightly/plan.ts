// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import type { LeftOut, PlannedCell } from './cells.js';

/** Which part of a night is to be done, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** A night before it starts. Every shard computes the same one from the same files: no history, no clock is in it. */
export interface Plan {
  /** Name of the night's file without ".toml". */
  readonly name: string;
  /** sha256 of all that makes two nights comparable; not of how they are shared out. */
  readonly digest: string;
  readonly strict: boolean;
  /** How often a test that is known to be flaky is run again when it fails. */
  readonly retries: number;
  readonly cells: readonly PlannedCell[];
  readonly left: readonly LeftOut[];
}

/** What may change between two nights of one plan and is not in the night's file: the files of expectations. */
export interface Beside {
  readonly name: string;
  readonly text: string;
}

export function makePlan(plan: Omit<Plan, 'digest'>, beside: readonly Beside[]): Plan {
  const { strict, retries, cells } = plan;
  const files = [...beside].sort((a, b) => (a.name < b.name ? -1 : 1));
  const digest = sha256(canonical({ name: plan.name, strict, retries, cells, files }));
  return { ...plan, digest };
}

/** JSON with its keys in order: the same value is the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The shard of each cell, from 1: the longest cell first, each to the shard that has the least to do; of equals to one
 * that has the same kernel to build, then to the first. No shard has more to do than the least busy one and one cell.
 */
export function shardsOf(cells: readonly PlannedCell[], of: number): readonly number[] {
  const load = Array.from({ length: of }, () => 0);
  const builds = Array.from({ length: of }, () => new Set<string>());
  const shards = cells.map(() => 1);
  const longestFirst = cells
    .map((cell, at) => ({ cell, at }))
    .sort((a, b) => b.cell.milliseconds - a.cell.milliseconds || a.at - b.at);
  for (const { cell, at } of longestFirst) {
    const least = Math.min(...load);
    const free = load.flatMap((busy, shard) => (busy === least ? [shard] : []));
    const build = canonical([cell.kernel, cell.patch, cell.profile]);
    const shard = free.find((one) => builds[one]?.has(build)) ?? free[0] ?? 0;
    load[shard] = least + cell.milliseconds;
    builds[shard]?.add(build);
    shards[at] = shard + 1;
  }
  return shards;
}
