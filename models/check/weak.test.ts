// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { PROFILES } from '../profiles/profiles.js';
import { parseScript } from '../text/parse.js';
import { encodeAll } from '../trace/record.js';
import { explain } from './explain.js';
import { checkTrace } from './trace.js';

/** What 5.10 without the series is known to do when two attach to a buffer at once; nobody else may. */

const OPEN = `
c0 = card -> 3 @1+0
g0 = dumb c0 -> 1 @3+0
b0 = prime c0 g0 -> 4 @5+0
c1 = card -> 5 @7+0
g1 = open c1 b0 -> 1 @9+0
f0 = attach c0 g0 write -> 1 @100+50
0.1: f1 = attach c1 g1 read -> 1 @110+50
`;

interface Case {
  readonly what: string;
  readonly trace: string;
  /** Profiles that allow it. */
  readonly holds: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: 'both get in: vgem looks before it locks',
    trace: '',
    holds: ['linux-5.10', '6.1', '6.12', '7.3'],
  },
  {
    what: 'one reader that is done hides the writer from POLLOUT',
    trace: 'signal c1 f1 -> 0 @300+5\npoll b0 out -> 1 ready out @320+5',
    holds: ['linux-5.10'],
  },
  {
    what: 'one reader that is done hides the writer from the next attachment',
    trace: 'signal c1 f1 -> 0 @300+5\nf2 = attach c1 g1 write -> 2 @320+5',
    holds: ['linux-5.10'],
  },
  {
    what: 'a wait for the writer does not come back to the one reader',
    trace:
      '0.2: signal c0 f0 -> 0 @400+5\nsync b0 write -> 0 @300+110\npoll b0 out -> 0 ready nothing @500+5',
    holds: ['linux-5.10'],
  },
  {
    what: 'but it does not return before the writer is done',
    trace: 'sync b0 write -> 0 @300+10\n0.2: signal c0 f0 -> 0 @400+5\npoll b0 out -> 0 ready nothing @500+5',
    holds: [],
  },
  {
    what: 'a wait for readers alone is a wait for all of them',
    trace:
      'signal c0 f0 -> 0 @200+5\npoll b0 out -> 0 ready nothing @250+5\nsync b0 write -> 0 @300+50\n0.2: signal c1 f1 -> 0 @400+5',
    holds: [],
  },
];

for (const { what, trace, holds } of cases)
  test(what, async (t) => {
    const words = encodeAll(parseScript(`${OPEN}${trace}`).events);
    for (const { name, rules } of PROFILES) {
      const verdict = checkTrace(rules, words);
      const wanted = holds.includes(name) ? 'holds' : 'violates';
      t.equal(verdict.kind, wanted, name, verdict.kind === 'violates' ? { text: explain(verdict) } : {});
    }
  });
