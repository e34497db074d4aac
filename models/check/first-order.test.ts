// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { DEFAULT_SETTING } from '../ops/event.js';
import { linux510series } from '../profiles/linux-5.10.js';
import { PROFILES } from '../profiles/profiles.js';
import { linux61 } from '../profiles/upstream.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { encodeAll } from '../trace/record.js';
import { raceEventsCounted, raceOpening } from '../traffic/race.js';
import { beginningOf } from './concurrent.js';
import { hasFirstOrder } from './first-order.js';
import { readHistory } from './history.js';
import { someOrderHolds } from './testing/brute-force.js';

const SEED = Number(process.env['FENCELAB_SEED'] ?? 1);
const OPENING = raceOpening().length;

function found(rules: Rules, trace: Int32Array): boolean {
  const { entries } = readHistory(trace);
  const { variables, onlyPolled } = beginningOf(rules, trace, entries, DEFAULT_SETTING);
  return hasFirstOrder(new World(rules, DEFAULT_SETTING, false), trace, entries, variables, onlyPolled);
}

test('an order that is found is one, and where trying every order finds one it is found', async (t) => {
  const count = { right: 0, wrong: 0, missed: 0 };
  const kernels = fc.constantFrom(linux510series, linux61);
  const damage = fc.option(
    fc.record({ op: fc.nat(), word: fc.nat(), value: fc.integer({ min: 0, max: 5 }) }),
    { nil: undefined },
  );
  fc.assert(
    fc.property(
      fc.nat(),
      kernels,
      fc.integer({ min: 2, max: 4 }),
      damage,
      (seed, { rules }, threads, change) => {
        const trace = encodeAll(raceEventsCounted(rules, seed, threads, OPENING + 12));
        const hit = change && readHistory(trace).entries[OPENING + (change.op % 12)];
        // A return value or what comes after it
        if (change && hit) {
          const end = hit.at + ((trace[hit.at] ?? 0) & 0xffff);
          trace[hit.ret + (change.word % (end - hit.ret))] = change.value;
        }
        if (readHistory(trace).fault !== undefined) return true;
        const [is, one] = [someOrderHolds(rules, trace), found(rules, trace)];
        count[is ? 'right' : 'wrong']++;
        if (is && !one) count.missed++;
        return is || !one;
      },
    ),
    { numRuns: 300, seed: SEED },
  );
  t.ok(count.right > 30 && count.wrong > 30, JSON.stringify(count));
  // It may stop early, but not as a rule
  t.ok(count.missed * 50 < count.right, JSON.stringify(count));
});

test('of what a correct kernel does it finds an order nearly always: the speed of the checker rests on it', async (t) => {
  for (const { name, rules } of PROFILES.filter((p) => p.rules.has.import))
    for (const [threads, ops] of [
      [2, 16],
      [4, 8],
    ] as const) {
      const traces = Array.from({ length: 50 }, (_, seed) =>
        encodeAll(raceEventsCounted(rules, seed + 1, threads, OPENING + threads * ops)),
      );
      const yes = traces.filter((trace) => found(rules, trace)).length;
      t.ok(yes >= 45, `${name}, ${threads} threads of ${ops}: ${yes} of 50`);
    }
});
