// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { makeCall } from '../ops/make-call.js';
import { letterOf, NONE, variable } from '../ops/operation.js';

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
  return ['f', 'estbo', 'g'].flatMap((letters) =>
    open
      .filter(([one]) => letters.includes(letterOf(one) ?? '-'))
      .map(([one, card]) => closing(one, letterOf(card) === 'c' ? card : undefined)),
  );
}

/** What lets go of a variable: a fence of vgem is signalled, a handle is dropped, all others are descriptors. */
export function closing(one: number, card = variable('c', 0)): Call {
  const letter = letterOf(one);
  if (letter === 'g') return makeCall('drop', card, one);
  return letter === 'f' ? makeCall('signal', card, one) : makeCall('close', one);
}

/** What there is to see in the end: every buffer, and the leaves of every sync_file. */
export function looks(calls: readonly Call[]): Call[] {
  const open = [...leftOpen(calls).keys()];
  return [
    ...open.filter((one) => letterOf(one) === 'b').map((one) => makeCall('observe', one)),
    ...open.filter((one) => letterOf(one) === 's').map((one) => makeCall('info', one, 16)),
  ];
}
