// SPDX-License-Identifier: MIT
import type { Call } from '../ops/call.js';
import { makeCall } from '../ops/make-call.js';
import { NONE, variable } from '../ops/operation.js';
import { parseScript } from '../text/parse.js';
import { SCENE_TEXTS, WRAP_TEXTS } from './scene-texts.js';

/**
 * What ops at random never come to: each builds something up with variables of its own, from number 100 on, and takes it
 * down again, so that it can come anywhere in a program that uses b0, b1, c0 and numbers below 100.
 */
export interface Scene {
  readonly name: string;
  calls(random: (below: number) => number): Call[];
}

const FROM = 100;
const t = (n: number): number => variable('t', FROM + n);
const s = (n: number): number => variable('s', FROM + n);
const o = (n: number): number => variable('o', FROM + n);
const f = variable('f', FROM);
const b = (n: number): number => variable('b', n);
const MAPPED = 0;
const UNMAPPED = 1;
const READONLY = 2;
const READ = 1;
const WRITE = 2;
const IN = 1;
const OUT = 4;
const ROOM = 4096;
/** Each is a variable of its own, and some are others'. */
const MOST_LEAVES = 900;

const timelineWithFence = (n: number): Call[] => [
  makeCall('timeline', t(n)),
  makeCall('fence', s(n), t(n), 1),
];
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Leaves in a buffer, pending and signalled mixed, exported, merged, imported elsewhere. */
function manyLeaves(random: (below: number) => number): Call[] {
  const count = 1 << (1 + random(6));
  const leaves = upTo(count + random(3));
  const access = 1 + random(2);
  return [
    ...leaves.flatMap((n) => [...timelineWithFence(n), makeCall('import', b(0), access, s(n))]),
    makeCall('export', s(900), b(0), WRITE),
    ...leaves.filter(() => random(3) === 0).map((n) => makeCall('inc', t(n), 1)),
    makeCall('export', s(901), b(0), READ),
    makeCall('merge', s(902), s(900), s(901)),
    makeCall('info', s(902), ROOM),
    makeCall('info', s(902), random(count)),
    makeCall('import', b(1), WRITE, s(902)),
    makeCall('observe', b(0)),
    makeCall('observe', b(1)),
    ...[900, 901, 902].map((n) => makeCall('close', s(n))),
    ...leaves.flatMap((n) => [makeCall('close', s(n)), makeCall('close', t(n))]),
    makeCall('observe', b(1)),
  ];
}

/**
 * One file of up to a thousand leaves, and merges of half of them, a quarter and so on on the way: two files of one size
 * become one. Then imported, exported, and signalled from both ends.
 */
function deepMerge(random: (below: number) => number): Call[] {
  const count = 1 << (1 + Math.max(random(10), random(10)));
  const leaves = upTo(Math.min(MOST_LEAVES, count + random(count)));
  const sizes: { file: number; level: number }[] = [];
  const free = upTo(20).map((n) => s(n));
  const grown: Call[] = [];
  const join = (): void => {
    const [a, b] = [sizes.pop(), sizes.pop()];
    const file = free.pop();
    if (a === undefined || b === undefined || file === undefined) throw new RangeError('too many files');
    grown.push(makeCall('merge', file, b.file, a.file), makeCall('close', a.file), makeCall('close', b.file));
    free.push(a.file, b.file);
    sizes.push({ file, level: b.level + 1 });
  };
  for (const n of leaves) {
    const file = free.pop();
    if (file === undefined) throw new RangeError('too many files');
    grown.push(makeCall('timeline', t(n)), makeCall('fence', file, t(n), 1));
    sizes.push({ file, level: 0 });
    while (sizes.at(-1)?.level === sizes.at(-2)?.level) join();
  }
  while (sizes.length > 1) join();
  const last = sizes[0]?.file ?? NONE;
  return [
    makeCall('limit', 4000),
    ...grown,
    makeCall('info', last, 0),
    makeCall('import', b(0), WRITE, last),
    makeCall('import', b(1), READ, last),
    makeCall('export', s(902), b(1), WRITE),
    makeCall('poll', s(902), IN),
    ...leaves.filter((n) => n % 2 === 0).map((n) => makeCall('close', t(n))),
    makeCall('merge', s(903), s(902), last),
    makeCall('info', s(903), ROOM),
    ...leaves.filter((n) => n % 2 === 1).map((n) => makeCall('close', t(n))),
    makeCall('observe', b(0)),
    makeCall('poll', b(1), IN | OUT),
    ...[last, s(902), s(903)].map((file) => makeCall('close', file)),
    makeCall('limit', 1024),
  ];
}

/** Every ioctl with several things wrong at once: which of them is told is part of the interface. */
function badInput(random: (below: number) => number): Call[] {
  const memory = (): number => [MAPPED, UNMAPPED, READONLY][random(3)] ?? UNMAPPED;
  const wrong = (): number => [t(0), s(0), b(0), o(0), NONE][random(5)] ?? NONE;
  const flags = (): number => [0, READ, WRITE, 4, 8, 0x7fffffff][random(6)] ?? 0;
  const half = (one: number, other: () => number): number => (random(2) === 0 ? one : other());
  const some = upTo(6).flatMap(() => [
    makeCall('export', s(1), half(b(0), wrong), flags(), memory()),
    makeCall('close', s(1)),
    makeCall('import', half(b(0), wrong), flags(), half(s(0), wrong), memory()),
    makeCall('merge', s(2), half(s(0), wrong), half(s(0), wrong), random(2), memory()),
    makeCall('close', s(2)),
    makeCall('info', half(s(0), wrong), random(3), random(2), memory()),
    makeCall('fence', s(3), half(t(0), wrong), random(3), memory()),
    makeCall('close', s(3)),
    makeCall('inc', half(t(0), wrong), 0, memory()),
    makeCall(
      'attach',
      f,
      variable('c', 0),
      half(variable('g', 0), () => NONE),
      random(4),
      random(2),
    ),
    makeCall('signal', variable('c', 0), f, random(2)),
  ]);
  return [
    ...timelineWithFence(0),
    makeCall('other', o(0)),
    ...some,
    makeCall('limit', 0),
    ...some,
    makeCall('limit', 1024),
    makeCall('poll', [s(0), b(0), NONE][random(3)] ?? NONE, IN | OUT | random(64)),
    makeCall('unknown', wrong()),
    makeCall('name', b(0), [0, 31, 32, 4000][random(4)] ?? 0, memory()),
    makeCall('observe', b(0)),
    makeCall('close', s(0)),
    makeCall('close', o(0)),
    makeCall('close', t(0)),
  ];
}

/** No descriptor is left, and then a few. */
function descriptors(random: (below: number) => number): Call[] {
  const most = 48;
  return [
    ...timelineWithFence(0),
    makeCall('import', b(0), WRITE, s(0)),
    makeCall('limit', most),
    ...upTo(most).map((n) => makeCall('other', o(n))),
    makeCall('export', s(1), b(0), WRITE),
    makeCall('merge', s(2), s(0), s(0)),
    makeCall('fence', s(3), t(0), 2),
    makeCall('dup', s(4), s(0)),
    ...upTo(1 + random(2)).map((n) => makeCall('close', o(n))),
    makeCall('export', s(1), b(0), WRITE),
    makeCall('merge', s(2), s(0), s(1)),
    makeCall('limit', 1024),
    makeCall('observe', b(0)),
    ...[0, 1, 2, 3, 4].map((n) => makeCall('close', s(n))),
    ...upTo(most).map((n) => makeCall('close', o(n))),
    makeCall('close', t(0)),
  ];
}

/** Rounds of export and import, which must not make files longer. */
function roundTrips(random: (below: number) => number): Call[] {
  return [
    ...upTo(3).flatMap((n) => [...timelineWithFence(n), makeCall('import', b(0), 1 + random(2), s(n))]),
    ...upTo(20).flatMap((n) => [
      makeCall('export', s(900), b(n % 2), WRITE),
      makeCall('import', b((n + 1) % 2), 1 + random(2), s(900)),
      makeCall('info', s(900), ROOM),
      makeCall('close', s(900)),
    ]),
    ...upTo(3).flatMap((n) => [makeCall('inc', t(n), 1), makeCall('close', s(n)), makeCall('close', t(n))]),
    makeCall('observe', b(0)),
    makeCall('observe', b(1)),
  ];
}

/** Always the same calls. */
function written({ name, text }: { readonly name: string; readonly text: string }): Scene {
  const calls = parseScript(text).events.map(({ call }) => call);
  return { name, calls: () => calls };
}

/** Those that are different each time. */
const VARIED: readonly Scene[] = [
  { name: 'many leaves', calls: manyLeaves },
  { name: 'deep merge', calls: deepMerge },
  { name: 'bad input', calls: badInput },
  { name: 'descriptors', calls: descriptors },
  { name: 'round trips', calls: roundTrips },
];

export const SCENES: readonly Scene[] = [...VARIED, ...SCENE_TEXTS.map(written), ...WRAP_TEXTS.map(written)];

/** The one that comes after so many others: all in turn, and between any two one that is different each time. */
export function sceneAfter(played: number, random: (below: number) => number): Scene | undefined {
  return played % 2 === 0 ? VARIED[random(VARIED.length)] : SCENES[(played >> 1) % SCENES.length];
}
