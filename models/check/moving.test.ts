// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import type { Event } from '../ops/event.js';
import { linux510series } from '../profiles/linux-5.10.js';
import { PROFILES } from '../profiles/profiles.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import { fingerprint } from '../state/view.js';
import { World } from '../state/world.js';
import { parseEvent, parseScript } from '../text/parse.js';
import { printScript } from '../text/print.js';
import { encodeAll } from '../trace/record.js';
import { randomFrom } from '../traffic/random.js';
import { explain } from './explain.js';
import { checkScript } from './script.js';
import { step } from './step.js';
import { checkTrace } from './trace.js';

/** Every op there is on two cards with fences that signal by themselves, in words. */
const PROLOGUE = [
  't0 = timeline',
  'c0 = card virtio-gpu',
  'c1 = card vkms',
  'c2 = card',
  'g0 = texture c0',
  'b0 = prime c0 g0',
  'g1 = dumb c1',
  'b1 = heap',
  'g2 = open c2 b0',
];
const OPS = [
  'g0 = texture c0',
  'b0 = prime c0 g0',
  'g2 = open c2 b0',
  'g1 = open c1 b1',
  'drop c2 g2',
  'f0 = attach c2 g2 read',
  'f0 = attach c2 g2 write',
  'signal c2 f0',
  's0 = fence t0 1',
  's1 = fence t0 3',
  'inc t0 1',
  'transfer c0 g0',
  's2 = submit c0 g0 none 2',
  'none = submit c0 g0 s0 1',
  'idle c0 g0 1',
  'idle c0 g0',
  's3 = commit c0 g0 s0 nonblock',
  's3 = commit c0 g0 s3 nonblock',
  'none = commit c0 g0 none cursor',
  's1 = commit c1 g1 s2 nonblock',
  's1 = commit c1 g1 none test',
  'import b0 write s0',
  'import b0 read s3',
  'import b1 write s2',
  'import b1 read s1',
  's2 = export b0 write',
  's0 = export b1 read',
  's1 = merge s2 s3',
  'info s1 8',
  'info s2 0',
  'info s3 8',
  'poll b0 in+out',
  'poll b1 out',
  'poll s1 in',
  'observe b0',
  'observe b1',
  'sync b0 write',
  'wait 5',
  'wait 4000',
];

/** A kernel that takes one of the ways that the model allows, at random. */
function wander(rules: Rules, seed: number, ops: number): Event[] {
  const random = randomFrom(seed);
  let world = new World(rules);
  const events: Event[] = [];
  for (let at = 0; at < PROLOGUE.length + ops; at++) {
    const { call } = parseEvent(PROLOGUE[at] ?? (OPS[random(OPS.length)] as string));
    const outcomes = step(world, call);
    const taken = outcomes[random(outcomes.length)];
    if (taken === undefined || taken.world.beyond !== undefined) break;
    events.push({ call, results: [taken.result] });
    world = taken.world;
    if (world.crashed) break;
  }
  return events;
}

test('whatever a fence does by itself, the trace holds', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0x7fffffff }),
      fc.constantFrom(...PROFILES),
      (seed, { rules, name }) => {
        const script = { setting: parseScript('').setting, events: wander(rules, seed, 60) };
        const verdict = checkScript(rules, script);
        if (verdict.kind === 'violates') t.fail(`${name}\n${printScript(script)}${explain(verdict)}`);
        return verdict.kind !== 'violates';
      },
    ),
    { numRuns: 60 },
  );
});

test('a clone of cards and what they share goes its own way', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (seed) => {
      const random = randomFrom(seed);
      let world = new World(linux510series.rules);
      for (let at = 0; at < 60; at++) {
        const { call } = parseEvent(PROLOGUE[at] ?? (OPS[random(OPS.length)] as string));
        const before = fingerprint(world);
        const [first] = step(world, call);
        if (fingerprint(world) !== before) return false;
        if (first === undefined || first.world.beyond !== undefined) return true;
        world = first.world;
        if (fingerprint(cloneWorld(world)) !== fingerprint(world)) return false;
      }
      return true;
    }),
    { numRuns: 25 },
  );
});

const verdict = (trace: string) => checkScript(linux510series.rules, parseScript(trace));

test('a fence of virtio-gpu that nobody looks at costs nothing, and in the end it must have signalled', async (t) => {
  const many = `c0 = card virtio-gpu -> 3\n${'g0 = texture c0 -> ok\n'.repeat(500)}b0 = prime c0 g0 -> 4\n`;
  for (const after of ['poll b0 in -> 0 ready nothing', 'poll b0 in -> 1 ready in'])
    t.match(verdict(many + after), { kind: 'holds' });
  t.match(verdict(`${many}poll b0 in -> 1 ready in\npoll b0 in -> 0 ready nothing`), { kind: 'violates' });
  t.match(verdict(`${many}wait 12000 -> 0\npoll b0 in -> 0 ready nothing`), {
    kind: 'violates',
    finding: { promise: 'over-synchronised' },
  });
});

test('what is seen of an exported file stays so', async (t) => {
  const trace =
    'c0 = card virtio-gpu -> 3\ng0 = texture c0 -> 1\nb0 = prime c0 g0 -> 4\ns0 = export b0 read -> 5\n';
  const [had, none] = ['virtio-gpu:done', 'stub:done'].map(
    (leaf) => `info s0 1 -> 0 status done fences 1 leaves ${leaf}\n`,
  );
  for (const seen of [had, none]) t.match(verdict(trace + seen + seen), { kind: 'holds' });
  t.match(verdict(`${trace}${had}${none}`), { kind: 'violates' });
  t.match(verdict(`${trace}poll s0 in -> 0 ready nothing\n${none}`), { kind: 'violates' });
});

test('a wrong time is told with the right one', async (t) => {
  const trace = 't0 = timeline -> 3 @100+5\ns0 = fence t0 1 -> 4 @110+5\ninc t0 1 -> 0 @200+50\n';
  const got = verdict(`${trace}info s0 1 -> 0 status done fences 1 leaves t0:done@700 @700+5`);
  t.match(got, {
    kind: 'violates',
    finding: { words: /t0 says .* at 700 us, and it did between 200 and 250 us/ },
  });
});

test('an end without a beginning is refused at most once access has not begun', async (t) => {
  t.match(verdict('b0 = heap -> 3\nsync b0 read -> 0\nsync b0 read+end -> EINVAL'), { kind: 'violates' });
});

const threads = (trace: string) => checkTrace(linux510series.rules, encodeAll(parseScript(trace).events));

test('times of steps that overlap are those of any of them, and no later ones', async (t) => {
  const trace = `t0 = timeline -> 3 @100+5
    s0 = fence t0 1 -> 4 @110+5
    inc t0 1 -> 0 @200+50
    0.1: inc t0 1 -> 0 @220+60
    `;
  for (const [at, kind] of [
    [199, 'holds'],
    [282, 'holds'],
    [198, 'violates'],
    [290, 'violates'],
  ] as const)
    t.match(
      threads(`${trace}info s0 1 -> 0 status done fences 1 leaves t0:done@${at} @400+5`),
      { kind },
      `${at}`,
    );
});

test('a wait for what signals by itself is over when another thread has signalled the rest', async (t) => {
  const trace = `c0 = card virtio-gpu -> 3 @10+1
    g0 = texture c0 -> 1 @20+1
    b0 = prime c0 g0 -> 4 @30+1
    t0 = timeline -> 5 @40+1
    s0 = fence t0 1 -> 6 @50+1
    import b0 write s0 -> 0 @60+1
    `;
  const waits = (ret: string) => `idle c0 g0 -> ${ret} @100+100\n0.1: inc t0 1 -> 0 @150+10`;
  t.match(threads(trace + waits('0')), { kind: 'holds' });
  t.match(threads(`${trace}idle c0 g0 -> 0 @100+20\n0.1: inc t0 1 -> 0 @150+10`), {
    kind: 'violates',
    finding: { promise: 'P1' },
  });
  const flip = 's1 = commit c0 g0 s0 nonblock -> 7 @100+5\n0.1: inc t0 1 -> 0 @150+10\n';
  t.match(threads(`${trace}${flip}poll s1 in 1000 -> 1 ready in @110+500`), { kind: 'holds' });
  t.match(threads(`${trace}${flip}poll s1 in 1000 -> 1 ready in @110+20`), { kind: 'violates' });
});

test('in a race a name may be older than a status', async (t) => {
  const trace = `t0 = timeline -> 3 @100+5
    s0 = fence t0 1 -> 4 @110+5
    inc t0 1 -> 0 @200+50
    0.1: info s0 1 -> 0 status done fences 1 leaves t0:done@240 @210+60
    `;
  const [late] = PROFILES.filter(({ name }) => name === '7.3');
  t.match(checkTrace(late?.rules ?? linux510series.rules, encodeAll(parseScript(trace).events)), {
    kind: 'holds',
  });
});

test('many fences of a device in a buffer of 6.1 are few hypotheses', async (t) => {
  const rounds = Array.from(
    { length: 200 },
    (_, round) => `s0 = submit c0 g0 none 2 -> 6
      import b1 ${round % 2 === 0 ? 'write' : 'read'} s0 -> 0
      s1 = export b1 read+write -> 7
      info s1 0 -> 0 status pending fences ${round === 0 ? 1 : 2} leaves
      close s1 -> 0
      close s0 -> 0`,
  );
  const trace = `c0 = card virtio-gpu -> 3
    g0 = texture c0 -> 1
    b0 = prime c0 g0 -> 4
    b1 = heap -> 5
    ${rounds.join('\n')}`;
  const [upstream] = PROFILES.filter(({ name }) => name === '6.1');
  t.match(checkTrace(upstream?.rules ?? linux510series.rules, encodeAll(parseScript(trace).events)), {
    kind: 'holds',
  });
});
