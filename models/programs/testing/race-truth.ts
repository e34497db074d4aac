// SPDX-License-Identifier: MIT

/** What a race is tried with, and closed with. */
const OPENING = `c0 = card
g0 = dumb c0
b0 = prime c0 g0
t0 = timeline
t1 = timeline
s0 = fence t0 1
s1 = fence t1 1
`;
const CLOSING = `
inc t0 1
inc t1 1
close s0
close s1
close s2
close b0
drop c0 g0
close t0
close t1
close c0
`;

/** Small races, each with every outcome that there is: see allOrders() for how they are written. */
export const RACES: readonly {
  readonly name: string;
  readonly text: string;
  readonly outcomes: readonly string[];
}[] = [
  {
    name: 'poll-import',
    text: '0.1: poll b0 in\n0.2: import b0 write s0',
    outcomes: ['0.1: 0 ready nothing | 0.2: 0', '0.1: 1 ready in | 0.2: 0'],
  },
  {
    name: 'signal-twice-seen',
    text: '0.1: poll s0 in\n0.1: poll s0 in\n0.2: inc t0 1',
    outcomes: [
      '0.1: 0 ready nothing, 0 ready nothing | 0.2: 0',
      '0.1: 0 ready nothing, 1 ready in | 0.2: 0',
      '0.1: 1 ready in, 1 ready in | 0.2: 0',
    ],
  },
  {
    name: 'import-close',
    text: '0.1: import b0 write s0\n0.2: close s0',
    outcomes: ['0.1: 0 | 0.2: 0', '0.1: EINVAL | 0.2: 0'],
  },
  {
    name: 'import-import-export',
    text: '0.1: import b0 write s0\n0.2: import b0 read s1\n0.3: s2 = export b0 write\n0.3: info s2 8',
    outcomes: [
      '0.1: 0 | 0.2: 0 | 0.3: made, 0 status pending fences 1 leaves t0:pending',
      '0.1: 0 | 0.2: 0 | 0.3: made, 0 status pending fences 1 leaves t1:pending',
      '0.1: 0 | 0.2: 0 | 0.3: made, 0 status pending fences 2 leaves t0:pending t1:pending',
      '0.1: 0 | 0.2: 0 | 0.3: made, 0 status done fences 1 leaves stub:done',
    ],
  },
];

/** The program of a race, so often. */
export const raceText = (text: string, times: number): string =>
  Array.from({ length: times }, () => OPENING + text + CLOSING).join('');
