// SPDX-License-Identifier: MIT
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startTemplate, type Template } from '../drive/template.js';
import { UntestableError, UsageError } from '../errors.js';
import { CloneRunner } from './clone-runner.js';
import { type GuestOrder, GuestRunner } from './guest-runner.js';
import type { Ran, Runner } from './runner.js';

export interface TrialsMeans {
  /** Guests that boot: for all that does not kill its guest, and where there can be no clones. */
  readonly boots: Runner;
  readonly order: GuestOrder;
  /** A line for whoever watches. */
  say(text: string): void;
}

/**
 * How long a clone may be silent after the limit of its program, in ms. The agent inside needs three seconds to kill what
 * hangs; a kernel that hangs says nothing, and each trial of it has to wait so long.
 */
const GRACE_MS = 8000;

/** Where a failure is tried again: together in one guest, or in a clone each if every try may cost a guest. */
export class Trials {
  readonly #means: TrialsMeans;
  #template: Template | undefined;
  #clones: GuestRunner | undefined;
  #refused = false;

  constructor(means: TrialsMeans) {
    this.#means = means;
  }

  /** Clones that were started. */
  get guests(): number {
    return this.#clones?.guests ?? 0;
  }

  /**
   * For trials of what `ran` showed. The first failure that kills its guest boots the one that is cloned; why there are no
   * clones is said once.
   * @throws what aborted `signal`.
   */
  async runnerFor(ran: Ran, signal: AbortSignal): Promise<Runner> {
    const { boots, say } = this.#means;
    if (ran.outcome.kind !== 'died' || this.#refused) return boots;
    if (this.#clones === undefined) {
      const why = whyNot(this.#means.order) ?? (await this.#start(signal));
      if (why !== undefined) {
        this.#refused = true;
        say(`each trial of what kills its guest is a boot: ${why}`);
        return boots;
      }
    }
    return this.#clones === undefined ? boots : new CloneRunner(this.#clones, availableParallelism());
  }

  /** Undefined if there are clones now, or why there are none. */
  async #start(signal: AbortSignal): Promise<string | undefined> {
    const { order } = this.#means;
    try {
      this.#template = await startTemplate(order, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UntestableError || error instanceof UsageError) return error.message;
      throw error;
    }
    this.#clones = new GuestRunner({
      ...order,
      start: this.#template.start,
      folder: join(order.folder, 'clones'),
      patience: { ...order.patience, grace: Math.min(GRACE_MS, order.patience.grace) },
      // That takes ten seconds, and what kills its guest leaves nothing to be scanned
      kmemleak: false,
    });
    return undefined;
  }

  /** Lets go of the guest that is cloned. */
  end(): void {
    this.#template?.end();
    this.#template = undefined;
    this.#refused = true;
  }
}

/** Why a machine is not cloned, if it is not. */
function whyNot({ machine }: GuestOrder): string | undefined {
  if (machine.icount !== undefined)
    return 'a clone goes on at another instruction than a guest that boots, and would not repeat its race';
  if (machine.accelerator !== 'tcg') return 'clones are for emulated guests, whose boot takes long';
  return undefined;
}
