// SPDX-License-Identifier: MIT
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT, FencelabError } from '../errors.js';
import { projectRoot } from '../folders.js';
import { readPatches } from '../kernel/patches.js';
import { parseKernelSpec } from '../kernel/spec.js';
import { cellFolders, cellWithout } from '../nightly/cell-result.js';
import type { PlannedCell } from '../nightly/cells.js';
import { Expectations, filesOf } from '../nightly/expectations.js';
import { oneLine } from '../nightly/judge-tests.js';
import { cellLine, nightLines, nightStatus } from '../nightly/night-lines.js';
import { type Shard, shardsOf } from '../nightly/plan.js';
import { planLines, type Took } from '../nightly/plan-table.js';
import type { Progress } from '../progress/progress.js';
import { duration } from '../progress/words.js';
import { makeRunFolder } from '../record/folder.js';
import { plural } from '../report/lines.js';
import { type Night, type NightCell, wasTested } from '../result/night.js';
import { type CellOrder, checkCell } from './cell-check.js';
import { searchCell } from './cell-search.js';
import { writePage } from './html-history.js';
import { INTERRUPTED } from './interrupt.js';
import {
  CELLS,
  lockedNight,
  madeOf,
  nightIn,
  noteDone,
  openNightFolder,
  takenOver,
  writeNight,
} from './night-folder.js';
import { historyFile, noteNight, tookBefore, withChanges } from './night-history.js';
import { type ReadNight, readNight } from './night-plan.js';
import type { NightlyOptions } from './nightly.js';
import { version } from './prepare-run.js';
import { shortPath } from './short-path.js';
import { withProgress } from './with-progress.js';
import { writableFile } from './writable-file.js';

/** `fencelab nightly`. Returns the exit status. */
export async function nightly(file: string, options: NightlyOptions): Promise<number> {
  const read = readNight(file);
  if (options.html !== undefined) writableFile(options.html);
  if (options.cache !== undefined) process.env['FENCELAB_CACHE'] = resolve(options.cache);
  return withProgress(process.stdout, async ({ progress, screen }, signal) => {
    const history = historyFile(options.history);
    // A history that cannot be read is said now, and not after a night
    const took = await tookBefore(history, read.plan.name, { progress, signal });
    for (const line of planLines(read.plan, options.shard, took)) screen.print(line);
    if (options.plan) return EXIT.holds;
    const folder = await folderOf(read, options);
    await openNightFolder(folder, read.plan, options.shard);
    const night = await lockedNight(folder, progress, signal, (held) =>
      new NightRun({ read, options, folder, history, took, progress, signal: held }).run(),
    );
    const { signal: always } = new AbortController();
    const look = { folder: shortPath(folder), part: true, colors: screen.colors, width: screen.width() };
    // A part is no night: the merge notes the whole
    if (options.shard.of === 1) await noteNight(history, night, { progress, signal: always });
    try {
      if (options.html !== undefined) await writePage(folder, options.html, history, progress, always);
    } finally {
      for (const line of nightLines(night, look)) screen.print(line);
    }
    return signal.aborted ? INTERRUPTED : nightStatus(night, true);
  });
}

async function folderOf({ plan }: ReadNight, { results, shard }: NightlyOptions): Promise<string> {
  if (results !== undefined) return resolve(results);
  const name = shard.of === 1 ? plan.name : `${plan.name}-${shard.index}-of-${shard.of}`;
  return makeRunFolder(join(projectRoot, 'results'), `night-${name}`, new Date());
}

interface NightOrder {
  readonly read: ReadNight;
  readonly options: NightlyOptions;
  readonly folder: string;
  readonly history: string;
  readonly took: Took;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The cells of one shard, one after the other. */
class NightRun {
  readonly #order: NightOrder;
  readonly #began = performance.now();
  readonly #cells: NightCell[];
  readonly #folders: ReadonlyMap<string, string>;
  #startedAt = new Date().toISOString();
  #millisecondsBefore = 0;
  #fencelab = '';

  constructor(order: NightOrder) {
    this.#order = order;
    const { cells } = order.read.plan;
    const shards = shardsOf(cells, this.#shard.of);
    this.#folders = cellFolders(cells.map(({ id }) => id));
    this.#cells = cells.map((cell, at) => {
      const shard = shards[at] ?? 1;
      return shard === this.#shard.index
        ? cellWithout(cell, shard, 'notrun', 'the night ended before its turn')
        : cellWithout(cell, shard, 'missing', `shard ${shard} of ${this.#shard.of} is not here`);
    });
  }

  get #shard(): Shard {
    return this.#order.options.shard;
  }

  async run(): Promise<Night> {
    const { plan } = this.#order.read;
    const { progress, signal, folder, history } = this.#order;
    this.#fencelab = await version();
    const own = [...plan.cells.entries()].filter(([at]) => this.#cells[at]?.shard === this.#shard.index);
    const made = await this.#takeOver(own);
    await this.#write();
    const open = own.filter(([at]) => !wasTested(this.#cells[at] ?? { verdict: 'notrun' }));
    let nth = own.length - open.length;
    for (const [at, cell] of open) {
      nth++;
      if (signal.aborted) {
        this.#cells[at] = cellWithout(cell, this.#shard.index, 'notrun', 'interrupted');
        continue;
      }
      progress.say('');
      progress.say(`cell ${nth}/${own.length}: ${cell.id}`);
      const done = await this.#cell(cell);
      this.#cells[at] = done;
      const word = made.get(cell.id);
      if (wasTested(done) && word !== undefined) await noteDone(this.#cellFolder(cell), word, done);
      progress.say(cellLine(done));
      await this.#write();
    }
    // Ctrl-C ends the cells; what there is of the night is still compared
    const means = { progress, signal: new AbortController().signal };
    const night = await withChanges(history, this.#night(), means);
    await writeNight(folder, night);
    return night;
  }

  /** Cells that were done before in this folder, and are what they were. */
  async #takeOver(own: readonly (readonly [number, PlannedCell])[]): Promise<ReadonlyMap<string, string>> {
    const { folder, progress, read } = this.#order;
    const made = new Map<string, string>();
    let taken = 0;
    for (const [at, cell] of own) {
      const word = await this.#made(cell);
      if (word === undefined) continue;
      made.set(cell.id, word);
      const before = await takenOver(this.#cellFolder(cell), word);
      if (before?.id !== cell.id) continue;
      this.#cells[at] = { ...before, shard: this.#shard.index };
      taken++;
    }
    const night = nightIn(folder);
    if (taken > 0 && night?.plan === read.plan.digest) {
      this.#startedAt = night.startedAt;
      this.#millisecondsBefore = night.milliseconds;
    }
    if (night !== undefined)
      progress.say(
        `${taken} of ${plural(own.length, 'cell')} taken over from ${shortPath(folder)}, where they were done before`,
      );
    return made;
  }

  /** Why there is no time for a cell; undefined if there is. */
  #outOfTime(cell: PlannedCell): string | undefined {
    const { time } = this.#order.options;
    if (time === undefined) return undefined;
    const left = time * 1000 - (performance.now() - this.#began);
    const wanted = this.#order.took(cell.id) ?? cell.milliseconds;
    if (wanted <= left) return undefined;
    return `it takes ${duration(wanted)}, and of --time were left ${duration(Math.max(0, left))}`;
  }

  /** Whatever goes wrong in a cell is its own affair. */
  async #cell(cell: PlannedCell): Promise<NightCell> {
    const { expectations, plan } = this.#order.read;
    const { progress, signal } = this.#order;
    const refused = this.#outOfTime(cell);
    if (refused !== undefined) return cellWithout(cell, this.#shard.index, 'notrun', refused);
    const order: CellOrder = {
      cell,
      shard: this.#shard.index,
      target: this.#target(cell),
      expectations: expectations.get(cell.slug) ?? new Expectations([]),
      strict: plan.strict,
      retries: plan.retries,
      night: this.#order.folder,
      folder: this.#cellFolder(cell),
    };
    const startedAt = new Date().toISOString();
    const began = performance.now();
    try {
      return cell.strategy.kind === 'check'
        ? await checkCell(order, progress, signal)
        : await searchCell(order, cell.strategy, progress, signal);
    } catch (error) {
      if (signal.aborted) return cellWithout(cell, this.#shard.index, 'notrun', 'interrupted');
      const why = error instanceof Error ? error.message : String(error);
      const reason = error instanceof FencelabError ? why : `[fencelab bug] ${why}`;
      if (error instanceof FencelabError && error.detail !== undefined)
        for (const line of error.detail.split('\n').slice(-8)) progress.say(`    ${line}`);
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
      text.startsWith('~/') ? join(homedir(), text.slice(2)) : resolve(this.#order.read.folder, text);
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
      const { plan, files } = this.#order.read;
      return madeOf({
        cell,
        patches: patches.map(({ sha256 }) => sha256),
        strict: plan.strict,
        retries: plan.retries,
        expected: filesOf(cell.slug).map(({ name }) => files.find((file) => file.name === name)?.text ?? ''),
        fencelab: this.#fencelab,
      });
    } catch {
      return undefined; // said when the cell is run
    }
  }

  #cellFolder(cell: PlannedCell): string {
    return join(this.#order.folder, CELLS, this.#folders.get(cell.id) ?? 'cell');
  }

  #write(): Promise<void> {
    return writeNight(this.#order.folder, this.#night());
  }

  #night(): Night {
    const { plan } = this.#order.read;
    return {
      formatVersion: 1,
      fencelab: this.#fencelab,
      name: plan.name,
      plan: plan.digest,
      shards: { of: this.#shard.of, here: [this.#shard.index] },
      startedAt: this.#startedAt,
      milliseconds: Math.round(this.#millisecondsBefore + performance.now() - this.#began),
      cells: this.#cells,
      changes: [],
    };
  }
}
