// SPDX-License-Identifier: MIT

/** A set of fences, as bits. */
export type Leaves = number;

/** What may stand in a slot: a fence by its number, or a container of such. Never changed once it is made. */
export type Node = number | readonly Node[];

/** A reservation object: `kernel` is for moves where the design can tell them from writes. */
export interface Resv {
  readonly kernel: readonly Node[];
  readonly excl: Node | null;
  readonly shared: readonly Node[];
}

export const EMPTY: Resv = { kernel: [], excl: null, shared: [] };

export const leavesOf = (node: Node | null): Leaves => {
  if (node === null) return 0;
  return typeof node === 'number'
    ? 1 << node
    : node.reduce<Leaves>((all, member) => all | leavesOf(member), 0);
};

export const leavesOfAll = (nodes: readonly Node[]): Leaves =>
  nodes.reduce<Leaves>((all, n) => all | leavesOf(n), 0);

/** Fences and containers in there, each time they are there. */
export const sizeOf = (node: Node | null): number => {
  if (node === null) return 0;
  return typeof node === 'number' ? 1 : node.reduce<number>((sum, member) => sum + sizeOf(member), 1);
};

/** How often a fence is in there at most. */
export function mostOften(nodes: readonly (Node | null)[]): number {
  const times = [0, 0, 0, 0];
  const count = (node: Node | null): void => {
    if (typeof node === 'number') times[node] = (times[node] ?? 0) + 1;
    else node?.forEach(count);
  };
  nodes.forEach(count);
  return Math.max(...times);
}

/** P5: whether a container holds a container. */
export const nests = (node: Node | null): boolean =>
  node !== null && typeof node !== 'number' && node.some((member) => typeof member !== 'number');

/** Numbers of the fences in a set, in order. */
export const numbersOf = (leaves: Leaves): number[] => [0, 1, 2, 3].filter((n) => (leaves & (1 << n)) !== 0);

/** One flat container of a set: nothing, the fence itself, or an array. */
export function flat(leaves: Leaves): Node | null {
  const numbers = numbersOf(leaves);
  return numbers.length > 1 ? numbers : (numbers[0] ?? null);
}
