// SPDX-License-Identifier: MIT
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Asked, newState, type SearchState, stateSchema } from '../bisect/state.js';
import type { Trial } from '../bisect/trial.js';
import { readStamp, writeStamp, writeWhole } from '../cache/stamp.js';
import { UsageError } from '../errors.js';
import { projectRoot } from '../folders.js';
import { sha256Text } from '../record/folder.js';

const STATE_FILE = 'state.json';

/** Where a search is kept: the same question, the same folder. */
export function searchFolder(results: string | undefined, name: string, asked: Asked): string {
  const digest = sha256Text(JSON.stringify(asked)).slice(0, 8);
  const safe = name.replace(/[^A-Za-z0-9._+-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'search';
  return join(resolve(results ?? join(projectRoot, 'results')), `bisect-${safe}-${digest}`);
}

/** A search's memory on disk: every verdict is there before the next kernel is tried. */
export class Session {
  readonly folder: string;
  /** It goes on where another was stopped. */
  readonly isResumed: boolean;
  #state: SearchState;
  #since = performance.now();

  private constructor(folder: string, state: SearchState, isResumed: boolean) {
    this.folder = folder;
    this.#state = state;
    this.isResumed = isResumed;
  }

  /** Take up the search in `folder`, or begin one. Throws UsageError for a state that cannot be read. */
  static async open(folder: string, asked: Asked): Promise<Session> {
    await mkdir(folder, { recursive: true });
    const file = join(folder, STATE_FILE);
    const state = await readStamp(file, stateSchema);
    const isThere = (await readFile(file).catch(() => undefined)) !== undefined;
    if (state === undefined && isThere)
      throw new UsageError(`${file} is damaged, or of another version of fencelab.`, {
        remedy: 'Begin the search anew: --restart',
      });
    if (state === undefined) {
      const session = new Session(folder, newState(asked, new Date()), false);
      await session.#save();
      return session;
    }
    return new Session(folder, { ...state, resumed: state.resumed + 1 }, true);
  }

  /** Forget what was found; the next {@link open} begins anew. */
  static async forget(folder: string): Promise<void> {
    await rm(join(folder, STATE_FILE), { force: true });
  }

  get state(): SearchState {
    return this.#state;
  }

  trial(id: string): Trial | undefined {
    return this.#state.trials.find((trial) => trial.id === id);
  }

  /** A verdict on a kernel of the same content. */
  judged(kernel: string): Trial | undefined {
    return this.#state.trials.find((trial) => trial.kernel === kernel && trial.outcome !== 'skip');
  }

  async record(trial: Trial): Promise<void> {
    await this.#change({ trials: [...this.#state.trials.filter(({ id }) => id !== trial.id), trial] });
  }

  /** Forget a verdict: when it is asked for again, it is looked for again. */
  async drop(id: string): Promise<void> {
    await this.#change({ trials: this.#state.trials.filter((trial) => trial.id !== id) });
  }

  async keepGitLog(gitLog: string): Promise<void> {
    await this.#change({ gitLog });
    await writeWhole(join(this.folder, GIT_LOG), gitLog);
  }

  async #change(change: Partial<SearchState>): Promise<void> {
    const now = performance.now();
    this.#state = {
      ...this.#state,
      ...change,
      milliseconds: Math.round(this.#state.milliseconds + (now - this.#since)),
    };
    this.#since = now;
    await this.#save();
  }

  async #save(): Promise<void> {
    await writeStamp(join(this.folder, STATE_FILE), this.#state);
  }
}

export const GIT_LOG = 'bisect.log';
