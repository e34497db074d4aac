// SPDX-License-Identifier: MIT
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { FencelabError } from '../errors.js';
import { projectRoot } from '../folders.js';
import { readPatches } from '../kernel/patches.js';
import { parseKernelSpec } from '../kernel/spec.js';
import { cellFolders, cellWithout, wasTested } from '../nightly/cell-result.js';
import type { PlannedCell } from '../nightly/cells.js';
import { Expectations } from '../nightly/expectations.js';
import { oneLine } from '../nightly/judge-tests.js';
import { cellLine, nightLines, nightStatus } from '../nightly/night-lines.js';
import { type Shard, shardsOf } from '../nightly/plan.js';
import { counted, planLines } from '../nightly/plan-table.js';
import { openProgress } from '../progress/open.js';
import type { Progress } from '../progress/progress.js';
import { duration } from '../progress/words.js';
import { makeRunFolder } from '../record/folder.js';
import type { Night, NightCell } from '../result/night.js';
import { type CellOrder, checkCell } from './cell-check.js';
import { searchCell } from './cell-search.js';
import { INTERRUPTED, interruptible } from './interrupt.js';
import {
  CELLS,
  lockedNight,
  madeOf,
  noteDone,
  openNightFolder,
  takenOver,
  writeNight,
} from './night-folder.js';
import { type ReadNight, readNight } from './night-plan.js';
import type { NightlyOptions } from './nightly.js';
import { version } from './prepare-run.js';
import { shortPath } from './reports.js';

/** `fencelab nightly`. Returns the exit status. */
export async function nightly(file: string, options: NightlyOptions): Promise<number> {
  const read = readNight(file);
  if (options.cache !== undefined) process.env['FENCELAB_CACHE'] = resolve(options.cache);
  const plan = planLines(read.plan, options.shard, () => undefined);
  if (options.plan) {
    process.stdout.write(plan.map((line) => `${line}\n`).join(''));
    return 0;
  }
  return interruptible(async (signal) => {
    const shown = openProgress(process.stdout, process.env);
    const { progress, screen } = shown;
    try {
      for (const line of plan) progress.say(line);
      const folder = await folderOf(read, options);
      await openNightFolder(folder, read.plan, options.shard);
      const night = await lockedNight(folder, progress, signal, (held) =>
        new NightRun(read, options, folder, progress, held).run(),
      );
      for (const line of nightLines(night, {
        folder: shortPath(folder),
        part: true,
        colors: screen.colors,
        width: screen.width(),
      }))
        screen.print(line);
      return signal.aborted ? INTERRUPTED : nightStatus(night, true);
    } catch (error) {
      if (!signal.aborted) throw error;
      return INTERRUPTED;
    } finally {
      shown.close();
    }
  });
}

async function folderOf({ plan }: ReadNight, { results, shard }: NightlyOptions): Promise<string> {
  if (results !== undefined) return resolve(results);
  const name = shard.of === 1 ? plan.name : `${plan.name}-${shard.index}-of-${shard.of}`;
  return makeRunFolder(join(projectRoot, 'results'), `night-${name}`, new Date());
}

/** The cells of one shard, one after the other. */
class NightRun {
  readonly #read: ReadNight;
  readonly #options: NightlyOptions;
  readonly #folder: string;
  readonly #progress: Progress;
  readonly #signal: AbortSignal;
  readonly #startedAt = new Date();
  readonly #began = performance.now();
  readonly #cells: NightCell[];
  #fencelab = '';

  constructor(
    read: ReadNight,
    options: NightlyOptions,
    folder: string,
    progress: Progress,
    signal: AbortSignal,
  ) {
    this.#read = read;
    this.#options = options;
    this.#folder = folder;
    this.#progress = progress;
    this.#signal = signal;
    const { plan } = read;
    const shards = shardsOf(plan.cells, this.#shard.of);
    this.#cells = plan.cells.map((cell, at) => {
      const shard = shards[at] ?? 1;
      return shard === this.#shard.index
        ? cellWithout(cell, shard, 'notrun', 'the night ended before its turn')
        : cellWithout(cell, shard, 'missing', `it is in shard ${shard} of ${this.#shard.of}`);
    });
  }

  get #shard(): Shard {
    return this.#options.shard;
  }

  async run(): Promise<Night> {
    const { plan } = this.#read;
    this.#fencelab = await version();
    const folders = cellFolders(plan.cells.map(({ id }) => id));
    const own = [...plan.cells.entries()].filter(([at]) => this.#cells[at]?.shard === this.#shard.index);
    const made = new Map<string, string>();
    let taken = 0;
    for (const [at, cell] of own) {
      const word = await this.#made(cell);
      if (word !== undefined) made.set(cell.id, word);
      const before = word === undefined ? undefined : await takenOver(this.#cellFolder(folders, cell), word);
      if (before === undefined) continue;
      this.#cells[at] = { ...before, shard: this.#shard.index };
      taken++;
    }
    if (taken > 0)
      this.#progress.say(
        `${counted(taken, 'cell')} of ${own.length} taken over from ${shortPath(this.#folder)}: nothing has changed since`,
      );
    await this.#write();
    const open = own.filter(([at]) => !wasTested(this.#cells[at] ?? { verdict: 'notrun' }));
    for (const [nth, [at, cell]] of open.entries()) {
      if (this.#signal.aborted) {
        this.#cells[at] = cellWithout(cell, this.#shard.index, 'notrun', 'interrupted');
        continue;
      }
      const refused = this.#outOfTime(cell);
      this.#progress.say(`cell ${own.length - open.length + nth + 1}/${own.length}: ${cell.id}`);
      const folder = this.#cellFolder(folders, cell);
      const done =
        refused === undefined
          ? await this.#cell(cell, folder)
          : cellWithout(cell, this.#shard.index, 'notrun', refused);
      this.#cells[at] = done;
      const word = made.get(cell.id);
      if (wasTested(done) && word !== undefined) await noteDone(folder, word, done);
      this.#progress.say(cellLine(done));
      await this.#write();
    }
    await this.#write();
    return this.#night();
  }

  /** Why there is no time for a cell; undefined if there is. */
  #outOfTime(cell: PlannedCell): string | undefined {
    const { time } = this.#options;
    if (time === undefined) return undefined;
    const left = time * 1000 - (performance.now() - this.#began);
    if (cell.milliseconds <= left) return undefined;
    return `it takes ${duration(cell.milliseconds)}, and of --time were left ${duration(Math.max(0, left))}`;
  }

  /** Whatever goes wrong in a cell is its own affair. */
  async #cell(cell: PlannedCell, folder: string): Promise<NightCell> {
    const { expectations, plan } = this.#read;
    const order: CellOrder = {
      cell,
      shard: this.#shard.index,
      target: this.#target(cell),
      expectations: expectations.get(cell.slug) ?? new Expectations([]),
      strict: plan.strict,
      retries: plan.retries,
      night: this.#folder,
      folder,
    };
    const startedAt = new Date().toISOString();
    const began = performance.now();
    try {
      return cell.strategy.kind === 'check'
        ? await checkCell(order, this.#progress, this.#signal)
        : await searchCell(order, cell.strategy, this.#progress, this.#signal);
    } catch (error) {
      if (this.#signal.aborted) return cellWithout(cell, this.#shard.index, 'notrun', 'interrupted');
      const why = error instanceof Error ? error.message : String(error);
      const reason = error instanceof FencelabError ? why : `[fencelab bug] ${why}`;
      if (error instanceof FencelabError && error.detail !== undefined)
        for (const line of error.detail.split('\n').slice(-8)) this.#progress.say(`    ${line}`);
      return {
        ...cellWithout(cell, this.#shard.index, 'untestable', oneLine(reason)),
        startedAt,
        milliseconds: Math.round(performance.now() - began),
      };
    }
  }

  /** Paths in the night's file are relative to it. */
  #target({ kernel, patch }: PlannedCell): CellOrder['target'] {
    const path = (text: string): string =>
      text.startsWith('~/') ? join(homedir(), text.slice(2)) : resolve(this.#read.folder, text);
    return {
      kernel: kernel.startsWith('debian:') ? kernel : path(kernel),
      patch: patch.map((one) => (one === 'auto' || one === 'none' ? one : path(one))),
    };
  }

  /** What a cell's result depends on; undefined where that cannot be said, and it is done anew. */
  async #made(cell: PlannedCell): Promise<string | undefined> {
    const target = this.#target(cell);
    try {
      const spec = await parseKernelSpec(target.kernel);
      // A tree may have changed, and to find out takes as long as to ask for its kernel
      if (spec.kind !== 'debian') return undefined;
      const patches = await readPatches(target.patch, spec);
      const { plan } = this.#read;
      return madeOf({
        cell,
        patches: patches.map(({ sha256 }) => sha256),
        expected: plan.strict,
        retries: plan.retries,
        plan: plan.digest,
        fencelab: this.#fencelab,
      });
    } catch {
      return undefined; // said when the cell is run
    }
  }

  #cellFolder(folders: ReadonlyMap<string, string>, cell: PlannedCell): string {
    return join(this.#folder, CELLS, folders.get(cell.id) ?? basename(cell.id));
  }

  #write(): Promise<void> {
    return writeNight(this.#folder, this.#night());
  }

  #night(): Night {
    const { plan } = this.#read;
    return {
      formatVersion: 1,
      fencelab: this.#fencelab,
      name: plan.name,
      plan: plan.digest,
      shards: { of: this.#shard.of, here: [this.#shard.index] },
      startedAt: this.#startedAt.toISOString(),
      milliseconds: Math.round(performance.now() - this.#began),
      cells: this.#cells,
      changes: [],
    };
  }
}
