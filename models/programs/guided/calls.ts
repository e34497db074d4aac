// SPDX-License-Identifier: MIT
import type { Call } from '../../ops/call.js';
import { operationNamed } from '../../ops/layout.js';
import { type Argument, type Letter, letterOf, NONE, type Operation, variable } from '../../ops/operation.js';
import type { OperationName } from '../../ops/operations.js';

/** A number below another, from a seed. */
export type Random = (below: number) => number;

/** How often each op comes. Those that wait, that only some cards know or that a program must not do are left out. */
const WEIGHTS: readonly (readonly [OperationName, number])[] = [
  ...([
    ['timeline', 4],
    ['fence', 12],
    ['inc', 8],
    ['dumb', 3],
    ['prime', 4],
    ['heap', 4],
  ] as const),
  ...([
    ['attach', 6],
    ['signal', 5],
    ['export', 10],
    ['import', 14],
    ['merge', 10],
    ['info', 6],
  ] as const),
  ...([
    ['poll', 8],
    ['observe', 4],
    ['dup', 3],
    ['close', 8],
    ['drop', 2],
    ['open', 2],
  ] as const),
  ...([
    ['epoll', 2],
    ['watch', 4],
    ['woken', 3],
    ['sync', 2],
    ['name', 1],
    ['deadline', 1],
  ] as const),
  ...([
    ['unknown', 1],
    ['other', 1],
  ] as const),
];
const CHOICES: readonly Operation[] = WEIGHTS.flatMap(([name, weight]) =>
  Array.from({ length: weight }, () => operationNamed(name) as Operation),
);

/** Variables of each letter that programs use. The card is opened once for all. */
const POOL: Readonly<Record<Letter, number>> = { t: 4, s: 8, b: 3, c: 1, g: 2, f: 3, o: 1, e: 1 };
/** What an argument of that name should be; now and then it is anything else that the op takes. */
const MEANT: Readonly<Record<string, Letter>> = { timeline: 't', buffer: 'b', file: 's', other: 's' };
const CLOSED = 'sssssttbbbeo';

/** Values of timelines: mostly small, now and then where 32 bits end. */
const EDGES = [0x7ffffffe, 0x7fffffff, 0x80000000, 0xffffffff];
const ROOMS = [0, 1, 2, 3, 8, 8, 8];

const oneOf = <T>(random: Random, choices: ArrayLike<T>): T => choices[random(choices.length)] as T;

const anyOf = (random: Random, letter: Letter): number => variable(letter, random(POOL[letter]));

/** A random argument of an op. */
export function randomArgument(random: Random, op: Operation, { name, type, optional }: Argument): number {
  if (optional !== undefined && random(12) !== 0) return optional;
  switch (type.kind) {
    case 'variable': {
      if (random(150) === 0) return NONE;
      if (op.name === 'close') return anyOf(random, oneOf(random, CLOSED) as Letter);
      const meant = random(40) === 0 ? undefined : MEANT[name];
      return anyOf(random, meant ?? (oneOf(random, type.letters) as Letter));
    }
    case 'flags': {
      if (random(16) === 0) return random(64);
      const bits = Object.values(type.bits);
      return bits.reduce((sum, bit) => (random(2) === 0 ? sum : (sum | bit) >>> 0), 0) || (bits[0] ?? 0);
    }
    case 'choice':
      return random(type.names.length);
    case 'number':
      return randomNumber(random, op, name);
  }
}

function randomNumber(random: Random, op: Operation, name: string): number {
  // A poll that waits only costs time: nobody else is there to end it
  if (name === 'milliseconds' || op.name === 'timeline') return 0;
  if (name === 'room') return oneOf(random, ROOMS);
  if (name === 'length') return random(40);
  return random(24) === 0 ? oneOf(random, EDGES) : random(4);
}

/** Any variable of the letter of another one. */
export const likeIt = (random: Random, one: number): number => anyOf(random, letterOf(one) ?? 's');

/** A random call. A copy has the letter of what it is of. */
export function randomCall(random: Random): Call {
  const op = oneOf(random, CHOICES);
  const args = op.args.map((arg) => randomArgument(random, op, arg));
  if (op.makes === undefined) return { op, args };
  if (op.name !== 'dup') return { op, args: [anyOf(random, op.makes as Letter), ...args] };
  const letter = oneOf(random, 'ssstb') as Letter;
  return { op, args: [anyOf(random, letter), anyOf(random, letter)] };
}
