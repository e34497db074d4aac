// SPDX-License-Identifier: MIT
import type { Batch } from '../../models/index.js';
import type { Ran, Runner } from './runner.js';

/**
 * Every batch in a guest of its own, several side by side. `guests` runs what it is given in one guest: a GuestRunner whose
 * order has `start` of a template's (harness/drive/template.ts), so that a guest costs a tenth of a second and not a boot.
 */
export class CloneRunner implements Runner {
  readonly #guests: Runner;
  readonly #atOnce: number;

  constructor(guests: Runner, atOnce: number) {
    this.#guests = guests;
    this.#atOnce = atOnce;
  }

  async run(batches: readonly Batch[], signal: AbortSignal): Promise<readonly Ran[]> {
    const ran = new Map<Batch, Ran>();
    const enough = new AbortController();
    const stop = AbortSignal.any([signal, enough.signal]);
    const left = batches.values();
    const lane = async (): Promise<void> => {
      // The lanes share the iterator: each takes what nobody has taken
      for (const batch of left) {
        if (stop.aborted) return;
        const [one] = await this.#guests.run([batch], stop);
        if (one !== undefined) ran.set(batch, one);
      }
    };
    // A lane that fails ends the others before it is told of: nothing may go on behind the caller's back
    const failures: unknown[] = [];
    const lanes = Array.from({ length: this.#atOnce }, () =>
      lane().catch((error: unknown) => {
        failures.push(error);
        enough.abort();
      }),
    );
    await Promise.all(lanes);
    if (failures.length > 0) throw failures[0];
    signal.throwIfAborted();
    return batches.flatMap((batch) => ran.get(batch) ?? []);
  }
}
