// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { DEFAULT_SETTING } from '../ops/event.js';
import { linux510series } from '../profiles/linux-5.10.js';
import { parseScript } from '../text/parse.js';
import { encodeAll } from '../trace/record.js';
import { raceEvents, raceEventsCounted } from '../traffic/race.js';
import { filmOf } from './film.js';
import { readHistory } from './history.js';
import { orderOf } from './order.js';

const { rules } = linux510series;
const SEED = Number(process.env['FENCELAB_SEED'] ?? 1);

test('an order has each op once, and none before one that had returned when it was called', async (t) => {
  let found = 0;
  fc.assert(
    fc.property(fc.nat(100_000), fc.constantFrom(raceEvents, raceEventsCounted), (seed, form) => {
      const words = encodeAll(form(rules, seed, 2, 12));
      const { entries } = readHistory(words);
      const order = orderOf(rules, words, DEFAULT_SETTING, entries.length);
      if (order === undefined) return;
      found++;
      const at = new Map(order.ops.map((op, place) => [op, place]));
      if (at.size !== entries.length) throw new Error('an op is missing, or there twice');
      for (const one of entries)
        for (const other of entries)
          if (one.returned < other.called && (at.get(one.op) ?? 0) > (at.get(other.op) ?? 0))
            throw new Error(`op ${other.op} comes before ${one.op}, which had returned`);
    }),
    { numRuns: 60, seed: SEED },
  );
  t.ok(found > 20, `${found} orders`);
});

test('a film shows fences, files and slots after each op', async (t) => {
  const { events, setting } = parseScript(`
c0 = card -> 3
g0 = dumb c0 -> 1
b0 = prime c0 g0 -> 4
t0 = timeline -> 5
s0 = fence t0 1 -> 6
import b0 write s0 -> 0
inc t0 1 -> 0
`);
  const words = encodeAll(events);
  const order = orderOf(rules, words, setting, events.length);
  if (order === undefined) throw new Error('no order');
  const { pictures, possibilities } = filmOf(rules, words, setting, order, new Set([2, 4, 5, 6]));
  t.equal(possibilities, 1);
  t.same(pictures.get(-1), { fences: [], files: [], buffers: [] });
  t.match(pictures.get(2)?.buffers, [{ variables: ['b0', 'g0'], slots: [] }]);
  t.match(pictures.get(4), {
    fences: [{ name: 't0#1', status: 0, who: 0 }],
    files: [{ variable: 't0' }, { variable: 's0', kind: 'sync_file' }],
  });
  t.match(pictures.get(5)?.buffers, [{ slots: [{ usage: 'WRITE' }] }]);
  t.match(pictures.get(6), { fences: [{ name: 't0#1', status: 1 }] });
});
