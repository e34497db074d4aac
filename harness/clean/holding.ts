// SPDX-License-Identifier: MIT

/** A file as the disk sees it: it is freed when the last of its names is gone. */
export interface Node {
  readonly bytes: number;
  /** Names it has anywhere, and how many of them are in this holding. */
  readonly links: number;
  readonly names: number;
}

/** Something that can be deleted as a whole: an entry of the cache, the folder of a run. */
export interface Holding {
  /** "images/0e91908a4806", "results/2026-11-24-…". */
  readonly name: string;
  readonly folder: string;
  /** When something in it was last used or written. */
  readonly used: Date;
  /** What it takes; files with several names by the number of their inode. */
  readonly own: number;
  readonly shared: ReadonlyMap<string, Node>;
  /** Why it stays whatever its age: somebody is at work on it. */
  readonly busy: string | undefined;
}

export interface Limits {
  /** What was not used for so long goes, in ms. */
  readonly olderThan: number | undefined;
  /** What is left may take so many bytes; the rest goes, what was not used for the longest time first. */
  readonly keep: number | undefined;
}

export interface Choice {
  readonly go: readonly { readonly holding: Holding; readonly why: 'old' | 'too much' }[];
  /** What would have gone, and why it stays. */
  readonly busy: readonly Holding[];
  /** Bytes that all take. */
  readonly total: number;
}

/** Bytes that are freed if all of these go: a file that has other names elsewhere is not. */
class Freed {
  readonly #names = new Map<string, number>();
  bytes = 0;

  add({ own, shared }: Holding): void {
    this.bytes += own;
    for (const [inode, { bytes, links, names }] of shared) {
      const gone = (this.#names.get(inode) ?? 0) + names;
      this.#names.set(inode, gone);
      if (gone >= links) this.bytes += bytes;
    }
  }
}

/** Bytes that are free when all of these are gone. Pure. */
export function freedBy(holdings: readonly Holding[]): number {
  const freed = new Freed();
  for (const holding of holdings) freed.add(holding);
  return freed.bytes;
}

/** What all of them take, each file once. */
export function totalOf(holdings: readonly Holding[]): number {
  const nodes = new Map(
    holdings.flatMap(({ shared }) => [...shared].map(([inode, { bytes }]) => [inode, bytes])),
  );
  return (
    holdings.reduce((sum, { own }) => sum + own, 0) +
    [...nodes.values()].reduce((sum, bytes) => sum + bytes, 0)
  );
}

/** What goes: first what is too old, then as much as it takes. Pure. */
export function chooseHoldings(holdings: readonly Holding[], limits: Limits, now: Date): Choice {
  const total = totalOf(holdings);
  const freed = new Freed();
  const go: { holding: Holding; why: 'old' | 'too much' }[] = [];
  const busy: Holding[] = [];
  const oldestFirst = [...holdings].sort(
    (a, b) => a.used.getTime() - b.used.getTime() || a.name.localeCompare(b.name),
  );
  for (const holding of oldestFirst) {
    const age = now.getTime() - holding.used.getTime();
    const isOld = limits.olderThan !== undefined && age > limits.olderThan;
    const isTooMuch = limits.keep !== undefined && total - freed.bytes > limits.keep;
    if (!isOld && !isTooMuch) continue;
    if (holding.busy !== undefined) {
      busy.push(holding);
      continue;
    }
    go.push({ holding, why: isOld ? 'old' : 'too much' });
    freed.add(holding);
  }
  return { go, busy, total };
}
