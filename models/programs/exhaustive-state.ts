// SPDX-License-Identifier: MIT
import { VARIABLES_EACH } from '../ops/operation.js';
import type { Context } from '../state/context.js';
import { type Fence, leafPending } from '../state/fence.js';
import type { BufferFile, SyncFile } from '../state/file.js';
import type { World } from '../state/world.js';
import type { Names } from './exhaustive-op.js';
import { B, BUFFERS, F, OWN, S, T } from './exhaustive-scope.js';

/** A state up to renaming: its text, and what has a name in the order in which the text has it. */
export interface Canonical extends Names {
  readonly key: string;
}

/** A reservation object or sync file as text, with holes for contexts: pieces[0] context[0] pieces[1] … */
interface Container {
  readonly pieces: string[];
  readonly contexts: Context[];
}

/**
 * How far a leaf has come, which is all of it that later ops can tell: steps to go, done, or ended with an error. How far
 * a timeline has gone beyond a fence makes no difference as long as seqnos are less than 2^31 apart.
 */
function leafText(leaf: Fence): string {
  const { context, position } = leaf;
  if (context === null) return 's';
  if (leafPending(leaf)) return `${position - context.position}`;
  return position <= context.position ? 'd' : 'e';
}

function syncContainer({ fence }: SyncFile): Container {
  const single = fence.members.length === 0;
  const leaves = single ? [fence] : fence.members;
  const found: Container = { pieces: [], contexts: [] };
  let text = single ? '' : `[${fence.enabled ? 'n' : ''}${fence.settled}`;
  for (const [at, leaf] of leaves.entries()) {
    const copies = fence.copies?.[at] ?? 1;
    if (leaf.context !== null) {
      found.pieces.push(text);
      found.contexts.push(leaf.context);
      text = '';
    }
    text += leafText(leaf) + (copies === 1 ? '' : `*${copies}`);
  }
  found.pieces.push(text);
  return found;
}

/** The entries one by one, as their order is nobody's promise; what is hidden of each goes with it. */
function bufferContainers({ resv, callbacks }: BufferFile): Container[] {
  const entries = resv.entries();
  // ClassesResv: a mark for each entry stands at the end
  const marks = typeof resv.hidden === 'string' ? resv.hidden.slice(resv.hidden.length - entries.length) : '';
  const found = entries.map(({ leaf, write, copies }, at) => ({
    pieces: ['', `${leafText(leaf)}${write ? 'w' : 'r'}${copies}${marks[at] ?? ''}`],
    contexts: leaf.context === null ? [] : [leaf.context],
  }));
  for (const [at, leaf] of [callbacks.first, callbacks.second].entries())
    if (leaf?.context && leafPending(leaf))
      found.push({ pieces: ['', `${leafText(leaf)}${at === 0 ? '<' : '>'}`], contexts: [leaf.context] });
  return found;
}

const fill = ({ pieces, contexts }: Container, nameOf: (context: Context) => string): string => {
  let text = pieces[0] ?? '';
  for (let at = 0; at < contexts.length; at++)
    text += nameOf(contexts[at] as Context) + (pieces[at + 1] ?? '');
  return text;
};

const kindOf = (context: Context, open: ReadonlySet<Context>): string =>
  (context.who < VARIABLES_EACH ? 't' : 'v') + (open.has(context) ? 'o' : '');

/** All orders of what is in each group, one group after the other. */
function orders(groups: readonly (readonly Context[])[]): Context[][] {
  let found: Context[][] = [[]];
  for (const group of groups)
    found = found.flatMap((before) => permutations(group).map((order) => [...before, ...order]));
  return found;
}

function permutations(all: readonly Context[]): Context[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((one) =>
    permutations(all.filter((other) => other !== one)).map((rest) => [one, ...rest]),
  );
}

/**
 * The state of a world of small programs, up to renaming of timelines, files and fences. Two worlds with the same key go
 * on in the same way, if one's names are put for the other's in the order that is given.
 */
export function canonical(world: World, names: Names): Canonical {
  const timelines = names.timelines.map((n) => [n, contextOfTimeline(world, n)] as const);
  const fences = names.fences.map((n) => [n, contextOfFence(world, n)] as const);
  const files = names.files.map((n) => [n, syncContainer(world.file(S + n) as SyncFile)] as const);
  const buffers = Array.from({ length: BUFFERS }, (_, n) => bufferOf(world, n));
  const open = new Set([...timelines, ...fences].map(([, context]) => context));
  const entries = buffers.map((buffer, n) => (reachable(buffer, n) ? bufferContainers(buffer) : []));
  const groups = grouped(
    open,
    files.map(([, file]) => file),
    entries,
  );

  let best: { text: string; at: Map<Context, number>; files: { n: number; text: string }[] } | undefined;
  for (const order of orders(groups)) {
    const at = new Map(order.map((context, n) => [context, n]));
    const nameOf = (context: Context) => LETTERS[at.get(context) ?? 0] ?? '?';
    const written = files
      .map(([n, file]) => ({ n, text: fill(file, nameOf) }))
      .sort((x, y) => (x.text < y.text ? -1 : x.text > y.text ? 1 : 0));
    const inBuffers = entries.map((containers) =>
      containers
        .map((container) => fill(container, nameOf))
        .sort()
        .join(),
    );
    const text = `${written.map((file) => file.text).join()}|${inBuffers.join('|')}`;
    if (best === undefined || text < best.text) best = { text, at, files: written };
  }
  const { text, at, files: sorted } = best as NonNullable<typeof best>;
  const byOrder = (x: readonly [number, Context], y: readonly [number, Context]) =>
    (at.get(x[1]) ?? 0) - (at.get(y[1]) ?? 0);
  const rest = buffers
    .map((buffer, n) => (reachable(buffer, n) ? `${buffer.refs}${hiddenOf(buffer)}` : '-'))
    .join();
  const kinds = groups.flat().map((context) => kindOf(context, open));
  return {
    key: `${text}|${rest}|${kinds.join('')}|${names.used}`,
    timelines: timelines.sort(byOrder).map(([n]) => n),
    files: sorted.map(({ n }) => n),
    fences: fences.sort(byOrder).map(([n]) => n),
    used: names.used,
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOP';

/** A buffer of vgem's own has a handle; the other one nobody can name once it is closed. */
const reachable = (buffer: BufferFile, n: number): boolean => n === OWN || buffer.refs > 0;

/** What is hidden of a reservation object besides the marks of its entries. */
function hiddenOf({ resv }: BufferFile): string {
  const { hidden } = resv;
  return typeof hidden === 'string' ? hidden.slice(0, hidden.length - resv.entries().length) : `${hidden}`;
}

const contextOfTimeline = (world: World, n: number): Context => {
  const file = world.file(T + n);
  if (file?.kind !== 'timeline') throw new RangeError(`t${n} is no timeline`);
  return file.context;
};

function contextOfFence(world: World, n: number): Context {
  const card = world.files.find((file) => file?.kind === 'card');
  const context = card?.kind === 'card' ? card.fences[world.value(F + n)] : undefined;
  if (!context) throw new RangeError(`f${n} is no fence that is pending`);
  return context;
}

/** The dma-buf of a buffer, also if its descriptor was closed: the GEM handle keeps it. */
export function bufferOf(world: World, n: number): BufferFile {
  const card = world.files.find((file) => file?.kind === 'card');
  const file = world.file(B + n) ?? (card?.kind === 'card' ? card.handles[n + 1]?.file : undefined);
  if (file?.kind !== 'buffer') throw new RangeError(`b${n} is no buffer`);
  return file;
}

/** Contexts that look different, in an order that no name decides; those that look the same are in one group. */
function grouped(
  open: ReadonlySet<Context>,
  files: readonly Container[],
  buffers: readonly (readonly Container[])[],
): Context[][] {
  const looks = new Map<Context, string[]>();
  for (const context of open) looks.set(context, [kindOf(context, open)]);
  const look = (container: Container, where: string) => {
    for (const [at, context] of container.contexts.entries()) {
      const seen = looks.get(context) ?? [kindOf(context, open)];
      looks.set(context, seen);
      let n = 0;
      seen.push(where + fill(container, (other) => (n++ === at ? '*' : kindOf(other, open))));
    }
  };
  for (const file of files) look(file, 's');
  for (const [n, containers] of buffers.entries()) for (const entry of containers) look(entry, `b${n}`);
  const groups = new Map<string, Context[]>();
  for (const [context, [kind, ...seen]] of looks) {
    const text = `${kind} ${seen.sort().join()}`;
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [context]);
    else group.push(context);
  }
  return [...groups.entries()].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, group]) => group);
}
