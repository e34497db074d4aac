// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { Checker } from '../check/checker.js';
import type { Event } from '../ops/event.js';
import { PROFILES, profileNamed } from '../profiles/profiles.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { printEvent } from '../text/print.js';
import { Recorder } from '../traffic/record.js';
import { Exhaustive } from './exhaustive.js';
import { SmallPrograms } from './exhaustive-programs.js';
import type { Batch } from './strategy.js';
import { line } from './testing/behaviour.js';
import { listed, opsOf } from './testing/programs.js';

const rulesOf = (name: string): Rules => {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile.rules;
};
const SERIES = rulesOf('linux-5.10+series');

function batches(strategy: Exhaustive): Batch[] {
  const found: Batch[] = [];
  for (let batch = strategy.next(); batch !== undefined; batch = strategy.next()) found.push(batch);
  return found;
}

test('how many there are', async (t) => {
  const rows = [
    ['linux-5.10+series', 1, 4],
    ['linux-5.10+series', 2, 4],
    ['linux-5.10+series', 3, 4],
    ['linux-5.10+series', 3, 1],
    ['linux-5.10', 2, 4],
    ['6.1', 1, 4],
    ['6.1', 2, 4],
    ['6.1', 3, 4],
  ] as const;
  const counted = rows.map(([name, depth, everyOrder]) => {
    const strategy = new Exhaustive(rulesOf(name), depth, everyOrder);
    batches(strategy);
    const { programs, ops, states } = strategy.tally();
    if (depth <= everyOrder) t.equal(strategy.total, programs, `${name} ${depth}: the total is known before`);
    else t.equal(strategy.total, undefined);
    return `${name} ${depth} ${everyOrder}: ${programs} programs, ${ops} ops, ${states} states`;
  });
  t.same(counted, [
    'linux-5.10+series 1 4: 15 programs, 99 ops, 10 states',
    'linux-5.10+series 2 4: 241 programs, 2593 ops, 68 states',
    'linux-5.10+series 3 4: 4588 programs, 66107 ops, 407 states',
    'linux-5.10+series 3 1: 2192 programs, 30240 ops, 407 states',
    'linux-5.10 2 4: 97 programs, 1021 ops, 50 states',
    '6.1 1 4: 15 programs, 99 ops, 10 states',
    '6.1 2 4: 277 programs, 2932 ops, 76 states',
    '6.1 3 4: 6536 programs, 91971 ops, 495 states',
  ]);
});

test('every program of up to two ops', async (t) => {
  const lines = listed(SERIES, 2, 4).map(({ ops, idle }) =>
    `${line(ops)}${idle.length > 0 ? ` | ${line(idle)}` : ''}`.trim(),
  );
  const golden = new URL('../../../models/programs/testing/two-ops.txt', import.meta.url);
  t.equal(`${lines.join('\n')}\n`, readFileSync(golden, 'utf8'));
});

test('a program makes what it needs, is looked at, and is taken down', async (t) => {
  const written = (wanted: string, depth: number, at: number): string[] => {
    const programs = new SmallPrograms(SERIES, depth, depth);
    let left = at;
    for (let one = programs.next(); one !== undefined; one = programs.next()) {
      if (line(opsOf(one.path)) !== wanted || left-- > 0) continue;
      const events: Event[] = [];
      one.path.write(events, one.idle, one.first);
      return events.map((event) => printEvent(event));
    }
    throw new Error(`there is no program ${wanted}`);
  };
  t.same(written('s0 = fence t0 1; s1 = fence t0 2; import b0 read s1', 3, 0), [
    ...['t0 = timeline', 's0 = fence t0 1', 's1 = fence t0 2'],
    ...['g0 = dumb c0', 'b0 = prime c0 g0', 'import b0 read s1'],
    ...['observe b0', 'info s0 16', 'info s1 16'],
    ...['inc t0 1', 'observe b0', 'info s0 16', 'info s1 16'],
    ...['close t0', 'close s0', 'close s1', 'close b0', 'drop c0 g0'],
  ]);
  t.same(written('f0 = attach c0 g1 write', 2, 0), [
    ...['b1 = heap', 'g1 = open c0 b1', 'f0 = attach c0 g1 write'],
    ...['f1 = attach c0 g1 read', 'f1 = attach c0 g1 write'],
    ...['g0 = dumb c0', 'b0 = prime c0 g0', 'poll b0 in', 'poll b0 out', 'poll b1 in', 'poll b1 out'],
    ...['observe b0', 'observe b1', 'signal c0 f0', 'close b0', 'drop c0 g0', 'close b1', 'drop c0 g1'],
  ]);
  t.same(written('s0 = fence t0 1; import b1 write s0', 3, 1), [
    ...['t0 = timeline', 's0 = fence t0 1', 'b1 = heap', 'import b1 write s0', 'import b1 write s0'],
    ...['observe b1', 'info s0 16', 'close t0', 'close s0', 'close b1'],
  ]);
});

/** Kernels on which longer programs are tried. */
const DEEP: readonly string[] = ['linux-5.10+series', '6.1'];
/** Depths, and up to where every order is tried. */
const LONGER = [[4, 3]] as const;
const SHORTER = [
  [2, 2],
  [3, 1],
] as const;

test('batches hold on every kernel that is as the model says', async (t) => {
  for (const { name, rules } of PROFILES)
    for (const [depth, everyOrder] of DEEP.includes(name) ? LONGER : SHORTER) {
      let [begun, ops] = [0, 0];
      const names = new Set<string>();
      const strategy = new Exhaustive(rules, depth, everyOrder);
      for (const batch of batches(strategy)) {
        const words = new Recorder(rules).record(batch.script.events.map(({ call }) => call));
        const checker = new Checker(rules);
        const verdict = checker.push(words) ?? checker.end();
        t.equal(verdict.kind, 'holds', `${name}: ${JSON.stringify(verdict).slice(0, 1000)}`);
        t.equal(checker.ops, batch.script.events.length, 'the kernel of the model answers all');
        t.match(batch.name, /^[A-Za-z0-9][A-Za-z0-9.+-]*$/);
        t.same(
          [...batch.starts],
          [...new Set(batch.starts)].sort((a, b) => a - b),
        );
        t.ok(batch.script.events.length < 200_000 && words.byteLength < 8 * 2 ** 20, 'room in the guest');
        names.add(batch.name);
        begun += batch.starts.length;
        ops += batch.script.events.length;
      }
      const tally = strategy.tally();
      t.equal(begun, tally.programs);
      t.equal(ops, tally.ops);
      t.ok(names.size > 0);
      t.equal(strategy.next(), undefined, 'it has come to its end');
    }
});

test('nothing of one program is there for the next', async (t) => {
  for (const { name, rules } of PROFILES)
    for (const { script, starts } of batches(new Exhaustive(rules, 2))) {
      const world = new World(rules);
      const begin = new Set(starts);
      let left = 0;
      for (const [at, { call }] of script.events.entries()) {
        if (begin.has(at) && !isEmpty(world)) left++;
        run(world, call.op.code, call.args, 0);
      }
      t.equal(left, 0, name);
      t.ok(isEmpty(world), 'and nothing at the end');
    }
});

/** There is a card, without buffers and without fences that are pending. */
function isEmpty(world: World): boolean {
  const [card, ...others] = world.files.filter((file) => file !== undefined);
  if (card?.kind !== 'card' || others.length > 0) return false;
  return card.handles.every((handle) => handle === undefined) && card.fences.every((fence) => fence === null);
}

test('a depth that is none', async (t) => {
  for (const depth of [0, 9, 1.5, Number.NaN]) t.throws(() => new Exhaustive(SERIES, depth), RangeError);
});
