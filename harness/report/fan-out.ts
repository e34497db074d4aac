// SPDX-License-Identifier: MIT
import type { Reporter, RunEvent } from './reporter.js';

/** A reporter that went wrong, and how. */
export interface Fault {
  readonly reporter: string;
  readonly error: unknown;
}

/**
 * Gives every event to every reporter. One that fails gets no more events and costs its own report only; but a run of
 * which a report is missing does not end well ({@link FanOut.faults}).
 */
export class FanOut {
  readonly #reporters: Reporter[];
  readonly #faults: Fault[] = [];
  readonly #pending: Promise<void>[] = [];

  constructor(reporters: readonly Reporter[]) {
    const owners = reporters.filter((r) => r.ownsStdout).map((r) => r.name);
    if (owners.length > 1)
      throw new Error(`[fencelab bug] ${owners.join(' and ')} both want standard output`);
    this.#reporters = [...reporters];
  }

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  tell(event: RunEvent): void {
    for (const reporter of [...this.#reporters]) this.#guarded(reporter, () => reporter.on(event));
  }

  /** When every report is written. */
  async settled(): Promise<void> {
    while (this.#pending.length > 0) await Promise.all(this.#pending.splice(0));
  }

  #guarded(reporter: Reporter, call: () => Promise<void> | void): void {
    const fault = (error: unknown): void => {
      const at = this.#reporters.indexOf(reporter);
      if (at < 0) return;
      this.#reporters.splice(at, 1);
      this.#faults.push({ reporter: reporter.name, error });
    };
    try {
      const done = call();
      if (done !== undefined) this.#pending.push(done.catch(fault));
    } catch (error) {
      fault(error);
    }
  }
}

export function describeFault(fault: Fault): string {
  const why = fault.error instanceof Error ? fault.error.message : String(fault.error);
  return `The ${fault.reporter} report could not be written: ${why}`;
}
