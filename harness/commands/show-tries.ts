// SPDX-License-Identifier: MIT
import type { ProgramMode } from '../../models/index.js';
import { ranOf } from '../explore/guest-runner.js';
import { signatureOf } from '../explore/signature.js';
import type { Judged } from '../model/judge.js';
import type { ProgramFile } from '../programs/read.js';
import { PROGRAM_SUITE } from '../record/run-record.js';
import { fullName, isRed, type SubtestResult } from '../result/result.js';
import { type Onlooker, showPrograms } from './show-programs.js';

/** What became of the tries of one saved failure. */
export class Tries {
  readonly #signature: string;
  readonly #of: number;
  #ran = 0;
  /** Failed in the way that was saved, and in others. */
  #same = 0;
  readonly #others = new Map<string, number>();

  constructor(signature: string, of: number) {
    this.#signature = signature;
    this.#of = of;
  }

  /** One more; `signature` of its failure, undefined if it holds. */
  add(signature: string | undefined): void {
    this.#ran++;
    if (signature === this.#signature) this.#same++;
    else if (signature !== undefined) this.#others.set(signature, (this.#others.get(signature) ?? 0) + 1);
  }

  get areAll(): boolean {
    return this.#ran === this.#of;
  }

  /** For people, once all have run. */
  lines(): string[] {
    const runs = this.#of === 1 ? '1 run' : `${this.#of} runs`;
    const others = [...this.#others].map(
      ([one, count]) => `fails in another way in ${count} of ${runs}: ${one}`,
    );
    if (this.#same > 0)
      return [`fails as it was found in ${this.#same} of ${runs}: ${this.#signature}`, ...others];
    return others.length > 0 ? others : [`does not fail any more, in ${runs}: ${this.#signature}`];
  }
}

/** Shows the first try that fails, or else the last one; then how many of them do. */
export function showTries(programs: readonly (ProgramFile & ProgramMode)[], signature: string): Onlooker {
  const onlooker = showPrograms(programs);
  const judged = new Map<string, Judged>();
  const tries = new Tries(signature, programs.length);
  let isShown = false;
  const failure = (result: SubtestResult): string | undefined => {
    const name = fullName(result);
    const program = programs.find((one) => `${PROGRAM_SUITE}@${one.name}` === name);
    if (program === undefined || !isRed(result)) return undefined;
    if (result.outcome === 'fail' && judged.get(name)?.verdict.kind !== 'violates')
      return `cannot be run: ${result.failures[0]?.text ?? ''}`;
    const batch = { name: program.name, script: program.script, starts: [0], mode: program };
    return signatureOf(ranOf(batch, result, judged.get(name)));
  };
  return {
    onJudged: (name, one) => {
      judged.set(name, one);
      onlooker.onJudged(name, one);
    },
    listener: (reports) => {
      const shows = onlooker.listener(reports);
      return {
        ...shows,
        onSubtestEnd: (result) => {
          const failed = failure(result);
          tries.add(failed);
          const shown = !isShown && (failed !== undefined || tries.areAll);
          isShown ||= shown;
          if (shown) shows.onSubtestEnd?.(result);
          else reports.listener.onSubtestEnd?.(result);
          judged.delete(fullName(result));
          if (tries.areAll) for (const line of tries.lines()) reports.progress.say(line);
        },
      };
    },
  };
}
