// SPDX-License-Identifier: MIT
import t from 'tap';
import { nightTapText } from './night-tap.js';
import { golden } from './testing/golden.js';
import {
  emptyNight,
  hostileNight,
  hugeNight,
  mixedNight,
  nightCell,
  nightOf,
} from './testing/night-sample.js';
import { readTap } from './testing/read-tap.js';

t.test('an independent parser finds what was put in', async (t) => {
  const text = nightTapText(mixedNight);
  golden(t, 'night.tap', text);
  const { points, ok, problems } = readTap(text);
  t.same(problems, []);
  t.equal(ok, false);
  t.equal(points.length, 9 + 6 + 1, 'tests, cells, and the night');
  const named = (name: string) => points.find((p) => p.name === name);
  t.match(named('import@keeps-readers'), { ok: false, todo: false, diag: { severity: 'fail' } });
  t.match(named('export@idle'), { ok: false, todo: /^expected to fail: own check/ });
  t.match(named('vgem@race-imports'), { ok: false, todo: /^flaky \(passed 3 of 5\)/ });
  t.match(named('export@snapshot'), { ok: false, todo: false, diag: { message: /^passes, although/ } });
  t.match(named('virgl@out-fence'), { ok: true, skip: 'needs 3D # really' });
  t.match(named('debian:7.3/fast/2d/check'), { ok: false, diag: { message: /^MISSING: shard 2 of 2/ } });
  t.match(named('the night as a whole'), { ok: false, diag: { message: /^FAILS: 5 of 6 cells are red/ } });
});

t.test('what is expected does not speak against a night', async (t) => {
  const tests = mixedNight.cells[0]?.tests.filter(({ judged }) => !/failed|unexpected/.test(judged)) ?? [];
  t.equal(tests.length, 4);
  const night = nightOf([nightCell({ kernel: 'debian:6.1', tests })]);
  t.match(readTap(nightTapText(night)), { ok: true, problems: [] });
});

t.test('hostile names, no cell at all, 100 000 results: still TAP', async (t) => {
  for (const night of [hostileNight, emptyNight, hugeNight(100_000)]) {
    const { points, problems, bailout, ok } = readTap(nightTapText(night));
    const tests = night.cells.reduce((sum, cell) => sum + cell.tests.length + 1, 0);
    t.equal(points.length, tests + 1);
    t.match({ problems, bailout, ok }, { problems: [], bailout: false, ok: night === emptyNight });
  }
});
