// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { WHO } from '../ops/call.js';
import { anyScript } from './arbitrary.js';
import { parseScript } from './parse.js';
import { ParseError } from './parse-error.js';
import { printScript } from './print.js';

test('what is printed parses to the same', async (t) => {
  fc.assert(
    fc.property(anyScript, (script) => {
      t.same(parseScript(printScript(script)), script);
    }),
    { numRuns: 300 },
  );
});

test('what parses prints to the same, in one spelling', async (t) => {
  fc.assert(
    fc.property(anyScript, (script) => {
      const text = printScript(script);
      t.equal(printScript(parseScript(text)), text);
    }),
    { numRuns: 100 },
  );
  const loose = 'with  limit 64\n# a comment\n  s0 = export b0 write+read mapped   # why\n\nwait 0x10\n';
  t.equal(printScript(parseScript(loose)), 'with limit 64\ns0 = export b0 read+write\nwait 16\n');
});

test('a trace can name several results', async (t) => {
  const text = 's0 = export b0 read -> 7 | EMFILE | ENOMEM @120+5\n';
  t.equal(printScript(parseScript(text)), text);
  t.equal(parseScript(text).events[0]?.results.length, 3);
});

test('a leaf may have the time it signalled at', async (t) => {
  const text = 'info s0 2 -> 0 status done fences 2 leaves t0:done@120 virtio-gpu:ENOENT@7\n';
  t.equal(printScript(parseScript(text)), text);
  t.same(parseScript(text).events[0]?.results[0]?.lists, [
    [
      { who: 0, status: 1, at: 120 },
      { who: WHO['virtio-gpu'], status: -2, at: 7 },
    ],
  ]);
  const nothing = 'none = commit c0 g0 none nonblock+cursor -> 0\n';
  t.equal(printScript(parseScript(nothing)), nothing);
});

test('anything else is refused with a line, a reason and a remedy', async (t) => {
  const rows: readonly (readonly [string, number, RegExp, RegExp])[] = [
    ['explode b0', 1, /no op "explode"/, /The ops are timeline, fence/],
    ['\n\nexport b0 read', 3, /has to make a variable/, /s0 = export BUFFER ACCESS/],
    ['t0 = export b0 read', 1, /letter s/, /Write:/],
    ['s0 = inc t0 1', 1, /makes nothing/, /inc TIMELINE BY/],
    ['inc t0', 1, /inc lacks its by/, /Write: inc/],
    ['inc t0 1 mapped 4', 1, /does not take "4"/, /Write: inc/],
    ['inc t0 4294967296', 1, /is no by/, /0 to 4294967295/],
    ['inc t1024 1', 1, /is no timeline/, /up to 1023/],
    ['16.0: inc t0 1', 1, /"16.0:" is no thread/, /PROCESS.THREAD:/],
    ['1: inc t0 1', 1, /is no thread/, /up to 15/],
    ['import b0 look s0', 1, /is no access/, /read, write/],
    ['inc t0 1 nowhere', 1, /is no memory/, /unmapped/],
    ['inc t0 1 -> maybe', 1, /is no result/, /error such as EINVAL/],
    ['poll b0 in -> 0', 1, /no ready/, /ready VALUE/],
    ['info s0 1 -> 0 status done fences 1', 1, /no list "leaves"/, /LEAF/],
    ['info s0 1 -> 0 status done fences 1 leaves t0', 1, /does not go on/, /LEAF/],
    ['info s0 1 -> 0 status done fences 1 leaves t0:done@0', 1, /does not go on/, /LEAF/],
    ['info s0 1 -> 0 status done fences 1 leaves t0:done@1@2', 1, /does not go on/, /LEAF/],
    ['none = export b0 read', 1, /letter s/, /Write:/],
    ['inc t0 1 @5', 1, /is no time/, /@START\+TOOK/],
    ['wait 1\nwith first 5', 2, /setting after/, /first/],
    ['with love', 1, /no setting/, /first NUMBER/],
    ['s0 =', 1, /no op ""/, /The ops are/],
  ];
  for (const [text, line, reason, remedy] of rows)
    try {
      parseScript(text);
      t.fail(`"${text}" was taken`);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      t.equal(error.line, line, text);
      t.match(error.reason, reason);
      t.match(error.remedy, remedy);
    }
});

test('whatever is thrown at the parser, it says what is wrong and nothing else happens', async (t) => {
  const words = fc.constantFrom(
    's0',
    '=',
    'export',
    'b0',
    'read',
    '->',
    '|',
    '@1+1',
    '0',
    'info',
    'leaves',
    't0:done',
    '#',
    '\n',
    'with',
    '-1',
    '__proto__',
    'constructor',
  );
  const soup = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 14 }).map((list) => list.join(' ')),
  );
  fc.assert(
    fc.property(soup, (text) => {
      try {
        t.equal(printScript(parseScript(printScript(parseScript(text)))), printScript(parseScript(text)));
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
