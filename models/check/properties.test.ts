// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { letterOf, NONE, type Operation } from '../ops/operation.js';
import { PROFILES } from '../profiles/profiles.js';
import { CONTRACT } from '../rules/contract.js';
import type { Rules } from '../rules/rules.js';
import { cloneWorld } from '../state/clone.js';
import { fingerprint } from '../state/view.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { prologue } from '../traffic/random.js';
import { randomCalls, recordCalls } from '../traffic/record.js';
import { check } from './checker.js';
import { resultOf, step, stepObserved } from './step.js';

const seeds = fc.integer({ min: 0, max: 0x7fffffff });

test('what a kernel of a profile does is allowed by the profile', async () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(...PROFILES), (seed, { rules }) => {
      const verdict = check(rules, recordCalls(rules, randomCalls(seed, 300)));
      return verdict.kind === 'holds';
    }),
    { numRuns: 100 },
  );
});

/**
 * Without timelines that are closed early: what a file with an error among its leaves says of itself is the first leaf
 * that is not done, and the two have their leaves in another order.
 */
test('an exclusive fence that writes merge into and usage classes look the same', async () => {
  const exclusive: Rules = { ...CONTRACT, resv: 'exclusive' };
  const classes = CONTRACT;
  fc.assert(
    fc.property(seeds, (seed) => {
      const calls = randomCalls(seed, 400).filter(
        ({ op, args }) => op.name !== 'close' || letterOf(args[0] ?? NONE) !== 't',
      );
      const one = check(classes, recordCalls(exclusive, calls));
      return one.kind === 'holds' && check(exclusive, recordCalls(classes, calls)).kind === 'holds';
    }),
    { numRuns: 60 },
  );
});

test('step gives what run does, changes nothing, and stepObserved takes each of its results', async () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(...PROFILES), (seed, { rules }) => {
      const world = new World(rules);
      for (const call of randomCalls(seed, 80)) {
        const before = fingerprint(world);
        const outcomes = step(world, call);
        if (fingerprint(world) !== before) return false;
        if (!outcomes.every(({ result }) => stepObserved(world, call, result).length > 0)) return false;
        run(world, call.op.code, call.args, 0);
        const did = JSON.stringify(resultOf(call, world.answer));
        if (!outcomes.some(({ result }) => JSON.stringify(result) === did)) return false;
        if (world.crashed) return true;
      }
      return true;
    }),
    { numRuns: 40 },
  );
});

test('a clone goes its own way', async () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(...PROFILES), (seed, { rules }) => {
      const world = new World(rules);
      const calls = randomCalls(seed, 200);
      for (const call of calls.slice(0, 100)) run(world, call.op.code, call.args, 0);
      const [copy, before] = [cloneWorld(world), fingerprint(world)];
      if (fingerprint(copy) !== before) return false;
      for (const call of calls.slice(100)) if (!copy.crashed) run(copy, call.op.code, call.args, 0);
      if (fingerprint(world) !== before) return false;
      for (const call of calls.slice(100)) if (!world.crashed) run(world, call.op.code, call.args, 0);
      return fingerprint(world) === fingerprint(copy);
    }),
    { numRuns: 60 },
  );
});

/**
 * P1 and the gates once more, by other means: of each buffer and timeline the furthest position that was imported for
 * writing and for reading. It knows nothing of reservation objects.
 */
test('a buffer waits for the furthest import of each timeline, and for nothing else', async () => {
  const simple = ({ name }: Operation) => ['fence', 'inc', 'import', 'observe', 'poll'].includes(name);
  const opening = prologue().length;
  fc.assert(
    fc.property(seeds, fc.constantFrom(...PROFILES.filter((p) => p.rules.has.import)), (seed, { rules }) => {
      const world = new World(rules);
      const value = new Map<number, number>();
      const files = new Map<number, readonly [number, number]>();
      const due = new Map<string, number>();
      for (const { op, args } of randomCalls(seed, 400).filter(
        (call, at) => at < opening || simple(call.op),
      )) {
        run(world, op.code, args, 0);
        const [a = 0, b = 0, c = 0] = args;
        if (world.answer.ret < 0) continue;
        if (op.name === 'timeline') value.set(a, 0);
        if (op.name === 'fence') files.set(a, [b, c]);
        if (op.name === 'inc') value.set(a, (value.get(a) ?? 0) + b);
        const file = files.get(c);
        if (op.name === 'import' && file !== undefined && c !== NONE) {
          const key = `${a} ${(b & 2) !== 0} ${file[0]}`;
          due.set(key, Math.max(due.get(key) ?? 0, file[1]));
        }
        if (op.name !== 'observe') continue;
        const waits = (write: boolean) =>
          [...value].filter(([t, now]) => (due.get(`${a} ${write} ${t}`) ?? 0) > now).map(([t]) => t % 256);
        const [reader, writer] = [new Set(waits(true)), new Set([...waits(true), ...waits(false)])];
        const [seenReader, seenWriter] = resultOf({ op, args }, world.answer).lists.map(
          (l) => new Set(l.map((x) => x.who)),
        );
        if (String([...reader].sort()) !== String([...(seenReader ?? [])].sort())) return false;
        if (String([...writer].sort()) !== String([...(seenWriter ?? [])].sort())) return false;
        const ready = (reader.size === 0 ? 1 : 0) | (writer.size === 0 ? 4 : 0);
        if (world.answer.outputs[0] !== ready) return false;
      }
      return true;
    }),
    { numRuns: 100 },
  );
});
