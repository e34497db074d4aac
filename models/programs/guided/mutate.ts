// SPDX-License-Identifier: MIT
import type { Call } from '../../ops/call.js';
import { likeIt, type Random, randomArgument, randomCall } from './calls.js';

/** Longer programs are cut: what is interesting in them is found in shorter ones too, and those are tried more often. */
export const MOST_CALLS = 40;
/** Changes to one program at a time. */
const MOST_CHANGES = 4;

type Change = (calls: Call[], random: Random, other: readonly Call[]) => void;

const insert: Change = (calls, random) => {
  calls.splice(random(calls.length + 1), 0, randomCall(random));
};

const remove: Change = (calls, random) => {
  if (calls.length > 1) calls.splice(random(calls.length), 1);
};

const replace: Change = (calls, random) => {
  calls[random(calls.length)] = randomCall(random);
};

/** Another argument; also the variable that a call makes. */
const argument: Change = (calls, random) => {
  const at = random(calls.length);
  const call = calls[at];
  if (call === undefined || call.args.length === 0) return;
  const { op, args } = call;
  const which = random(args.length);
  const arg = op.args[which - (op.makes === undefined ? 0 : 1)];
  const changed = args.slice();
  // One that is made stays of its letter, and so does what it is a copy of: the model knows nothing of others
  if (arg === undefined) changed[which] = (args[which] ?? 0) ^ random(2);
  else changed[which] = op.name === 'dup' ? likeIt(random, args[0] ?? 0) : randomArgument(random, op, arg);
  calls[at] = { op, args: changed };
};

/** A call again, at once or later. */
const duplicate: Change = (calls, random) => {
  const at = random(calls.length);
  const call = calls[at];
  if (call !== undefined) calls.splice(at + random(calls.length - at + 1), 0, call);
};

const swap: Change = (calls, random) => {
  const [a, b] = [random(calls.length), random(calls.length)];
  const [first, second] = [calls[a], calls[b]];
  if (first === undefined || second === undefined) return;
  calls[a] = second;
  calls[b] = first;
};

/** The beginning of one and the end of another. */
const splice: Change = (calls, random, other) => {
  const from = random(calls.length + 1);
  calls.splice(from, calls.length, ...other.slice(random(other.length + 1)));
};

/** Programs grow a little more often than they shrink: they are cut at their longest. */
const CHANGES: readonly Change[] = [
  ...[insert, insert, insert, remove, remove, replace, argument, argument, argument],
  ...[duplicate, swap, splice],
];

/** A program made of one, or of two. Never empty. */
export function mutate(calls: readonly Call[], other: readonly Call[], random: Random): Call[] {
  const changed = calls.slice();
  for (let left = 1 + random(MOST_CHANGES); left > 0; left--) {
    if (changed.length === 0) changed.push(randomCall(random));
    (CHANGES[random(CHANGES.length)] ?? insert)(changed, random, other);
  }
  if (changed.length === 0) changed.push(randomCall(random));
  return changed.slice(0, MOST_CALLS);
}
