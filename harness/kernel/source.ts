// SPDX-License-Identifier: MIT
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UntestableError, UsageError } from '../errors.js';
import type { KernelContext } from './types.js';

/**
 * A kernel source that has been identified but not necessarily fetched. Its slot in the cache holds `tree/` (the
 * source as it is compiled, patches applied) and a build folder for each profile.
 */
export interface Source {
  /** Name of its slot in the cache. */
  readonly slot: string;
  /** Changes whenever what is compiled may have changed. */
  readonly identity: string;
  /** For people: "Debian linux-source-5.10 5.10.262-1". */
  readonly title: string;
  readonly packageVersion?: string;
  readonly sha256?: string;
  /** More than the title says, where finding it out takes time; asked for when a kernel is built. */
  describe?(signal: AbortSignal): Promise<string>;
  /**
   * Make `SLOT/tree` what the source says, except for `patched` files, which are someone else's to write. Files whose
   * content changes get a new modification time, so that make sees it. Called with the slot locked.
   */
  sync(slot: string, patched: ReadonlySet<string>, ctx: KernelContext): Promise<void>;
  /** How to get at files as they were before any patch. */
  originals(slot: string): Originals;
}

/** Unpatched files, by their path in the tree. */
export interface Originals {
  /** Where the file can be read; undefined when the unpatched tree has none of that name. */
  find(path: string): Promise<string | undefined>;
  /** Called before `SLOT/tree/path` is replaced for the first time. */
  keep(path: string): Promise<void>;
}

export const treeOf = (slot: string): string => join(slot, 'tree');

/** The version a kernel tree's Makefile gives, "5.10.262"; undefined when `folder` is not a kernel tree. */
export async function kernelVersion(folder: string): Promise<string | undefined> {
  const makefile = await readFile(join(folder, 'Makefile'), 'utf8').catch(() => '');
  const value = (name: string) => new RegExp(`^${name} *= *(\\S*)`, 'm').exec(makefile)?.[1];
  const [version, patchlevel, sublevel] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(value);
  const hasKconfig = await exists(join(folder, 'Kconfig'));
  if (!hasKconfig || version === undefined || patchlevel === undefined) return undefined;
  return `${version}.${patchlevel}.${sublevel ?? '0'}${value('EXTRAVERSION') ?? ''}`;
}

/** Refuse a folder that is no kernel tree, saying what was looked for. */
export async function requireKernelTree(folder: string, asked: string): Promise<string> {
  const version = await kernelVersion(folder);
  if (version !== undefined) return version;
  throw new UsageError(
    `${asked} is not a Linux source tree: its top has no Kconfig, or no Makefile with VERSION.`,
    {
      remedy: 'Give the top folder of the tree, the one that holds MAINTAINERS.',
    },
  );
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export async function isInPath(tool: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => exists(join(folder, tool))));
  return found.includes(true);
}

/** Refuse to go on without a program that is needed. */
export async function requireTools(tools: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = [];
  for (const tool of Object.keys(tools)) if (!(await isInPath(tool))) missing.push(tool);
  if (missing.length === 0) return;
  const packages = new Set(missing.map((tool) => tools[tool]));
  throw new UntestableError(`Not installed here, but needed: ${missing.join(', ')}.`, {
    remedy: `apt-get install ${[...packages].join(' ')}`,
  });
}
