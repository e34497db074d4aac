// SPDX-License-Identifier: MIT

export type Answer = 'holds' | 'fails' | 'skip';

/** A set of changes, all of those in `chosen`, and what is thought of it. */
export type Ask<T> = (chosen: readonly T[]) => Promise<Answer>;

/** What {@link isolate} found. */
export interface Isolated<T> {
  /** With these and `needed` it fails, with `needed` alone it does not. More than one: it could not be narrowed. */
  readonly culprits: readonly T[];
  /** What has to be there as well. Empty: the culprits do it alone. */
  readonly needed: readonly T[];
  /** False where something that was skipped kept it from being as small as it can be. */
  readonly minimal: boolean;
}

/**
 * Which of many changes makes it fail. None of them: it holds; all: it fails. First two sets that differ in as little as
 * can be, one that holds and one that fails, are closed in on, by halves where there is one culprit (delta debugging, Zeller
 * and Hildebrandt, 2002); then it is seen which of what they share has to be there.
 */
export async function isolate<T>(all: readonly T[], ask: Ask<T>): Promise<Isolated<T>> {
  const { culprits, shared, minimal } = await closeIn(all, ask);
  if (shared.length === 0) return { culprits, needed: [], minimal };
  if ((await ask(inOrder(all, culprits))) === 'fails') return { culprits, needed: [], minimal };
  const rest = await leastNeeded(shared, (some) => ask(inOrder(all, [...culprits, ...some])));
  return { culprits, needed: rest.needed, minimal: minimal && rest.minimal };
}

async function closeIn<T>(
  all: readonly T[],
  ask: Ask<T>,
): Promise<{ culprits: readonly T[]; shared: readonly T[]; minimal: boolean }> {
  let holds: readonly T[] = [];
  let fails: readonly T[] = all;
  let parts = 2;
  for (;;) {
    const between = without(fails, holds);
    if (between.length <= 1) return { culprits: between, shared: holds, minimal: true };
    parts = Math.min(parts, between.length);
    const step = await closer(all, holds, fails, split(between, parts), ask);
    if (step === undefined) {
      if (parts >= between.length) return { culprits: between, shared: holds, minimal: false };
      parts *= 2;
      continue;
    }
    parts = step.halve ? 2 : Math.max(parts - 1, 2);
    holds = step.holds;
    fails = step.fails;
  }
}

interface Step<T> {
  readonly holds: readonly T[];
  readonly fails: readonly T[];
  /** Much was gained: begin with halves again. */
  readonly halve: boolean;
}

async function closer<T>(
  all: readonly T[],
  holds: readonly T[],
  fails: readonly T[],
  pieces: readonly (readonly T[])[],
  ask: Ask<T>,
): Promise<Step<T> | undefined> {
  for (const piece of pieces) {
    const more = inOrder(all, [...holds, ...piece]);
    const answer = await ask(more);
    if (answer === 'fails') return { holds, fails: more, halve: true };
    if (answer === 'holds') return { holds: more, fails, halve: pieces.length === 2 };
  }
  for (const piece of pieces) {
    const less = without(fails, piece);
    const answer = await ask(less);
    if (answer === 'holds') return { holds: less, fails, halve: true };
    if (answer === 'fails') return { holds, fails: less, halve: false };
  }
  return undefined;
}

/** The least of `shared` with which it still fails: nothing of it can be taken away. */
async function leastNeeded<T>(
  shared: readonly T[],
  ask: Ask<T>,
): Promise<{ needed: readonly T[]; minimal: boolean }> {
  let needed = shared;
  let minimal = true;
  let parts = 2;
  while (needed.length > 0) {
    parts = Math.min(parts, needed.length);
    let less: readonly T[] | undefined;
    let skips = false;
    for (const piece of split(needed, parts)) {
      const answer = await ask(without(needed, piece));
      skips ||= answer === 'skip';
      if (answer !== 'fails') continue;
      less = without(needed, piece);
      break;
    }
    if (less !== undefined) {
      needed = less;
      parts = Math.max(parts - 1, 2);
    } else if (parts >= needed.length) {
      minimal = !skips;
      break;
    } else {
      parts *= 2;
    }
  }
  return { needed, minimal };
}

const without = <T>(from: readonly T[], what: readonly T[]): readonly T[] => {
  const gone = new Set(what);
  return from.filter((each) => !gone.has(each));
};

/** The same set always in the same order, whatever way led to it. */
const inOrder = <T>(all: readonly T[], chosen: readonly T[]): readonly T[] => {
  const wanted = new Set(chosen);
  return all.filter((each) => wanted.has(each));
};

function split<T>(list: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, n) =>
    list.slice(Math.floor((n * list.length) / parts), Math.floor(((n + 1) * list.length) / parts)),
  );
}
