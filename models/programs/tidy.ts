// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { makeCall } from '../ops/make-call.js';
import { type Letter, NONE, VARIABLES, VARIABLES_EACH, variable } from '../ops/operation.js';

export const letterOf = (one: number): Letter | undefined =>
  VARIABLES[Math.floor(one / VARIABLES_EACH)]?.letter;

/** What may be open after these calls: variables by what they are of, each with the card it was made on. */
export function leftOpen(calls: readonly Call[]): Map<number, number> {
  const open = new Map<number, number>();
  for (const { op, args } of calls) {
    const [first = NONE, second = NONE] = args;
    if (op.makes !== undefined && first !== NONE) open.set(first, second);
    else if (op.name === 'close') open.delete(first);
    else if (op.name === 'drop') open.delete(second);
    else if (op.name === 'signal') open.delete(second);
  }
  return open;
}

/**
 * Closes all that the calls may have left open but cards: fences of vgem are signalled, files closed, handles dropped.
 * What was never made gives EBADF, EINVAL or ENOENT, and the model knows that.
 */
export function tidy(calls: readonly Call[]): Call[] {
  const open = [...leftOpen(calls)];
  const of = (letters: string) => open.filter(([one]) => letters.includes(letterOf(one) ?? '-'));
  const c0 = variable('c', 0);
  const cardOf = (card: number): number => (letterOf(card) === 'c' ? card : c0);
  return [
    ...of('f').map(([fence, card]) => makeCall('signal', cardOf(card), fence)),
    ...of('estbo').map(([file]) => makeCall('close', file)),
    ...of('g').map(([handle, card]) => makeCall('drop', cardOf(card), handle)),
  ];
}

/** What there is to see in the end: every buffer, and the leaves of every sync_file. */
export function looks(calls: readonly Call[]): Call[] {
  const open = [...leftOpen(calls).keys()];
  return [
    ...open.filter((one) => letterOf(one) === 'b').map((one) => makeCall('observe', one)),
    ...open.filter((one) => letterOf(one) === 's').map((one) => makeCall('info', one, 16)),
  ];
}
