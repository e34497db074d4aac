// SPDX-License-Identifier: MIT
import type { Resv } from '../resv/resv.js';
import type { Context } from './context.js';
import { type Fence, leafPending } from './fence.js';
import type { File, GemObject } from './file.js';
import type { World } from './world.js';

/**
 * A world as text: worlds that go on in the same way have the same text, in whatever order they were made what they are.
 * So the order of slots and members is left out, and contexts are known by where their timeline or card is.
 */
class Writer {
  readonly #contexts = new Map<Context, string>();
  readonly #known = new Map<File | Resv | GemObject, number>();
  readonly #parts: (string | number)[] = [];

  /** Timelines and fences of cards, before anything that names their contexts. */
  number(files: readonly (File | undefined)[], table: number): void {
    for (const [at, file] of files.entries()) {
      if (file?.kind === 'timeline') this.#name(file.context, `t${table}.${at}`);
      if (file?.kind === 'card')
        for (const [id, context] of file.fences.entries())
          if (context) this.#name(context, `f${table}.${at}.${id}`);
    }
  }

  #name(context: Context, name: string): void {
    if (this.#contexts.has(context)) return;
    this.#contexts.set(context, name);
    const { who, position, closed, expiresFrom, expiresBy } = context;
    this.#parts.push(name, who, position, closed ? 1 : 0, expiresFrom, expiresBy);
  }

  #contextOf(context: Context): string {
    const { who, position, closed } = context;
    return this.#contexts.get(context) ?? `@${context.id},${who},${position},${closed ? 1 : 0}`;
  }

  #leaf(leaf: Fence): string {
    if (leaf.context === null) return 'stub';
    const { span } = leaf;
    // Who was born signalled says another time than who was signalled
    const born = span !== null && span.until !== Number.POSITIVE_INFINITY ? `!${span.from}` : '';
    return `${this.#contextOf(leaf.context)}#${leaf.position}${born}`;
  }

  #fence(fence: Fence): string {
    if (fence.members.length === 0) return this.#leaf(fence);
    const members = fence.members.map((leaf, at) => `${this.#leaf(leaf)}*${fence.copies?.[at] ?? 1}`);
    return `[${members.sort().join()}]${fence.enabled ? 1 : 0}${fence.settled}`;
  }

  /** What of a fence is pending, which is all that a poll tells. */
  #pending(fence: Fence): string {
    const leaves = fence.members.length === 0 ? [fence] : fence.members;
    return `${leaves
      .filter(leafPending)
      .map((leaf) => this.#leaf(leaf))
      .sort()
      .join()}?`;
  }

  #resv(resv: Resv): void {
    if (this.#again(resv)) return;
    const entries = resv
      .entries()
      .map(({ leaf, write, copies }) => `${this.#leaf(leaf)}${write ? 'w' : 'r'}${copies}`);
    this.#parts.push(entries.sort().join(), resv.hidden);
  }

  /** Writes the number of what was written before. */
  #again(thing: File | Resv | GemObject): boolean {
    const known = this.#known.get(thing);
    if (known !== undefined) this.#parts.push('=', known);
    else this.#known.set(thing, this.#known.size);
    return known !== undefined;
  }

  file(file: File): void {
    if (this.#again(file)) return;
    this.#parts.push(file.kind, file.refs);
    if (file.kind === 'timeline') this.#parts.push(this.#contextOf(file.context));
    else if (file.kind === 'sync') {
      this.#parts.push(file.onlyPolled ? this.#pending(file.fence) : this.#fence(file.fence));
      if (file.follows !== null) this.#resv(file.follows.resv);
    } else if (file.kind === 'buffer') {
      const { first, second } = file.callbacks;
      this.#parts.push(first ? this.#fence(first) : '', second ? this.#fence(second) : '', file.held);
      this.#resv(file.resv);
    } else if (file.kind === 'card')
      for (const [at, object] of file.handles.entries()) this.#object(at, object);
    else if (file.kind === 'epoll')
      for (const item of file.watches) {
        this.#parts.push(item.descriptor, item.variable, item.events);
        this.file(item.file);
      }
  }

  #object(at: number, object: GemObject | undefined): void {
    if (object === undefined) return;
    this.#parts.push('g', at);
    if (this.#again(object)) return;
    if (object.file !== null) this.file(object.file);
    this.#resv(object.resv);
  }

  add(...parts: (string | number)[]): void {
    this.#parts.push(...parts);
  }

  text(): string {
    return this.#parts.join(' ');
  }
}

/** `variables`: those that are ever made. */
export function exactFingerprint(world: World, variables: readonly number[]): string {
  const writer = new Writer();
  for (const [at, table] of world.processes.entries()) if (table) writer.number(table.files, at);
  for (const [at, table] of world.processes.entries()) {
    if (table === undefined) continue;
    writer.add('process', at, table.limit);
    for (const [descriptor, file] of table.files.entries()) {
      if (file === undefined) continue;
      writer.add(descriptor);
      writer.file(file);
    }
    for (const variable of variables) writer.add(table.value(variable));
  }
  for (const { renders, commands, crtc } of world.devices)
    writer.add(`${renders}`, commands.position, crtc.position, crtc.steps?.length ?? 0);
  writer.add(world.crashed ? 'crashed' : '');
  return writer.text();
}
