// SPDX-License-Identifier: MIT
import t from 'tap';
import type { NightChange } from '../result/night.js';
import { cellFolders } from './cell-result.js';
import { cellLine, nightLines, nightStatus } from './night-lines.js';
import { cellOf, nightOf, testOf } from './testing/nights.js';

const look = { folder: 'night', part: false };

t.test('a night in a few lines: cells, what is red, what is new, the verdict, the folder', async (t) => {
  const bad = cellOf('b/fast/2d/check', {
    'import@x': testOf('import@x', 'fail', { why: 'P1: lost' }),
    'import@y': 'unexpected-pass',
  });
  const changes: NightChange[] = [
    { kind: 'newly failing', cell: bad.id, test: 'import@x', text: 'was pass on 2026-11-23, now fail' },
  ];
  const lines = nightLines(
    nightOf([cellOf('a/fast/2d/check', { 'import@x': 'pass' }), bad], { changes }),
    look,
  );
  t.same(lines, [
    '',
    'cell             verdict          tests  red  new  programs  coverage   time',
    'a/fast/2d/check  as expected          1    0    0         -         -  1.0 s',
    'b/fast/2d/check  NOT AS EXPECTED      2    2    1         -         -  1.0 s',
    '',
    'FAIL  b/fast/2d/check  import@x: P1: lost',
    'PASS  b/fast/2d/check  import@y: it is expected to fail, and passes',
    '',
    'newly failing: b/fast/2d/check  import@x: was pass on 2026-11-23, now fail',
    '',
    'NOT AS EXPECTED: 2 cells: 1 not as expected',
    'results:  night',
  ]);
});

t.test('however much there is, it can be read without scrolling', async (t) => {
  const tests = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`import@t${n}`, 'fail']));
  const changes = Array.from(
    { length: 300 },
    (_, n): NightChange => ({ kind: 'newly failing', cell: 'a', test: `${n}`, text: 'x'.repeat(500) }),
  );
  const lines = nightLines(nightOf([cellOf('a', tests)], { changes }), { ...look, width: 100 });
  t.ok(lines.length < 60, `${lines.length} lines`);
  t.ok(lines.every((line) => line.length <= 100));
  t.ok(lines.includes('and 480 more red tests'));
  t.ok(lines.includes('and 280 more changes'));
});

t.test('control characters of a guest do not reach the terminal', async (t) => {
  const why = 'a\u001b[2Jb\rc';
  const lines = nightLines(nightOf([cellOf('a', { x: testOf('x', 'fail', { why }) })]), look);
  t.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
});

t.test(
  'a line of expectations that no cell of its kernel and profile has a test for is said once',
  async (t) => {
    const unmatched = ['f, line 1: import@typo', 'f, line 2: virgl@only'];
    const cells = [
      cellOf('k/fast/2d/check', {}, { unmatched }),
      cellOf('k/fast/virgl/check', {}, { unmatched: unmatched.slice(0, 1) }),
      cellOf('k/debug/2d/check', {}, { unmatched: ['g, line 1: poll@typo'] }),
    ];
    const said = nightLines(nightOf(cells), look).filter((line) => line.startsWith('matches no test'));
    t.same(said, ['matches no test: f, line 1: import@typo', 'matches no test: g, line 1: poll@typo']);
  },
);

t.test('a documented defect that a search met again is said, and nothing is red', async (t) => {
  const documented = [{ signature: 'hang in release', times: 3, program: 'vm-images/a.prog' }];
  const night = nightOf([cellOf('k/fast/2d/race', {}, { documented })]);
  t.ok(
    nightLines(night, look).includes(
      'documented: k/fast/2d/race  hang in release (3 times), shown by vm-images/a.prog',
    ),
  );
  t.equal(nightStatus(night, false), 0);
});

t.test('the exit status', async (t) => {
  const cell = (verdict: 'holds' | 'fails' | 'untestable' | 'notrun' | 'missing', shard = 1) =>
    cellOf(verdict, {}, { verdict, shard });
  const rows: [Parameters<typeof cell>[0][], number][] = [
    [['holds', 'holds'], 0],
    [['holds', 'fails'], 1],
    [['holds', 'untestable'], 1],
    [['holds', 'notrun'], 1],
    [['holds', 'missing'], 1],
    [['untestable', 'notrun'], 125],
    [['missing'], 125],
  ];
  for (const [verdicts, status] of rows)
    t.equal(nightStatus(nightOf(verdicts.map((v) => cell(v))), false), status, verdicts.join(', '));
  t.equal(
    nightStatus(nightOf([cell('holds'), cell('missing', 2)]), true),
    0,
    'a part has its own cells only',
  );
  t.equal(nightStatus(nightOf([cell('missing', 2)]), true), 0, 'a part may have none');
  t.match(
    nightLines(nightOf([cell('missing', 2)]), { ...look, part: true }).join('\n'),
    /this shard has no cells/,
  );
});

t.test('one line for a cell', async (t) => {
  t.equal(cellLine(cellOf('a', { x: 'pass' })), 'as expected (1 test, 1.0 s)');
  t.equal(
    cellLine(cellOf('a', {}, { verdict: 'untestable', reason: 'no boot' })),
    'COULD NOT BE TESTED: no boot',
  );
});

t.test(
  "cells' folders have names that every file system and store of artifacts takes, each its own",
  async (t) => {
    const ids = [
      'debian:5.10+series/fast/2d/exhaustive 4',
      'a/b',
      'a-b',
      'A/b',
      '../../x',
      'ä',
      `x${'y'.repeat(500)}`,
      '',
    ];
    const names = [...cellFolders(ids).values()];
    t.equal(names[0], 'debian-5.10+series-fast-2d-exhaustive-4');
    t.ok(
      names.every((name) => /^[A-Za-z0-9+_][A-Za-z0-9.+_-]{0,130}$/.test(name)),
      names.join(' '),
    );
    t.equal(new Set(names.map((name) => name.toLowerCase())).size, ids.length);
  },
);
