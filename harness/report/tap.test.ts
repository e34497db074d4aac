// SPDX-License-Identifier: MIT

import t from 'tap';
import { isRed } from '../result/result.js';
import { tapReporter, tapText } from './tap.js';
import { readTap as read } from './testing/read-tap.js';
import { green, mixed, result, results, summaryOf } from './testing/sample.js';
import { TextSink } from './testing/text-sink.js';

t.test('an independent parser finds what was put in', async (t) => {
  const { points, ok, problems } = read(tapText(mixed));
  t.same(problems, []);
  t.equal(ok, false);
  const named = (name: string) => points.find((p) => p.name === name);
  t.equal(points.length, results.length + 4 + 1, 'every result, 4 programs, and the run');
  t.match(named('snapshot'), {
    ok: false,
    time: 12.25, // the parser takes duration_ms out of the block
    diag: {
      at: 'export.c:120',
      promises: ['P1', 'P8'],
      severity: 'fail',
      failures: [{}, { where: 'export.c:131', text: / bell .* half é$/ }],
    },
  });
  t.match(named('names'), {
    ok: false,
    diag: { splats: [{ kind: 'warning', text: [/cut here/, /WARNING/, /end trace/] }] },
  });
  t.match(named('heap'), { ok: true, skip: 'no /dev/dma_heap # really' });
  t.match(named('udmabuf'), { ok: false, diag: { message: 'signal:11: the process died' } });
  t.match(named('the run as a whole'), { ok: false, diag: { splats: [{ title: 'RCU stall' }] } });
  for (const r of results) t.equal(named(r.dynamic ?? r.subtest)?.ok, !isRed(r), r.dynamic ?? r.subtest);
});

t.test('a run that holds is ok', async (t) => {
  t.match(read(tapText(green)), { ok: true, problems: [] });
});

t.test('names that TAP would take amiss', async (t) => {
  for (const odd of ['a # SKIP b', 'back\\slash', 'new\nline', '#TODO', '1']) {
    const { points, ok, problems } = read(
      tapText(summaryOf([result({ subtest: 'outer' }), result({ subtest: 'outer', dynamic: odd })])),
    );
    t.match({ ok, problems }, { ok: true, problems: [] }, odd);
    t.equal(points[0]?.name, odd.replace('\n', ' '));
    t.equal(points[0]?.skip, false, 'no directive');
  }
});

t.test('red without a red subtest: the run itself is not ok', async (t) => {
  const summary = summaryOf([result({ subtest: 'a' })], {
    verdict: 'fails',
    reason: '3 subtests were skipped',
  });
  t.match(read(tapText(summary)), {
    ok: false,
    points: [{ ok: true }, { ok: true }, { ok: false, diag: { message: 'FAILS: 3 subtests were skipped' } }],
  });
});

t.test('a kernel that could not be tested bails out', async (t) => {
  const untestable = summaryOf([], { verdict: 'untestable', reason: 'no guest booted' });
  t.match(read(tapText(untestable)), { ok: false, bailout: 'no guest booted' });
  const sink = new TextSink();
  tapReporter(sink).on({ kind: 'untestable', reason: 'it does not\nbuild' });
  t.match(read(sink.text), { ok: false, bailout: 'it does not build' });
});

t.test('a red dynamic subtest makes its outer one red, even if that says pass', async (t) => {
  const odd = summaryOf([result({ subtest: 'x' }), result({ subtest: 'x', dynamic: 'd', outcome: 'fail' })]);
  const { points } = read(tapText(odd));
  t.match(
    points.map((p) => p.ok),
    [false, false, false, false],
  );
});

t.test('a dynamic subtest without its outer one', async (t) => {
  const { points } = read(tapText(summaryOf([result({ subtest: 'x', dynamic: 'd' })])));
  t.match(points[1], { name: 'x', ok: false, diag: { message: /no result of its own/ } });
});
