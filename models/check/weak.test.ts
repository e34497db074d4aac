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

test('an export that overlaps the close of its timeline may have nothing to show, or what is about to signal', async (t) => {
  // The number of a descriptor is free before what it was for is gone: s1 gets that of t0, and still finds its fence
  const trace = `c0 = card -> 3 @1+0
g0 = dumb c0 -> 1 @3+0
b0 = prime c0 g0 -> 4 @5+0
t0 = timeline -> 5 @7+0
s0 = fence t0 1 -> 6 @9+0
import b0 write s0 -> 0 @11+0
0.1: s1 = export b0 write -> 5 @100+50
0.2: close t0 -> 0 @100+50
0.3: s2 = export b0 write -> 7 @100+50
info s1 8 -> 0 status ENOENT fences 1 leaves t0:ENOENT@120 @200+1
info s2 8 -> 0 status done fences 1 leaves stub:done @210+1`;
  const words = encodeAll(parseScript(trace).events);
  for (const { name, rules } of PROFILES.filter(({ rules: r }) => r.has.export && !r.forgetsNames)) {
    const verdict = checkTrace(rules, words);
    t.equal(verdict.kind, 'holds', name, verdict.kind === 'violates' ? { text: explain(verdict) } : {});
  }
});
