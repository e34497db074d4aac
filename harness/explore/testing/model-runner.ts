// SPDX-License-Identifier: MIT
import { type Batch, checkTrace, ModelKernel, type Profile } from '../../../models/index.js';
import type { SubtestResult } from '../../result/result.js';
import type { Ran, Runner } from '../runner.js';

type Rules = Profile['rules'];

/**
 * A kernel that is a model: batches are run by one set of rules and judged by another, so that a search can be shown to
 * find a bug without a guest. Threads are interleaved as the pauses of a batch say.
 */
export class ModelRunner implements Runner {
  readonly #kernel: Rules;
  readonly #model: Rules;
  batches = 0;
  calls = 0;

  constructor(kernel: Rules, model: Rules) {
    this.#kernel = kernel;
    this.#model = model;
  }

  async run(batches: readonly Batch[]): Promise<readonly Ran[]> {
    this.calls++;
    this.batches += batches.length;
    return batches.map((batch) => this.#ran(batch));
  }

  #ran(batch: Batch): Ran {
    const { setting } = batch.script;
    const kernel = new ModelKernel(this.#kernel, batch.mode.pauses ?? 0, { setting });
    const words = kernel.record(batch.script.events);
    const verdict = checkTrace(this.#model, words, setting);
    const ops = verdict.kind === 'holds' ? verdict.ops : verdict.op;
    const died = kernel.crashed && verdict.kind !== 'violates';
    return {
      batch,
      outcome: { batch, kind: died ? 'died' : verdict.kind, ops, trace: { setting, words } },
      result: { ...RESULT, subtest: batch.name, outcome: died ? 'crash' : 'pass' },
      verdict,
    };
  }
}

export const RESULT: SubtestResult = {
  program: 'run',
  subtest: 'x',
  dynamic: undefined,
  promises: [],
  purpose: '',
  outcome: 'pass',
  milliseconds: 1,
  failures: [],
  skipReason: undefined,
  notes: [],
  splats: [],
  known: [],
  model: undefined,
  guest: 0,
};
