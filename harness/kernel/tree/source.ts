// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../../errors.js';
import { run } from '../../process/run.js';
import { exists, type Originals, requireKernelTree, type Source, treeOf } from '../source.js';
import type { Content, KernelContext } from '../types.js';
import { sourceFiles } from './belongs.js';
import { mirror } from './mirror.js';
import { type Scan, scan } from './scan.js';

/**
 * A developer's own tree. It is never written to: its source files are mirrored into the cache and built there, so
 * that a tree that has been built in place works as well (the kernel's build refuses `O=` for one).
 */
export async function treeSource(
  folder: string,
  asked: string,
  ctx: KernelContext,
  content?: Content,
): Promise<Source> {
  const path = await realpath(folder);
  const cache = await realpath(ctx.cache);
  if (`${cache}/`.startsWith(`${path}/`))
    throw new UsageError(`The cache folder ${cache} is inside the kernel tree ${path}.`, {
      remedy: 'The tree would be copied into itself. Set FENCELAB_CACHE to a folder outside it.',
    });
  const version = await requireKernelTree(path, asked);
  return new TreeSource(path, version, await scan(path, ctx.signal), content);
}

class TreeSource implements Source {
  readonly slot: string;
  readonly identity: string;
  readonly #path: string;
  readonly #version: string;
  readonly #scan: Scan;

  constructor(path: string, version: string, scanned: Scan, content: Content | undefined) {
    const id = createHash('sha256').update(path).digest('hex').slice(0, 8);
    this.slot = content?.slot ?? `tree-${basename(path).replaceAll(/[^\w.-]/g, '_')}-${id}`;
    this.identity = content?.identity ?? `tree ${path} ${scanned.digest}`;
    this.#path = path;
    this.#version = version;
    this.#scan = scanned;
  }

  get title(): string {
    return `tree ${this.#path} (${this.#version})`;
  }

  /** The title, and what git says of the tree; only for a kernel that is built, since it takes a second. */
  async describe(signal: AbortSignal): Promise<string> {
    if (!(await exists(join(this.#path, '.git')))) return this.title;
    const git = async (...args: string[]) => {
      const settings = ['-c', `safe.directory=${this.#path}`, '-c', 'core.fsmonitor=false'];
      const unset = ['-u', 'GIT_DIR', '-u', 'GIT_WORK_TREE', '-u', 'GIT_INDEX_FILE'];
      const said = await run('env', [...unset, 'GIT_OPTIONAL_LOCKS=0', 'git', ...settings, ...args], {
        cwd: this.#path,
        signal,
      });
      return said.ok ? said.stdout.trim() : undefined;
    };
    const [commit, changes] = await Promise.all([
      git('rev-parse', '--short=12', 'HEAD'),
      git('status', '--porcelain'),
    ]);
    if (commit === undefined || changes === undefined) return this.title;
    const count = changes === '' ? 0 : changes.split('\n').length;
    const state =
      count === 0 ? 'nothing changed since' : `${count} ${count === 1 ? 'file' : 'files'} changed since`;
    return `tree ${this.#path} (${this.#version}, commit ${commit}, ${state})`;
  }

  originals(slot: string): Originals {
    const find = async (path: string): Promise<string | undefined> => {
      const own = join(this.#path, path);
      // What is not mirrored does not belong to the source.
      const mirrored = this.#scan.files.has(path) && !/\.(rej|orig)$/.test(path);
      return mirrored && (await exists(own)) ? own : undefined;
    };
    // The user's tree is the original, there is nothing to put aside.
    return { find, keep: async () => void slot };
  }

  async sync(slot: string, patched: ReadonlySet<string>, ctx: KernelContext): Promise<void> {
    const stage = ctx.progress.stage(`Mirror ${this.#path}`);
    try {
      stage.update('finding what belongs to it');
      const belong = await sourceFiles(this.#path, this.#scan.files, join(slot, 'scratch'), ctx.signal);
      const files = new Map([...this.#scan.files].filter(([path]) => belong.has(path)));
      stage.update(`looking at ${files.size} files`);
      const manifest = join(slot, 'mirror.json');
      const done = await mirror({
        from: this.#path,
        to: treeOf(slot),
        manifest,
        files,
        patched,
        signal: ctx.signal,
      });
      stage.end(`${done.looked} changed files looked at, ${done.deleted} deleted`);
    } catch (error) {
      stage.fail(ctx.signal.aborted ? 'interrupted' : 'failed');
      throw error;
    }
  }
}
