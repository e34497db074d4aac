// SPDX-License-Identifier: MIT
import type { Event } from '../ops/event.js';
import { operationNamed } from '../ops/layout.js';
import { type Letter, type Operation, VARIABLES_EACH, variable } from '../ops/operation.js';
import { CODE, type OperationName } from '../ops/operations.js';

/** What small programs are made of: a card of vgem, one buffer of vgem and one of a heap, and three timelines. */
export const TIMELINES = 3;
export const BUFFERS = 2;
/** The buffer that is vgem's own, and the one that vgem imports where a program attaches to it. */
export const OWN = 0;

const base = (letter: Letter): number => variable(letter, 0);
export const CARD = base('c');
export const T = base('t');
export const S = base('s');
export const F = base('f');
export const B = base('b');
export const G = base('g');

/** Made once for each call: millions of programs consist of a few hundred. */
const known = new Map<number, Event>();
const NO_RESULTS: Event['results'] = [];

/** An op with these arguments (the variable that is made comes first), and with the usual for those that may be left out. */
export function does(name: OperationName, a = 0, b = 0, c = 0, d = 0): Event {
  // invariant: arguments are variables of 8 letters, or smaller numbers; `d` is an access, and codes are below 64
  const key = (((a * KEYS + b) * KEYS + c) * 8 + d) * 64 + CODE[name];
  const before = known.get(key);
  if (before !== undefined) return before;
  const op = operationNamed(name) as Operation;
  const count = op.args.length + (op.makes === undefined ? 0 : 1);
  const made = { call: { op, args: [a, b, c, d, 0].slice(0, count) }, results: NO_RESULTS };
  known.set(key, made);
  return made;
}

const KEYS = 8 * VARIABLES_EACH;
