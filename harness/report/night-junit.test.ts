// SPDX-License-Identifier: MIT
import t from 'tap';
import { nightJunitXml } from './night-junit.js';
import { golden } from './testing/golden.js';
import { emptyNight, hostileNight, hugeNight, mixedNight } from './testing/night-sample.js';
import { allNodes, readXml } from './testing/read-junit.js';

t.test('an independent parser finds what was put in', async (t) => {
  const text = nightJunitXml(mixedNight);
  golden(t, 'night.xml', text);
  const root = readXml(text);
  t.match(root.attributes, {
    name: 'fencelab nightly',
    tests: '15',
    failures: '5',
    errors: '4',
    skipped: '3',
  });
  t.equal(allNodes(root, 'testsuite').length, mixedNight.cells.length);
  const named = (name: string) =>
    allNodes(root, 'testcase').find(({ attributes }) => attributes['name'] === name);
  t.match(named('keeps-readers'), {
    attributes: { classname: 'debian:5.10+series/fast/2d/check.import' },
    children: [{ name: 'failure', attributes: { type: 'fail' }, text: /defends P1, P3/ }],
  });
  t.match(named('epoll')?.children, [{ name: 'error', attributes: { type: 'hang' } }]);
  t.match(named('snapshot')?.children, [{ name: 'failure', attributes: { type: 'unexpected-pass' } }]);
  t.match(named('idle')?.children, [{ name: 'skipped', attributes: { message: /^expected to fail: own/ } }]);
  t.match(named('race-imports')?.children, [
    { name: 'skipped', attributes: { message: 'flaky (passed 3 of 5): P1: t0 is lost' } },
  ]);
});

t.test('a cell that is not here, was not run or could not be tested is an error', async (t) => {
  const verdicts = allNodes(readXml(nightJunitXml(mixedNight)), 'testcase')
    .filter(({ attributes }) => attributes['name'] === 'verdict')
    .map(({ children }) => children[0]?.attributes['message'] ?? 'pass');
  t.same(verdicts, [
    'FAILS: 3 tests red',
    'FAILS: 1 test red',
    'pass',
    'MISSING: shard 2 of 2 is not here',
    'COULD NOT BE TESTED: it does not build: make ended with 2',
    'NOT RUN: interrupted',
  ]);
});

t.test('hostile names, no cell at all, 100 000 results: still a document', async (t) => {
  for (const night of [hostileNight, emptyNight, hugeNight(100_000)]) {
    const root = readXml(nightJunitXml(night));
    const tests = night.cells.reduce((sum, cell) => sum + cell.tests.length + 1, 0);
    t.equal(allNodes(root, 'testcase').length, tests);
    t.equal(root.attributes['tests'], `${tests}`);
  }
});
