// SPDX-License-Identifier: MIT

import fc from 'fast-check';
import t from 'tap';
import { junitReporter, junitXml } from './junit.js';
import { allNodes as all, readXml as read } from './testing/read-junit.js';
import { green, mixed, result, results, summaryOf } from './testing/sample.js';
import { TextSink } from './testing/text-sink.js';
import { element, xmlText } from './xml.js';

t.test('an independent parser finds what was put in', async (t) => {
  const root = read(junitXml(mixed));
  t.match(root.attributes, { tests: '15', failures: '5', errors: '3', skipped: '3' });
  t.equal(all(root, 'testcase').length, results.length + 1);
  for (const kind of ['failure', 'error', 'skipped'])
    t.equal(all(root, kind).length, Number(root.attributes[kind === 'skipped' ? kind : `${kind}s`]), kind);
  const named = (name: string) => all(root, 'testcase').find((c) => c.attributes['name'] === name);
  t.match(named('snapshot')?.children, [
    {
      name: 'failure',
      attributes: { type: 'fail', message: /^own check: export.c:120: P8/ },
      text: /<fences> & "quotes".*\ufffd bell \ufffd half é/,
    },
    { name: 'system-out', text: /\]\]> & <!\[CDATA\[/ },
  ]);
  t.match(named('names')?.children, [
    { name: 'failure', attributes: { type: 'warning' }, text: /end trace/ },
  ]);
  t.match(named('reads')?.children, [
    {
      name: 'failure',
      attributes: { type: 'model', message: /^model: P1 at op 9/ },
      text: /again: fencelab/,
    },
  ]);
  t.match(named('buffer-full')?.children, [{ name: 'system-out', text: /undecided after 4000 ops/ }]);
  t.match(named('kinds@udmabuf')?.children, [{ name: 'error', attributes: { type: 'crash' } }]);
  t.match(named('out-fence')?.children, [{ name: 'skipped', attributes: { message: /3D/ } }]);
  t.match(named('epoll')?.children, [{ name: 'error', attributes: { type: 'notrun' } }]);
  t.match(named('verdict')?.children, [{ name: 'failure', text: /RCU stall/ }]);
  for (const suite of all(root, 'testsuite'))
    t.equal(Number(suite.attributes['tests']), suite.children.length);
});

t.test('a run that holds has no failure', async (t) => {
  t.match(read(junitXml(green)).attributes, { failures: '0', errors: '0', skipped: '1' });
});

t.test('without a verdict the file says so', async (t) => {
  const sink = new TextSink();
  junitReporter(sink).on({
    kind: 'untestable',
    reason: 'it does not build',
  });
  t.match(all(read(sink.text), 'error'), [{ attributes: { message: 'it does not build' } }]);
});

t.test('any text survives, but for what XML cannot hold', async (t) => {
  const hard = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(hard, hard, (text, value) => {
      const node = read(xmlText(element('a', { value }, text)));
      const clean = (s: string) =>
        s.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
      if (node.text !== clean(text)) t.equal(node.text, clean(text));
      if (node.attributes['value'] !== clean(value)) t.equal(node.attributes['value'], clean(value));
    }),
    { numRuns: 300 },
  );
});

t.test('two reasons to be red are one failure element', async (t) => {
  const both = summaryOf([
    result({
      subtest: 'x',
      outcome: 'fail',
      failures: [
        { where: 'a:1', text: 'b' },
        { where: 'a:2', text: 'c' },
      ],
    }),
  ]);
  t.equal(all(read(junitXml(both)), 'failure').length, 2, 'one for the subtest, one for the run');
});
