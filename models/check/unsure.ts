// SPDX-License-Identifier: MIT
import type { Result } from '../ops/call.js';
import { type Event, OK } from '../ops/event.js';
import { letterOf, NONE } from '../ops/operation.js';
import { CODE } from '../ops/operations.js';
import type { Rules } from '../rules/rules.js';

/** Looks at several fences, which other threads may change between one and the next: see weak.ts. */
const IN_PARTS = new Set<number>([
  ...[CODE.export, CODE.merge, CODE.info, CODE.observe, CODE.poll, CODE.sync, CODE.idle, CODE.woken],
]);
/** Polls of a buffer, or perhaps of one. */
const ASKS_BUFFERS = new Set<number>([CODE.poll, CODE.observe, CODE.watch, CODE.woken]);
/** What puts fences on a buffer. */
const PUTS = new Set<number>([CODE.import, CODE.attach, CODE.submit]);

/**
 * Goes along a program and remembers what nobody can be sure of, once several threads have worked side by side: files that
 * were made in parts, buffers such files were imported into, and which number was free.
 */
export class Unsure {
  readonly #attachIsLocked: boolean;
  readonly #variables = new Set<number>();
  readonly #pollStays: boolean;
  #buffers = false;
  #numbers = false;
  #polls = false;

  constructor({ resv, has, pollKeepsCallback }: Rules) {
    // What a poll found busy stays so until the fence signals that it found: dma_buf_poll() since 5.19
    this.#pollStays = pollKeepsCallback;
    // vgem_fence_attach_ioctl() of the series looks for conflicts with the lock held
    this.#attachIsLocked = resv === 'exclusive' && has.import;
  }

  /** Of the results that the model allows, what can be asked for. `block`: the ops that are side by side with it. */
  judged(event: Event, block: readonly Event[], allowed: readonly Result[] | undefined): typeof allowed {
    const { op, args } = event.call;
    const made = op.makes === undefined ? NONE : (args[0] ?? NONE);
    const beside = block.length > 1;
    const parts = IN_PARTS.has(op.code) || (op.code === CODE.attach && !this.#attachIsLocked);
    const asks = ASKS_BUFFERS.has(op.code);
    const unsure = (beside && parts) || (asks && this.#polls) || this.#names(event);
    if (asks && beside && this.#pollStays) this.#polls = true;
    if (beside && op.makes !== undefined) this.#numbers = true;
    if (made !== NONE) {
      if (unsure) this.#variables.add(made);
      else this.#variables.delete(made);
    }
    if (unsure && PUTS.has(op.code)) this.#buffers = true;
    if (unsure || allowed === undefined) return undefined;
    const numbered = this.#numbers && op.makes !== undefined;
    if (!numbered || allowed.every(({ ret }) => ret < 0)) return allowed;
    return [...allowed.filter(({ ret }) => ret < 0), { ret: OK, outputs: [], lists: [] }];
  }

  /** Whether it looks at something that nobody is sure of. */
  #names({ call: { op, args } }: Event): boolean {
    const rest = op.makes === undefined ? args : args.slice(1);
    return rest.some((value, n) => {
      if (op.args[n]?.type.kind !== 'variable' || value === NONE) return false;
      const letter = letterOf(value);
      return this.#variables.has(value) || (this.#buffers && (letter === 'b' || letter === 'g'));
    });
  }
}
