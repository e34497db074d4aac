// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { BUFFER } from '../cases/case.js';
import { linux510, linux510series } from '../profiles/linux-5.10.js';
import { withoutDefects } from '../profiles/profile.js';
import { linux61 } from '../profiles/upstream.js';
import type { Rules } from '../rules/rules.js';
import { parseScript } from '../text/parse.js';
import { printScript } from '../text/print.js';
import { encodeAll } from '../trace/record.js';
import { Checker } from './checker.js';
import { explain } from './explain.js';
import type { PromiseName } from './promise.js';
import { answerScript, checkScript } from './script.js';

const { rules } = linux510series;
const verdict = (trace: string, by: Rules = rules) => checkScript(by, parseScript(trace));

const BUSY = `${BUFFER}
t0 = timeline -> 5
t1 = timeline -> 6
s0 = fence t0 1 -> 7
s1 = fence t1 1 -> 8
import b0 write s0 -> 0
import b0 read s1 -> 0
`;

test('what is wrong has the promise that it breaks', async (t) => {
  const rows: readonly (readonly [string, PromiseName, RegExp])[] = [
    ['observe b0 -> 0 ready in reader writer t1:pending', 'P1', /poll says ready/],
    ['observe b0 -> 0 ready nothing reader writer t1:pending', 'P1', /t0 is lost/],
    ['observe b0 -> 0 ready nothing reader t0:pending writer t0:pending', 'P1', /t1 is lost/],
    [
      'observe b0 -> 0 ready nothing reader t0:pending t1:pending writer t0:pending t1:pending',
      'over-synchronised',
      /t1/,
    ],
    [
      'observe b0 -> 0 ready nothing reader t0:pending t0:pending writer t0:pending t1:pending',
      'P4',
      /piles up/,
    ],
    ['observe b0 -> 0 ready nothing reader array:pending writer t0:pending t1:pending', 'P5', /container/],
    ['poll b0 in -> 1 ready in', 'P1', /ready although/],
    ['sync b0 write -> 0', 'P1', /CPU access/],
    ['f0 = attach c0 g0 write -> 1', 'P1', /no conflict/],
    ['s2 = export b0 read -> 10', 'ABI', /lowest free/],
    ['s2 = export b0 read -> EINVAL', 'ABI', /interface/],
    ['import b0 write s0 -> crash', 'crash', /went down/],
    ['inc t0 1 -> 0\ninc t1 1 -> 0\npoll b0 out -> 0 ready nothing', 'over-synchronised', /busy although/],
    [
      's2 = export b0 read -> 9\nimport b0 write s1 -> 0\ninfo s2 4 -> 0 status pending fences 2 leaves t0:pending t1:pending',
      'P8',
      /t1, which was not/,
    ],
    ['s2 = export b0 write -> 9\ninfo s2 0 -> 0 status done fences 2 leaves', 'P1', /done although/],
  ];
  for (const [op, promise, words] of rows)
    t.match(verdict(BUSY + op), { kind: 'violates', finding: { promise, words } }, op);
});

test('a divergence is told with what was allowed and the state before', async (t) => {
  const text = explain(verdict(`${BUSY}poll b0 in+out -> 1 ready out`));
  t.equal(
    text,
    `violates at op 9 (word 72): poll b0 in+out
  got      1 ready out
  allowed  0 ready nothing
P1: a poll says ready although a fence is pending that it has to wait for
before it:
  t0  fd 5  timeline at 0
  t1  fd 6  timeline at 0
  s0  fd 7  sync_file of t0#1
  s1  fd 8  sync_file of t1#1
  b0  fd 4  buffer: written by t0; read by t1
  c0  fd 3  vgem card with 1 buffers
  slots:
    buffer  usage  fence
    b0      WRITE  t0#1
    b0      READ   t1#1
`.replace('written by t0; read by t1', 'written by t0#1; read by t1#1'),
  );
  t.equal(explain(verdict(BUSY)), 'holds: 9 ops, each with a result that the model allows\n');
});

test('between ten and twelve seconds a fence of vgem may have signalled, and what was seen then stays', async (t) => {
  const at = (us: number, op: string) =>
    `${BUFFER}f0 = attach c0 g0 write -> 1 @1000+10\n${op.replaceAll('@', `@${us}`)}`;
  const idle = 'poll b0 in -> 1 ready in @+5';
  const busy = 'poll b0 in -> 0 ready nothing @+5';
  t.match(verdict(at(9_000_000, idle)), { kind: 'violates', finding: { promise: 'P1' } });
  t.match(verdict(at(9_000_000, busy)), { kind: 'holds' });
  for (const op of [idle, busy]) t.match(verdict(at(10_500_000, op)), { kind: 'holds' }, op);
  t.match(verdict(at(10_500_000, `${busy}\n${idle}`)), { kind: 'holds' });
  t.match(verdict(at(10_500_000, `${idle}\n${busy}`)), { kind: 'violates', op: 5 });
  t.match(verdict(at(10_500_000, `${idle}\nsignal c0 f0 -> 0 @+5`)), { kind: 'violates' });
  t.match(verdict(at(10_500_000, `signal c0 f0 -> ETIMEDOUT @+5\n${idle}`)), { kind: 'holds' });
  t.match(verdict(at(13_000_000, busy)), { kind: 'violates', finding: { promise: 'over-synchronised' } });
});

test('ENOMEM is allowed where memory may run out, and changes nothing', async (t) => {
  const failing = 't0 = timeline -> 3\ns0 = fence t0 1 -> ENOMEM\ns0 = fence t0 1 -> 4';
  t.match(verdict(`with nomem\n${failing}`), { kind: 'holds' });
  t.match(verdict(failing), { kind: 'violates', op: 1 });
  t.match(verdict('with nomem\nt0 = timeline -> 3\ninc t0 1 -> ENOMEM'), { kind: 'violates', op: 1 });
});

test('descriptors are counted from where the process begins', async (t) => {
  t.match(verdict('with first 7 limit 8\nt0 = timeline -> 7\nt1 = timeline -> EMFILE'), { kind: 'holds' });
  t.match(verdict('t0 = timeline -> ok\nt1 = dup t0 -> ok\nclose t0 -> 0\ns0 = fence t1 1 -> 3'), {
    kind: 'holds',
  });
});

test('nothing is allowed after a crash', async (t) => {
  const trace = `${BUFFER}f0 = attach c0 g0 write -> 1\npoll b0 in -> 0 ready nothing\nclose b0 -> 0\ndrop c0 g0 -> crash\n`;
  t.match(verdict(trace, linux510.rules), { kind: 'holds', ops: 7 });
  t.match(verdict(`${trace}wait 1 -> 0`, linux510.rules), { kind: 'violates', op: 7, allowed: [] });
});

test('a trace can come in pieces, and the verdict is the same', async (t) => {
  const words = encodeAll(parseScript(`${BUSY}poll b0 in -> 1 ready in`).events);
  const whole = new Checker(rules).push(words);
  const checker = new Checker(rules);
  let last: unknown;
  for (let at = 0; at < words.length && last === undefined; ) {
    const length = (words[at] ?? 0) & 0xffff;
    last = checker.push(words.slice(at, at + length));
    at += length;
  }
  t.same(last, whole);
  t.same(checker.end(), whole);
});

test('a timeline that goes too far is not decided', async (t) => {
  const far = `t0 = timeline -> 3\n${'inc t0 0xffffffff -> 0\n'.repeat(3)}`;
  t.match(verdict(far), { kind: 'holds' });
});

test('perhaps displaced: both possibilities go on', async (t) => {
  const trace = `${BUFFER}
    t0 = timeline -> 5
    t1 = timeline -> 6
    s0 = fence t0 1 -> 7
    inc t0 1 -> 0
    inc t0 0x80000010 -> 0
    s1 = fence t0 0x80000021 -> 8
    s2 = fence t1 1 -> 9
    import b0 write s2 -> 0
    import b0 write s1 -> 0
    inc t1 1 -> 0
    import b0 write s0 -> 0
  `;
  for (const after of ['reader writer', 'reader t0:pending writer t0:pending']) {
    const ready = after === 'reader writer' ? 'in+out' : 'nothing';
    t.match(
      verdict(`${trace}observe b0 -> 0 ready ${ready} ${after}`, linux61.rules),
      { kind: 'holds' },
      after,
    );
  }
});

test('a known defect is allowed, unless somebody wants to see it', async (t) => {
  const lost = `${BUFFER}
    t0 = timeline -> 5
    s0 = fence t0 1 -> 6
    inc t0 1 -> 0
    inc t0 0x80000010 -> 0
    s1 = fence t0 0x80000021 -> 7
    import b0 write s1 -> 0
    import b0 write s0 -> 0
  `;
  const defect = `${lost}poll b0 in -> 1 ready in`;
  const mended = `${lost}poll b0 in -> 0 ready nothing`;
  const strict = withoutDefects(linux61);
  t.match(verdict(defect, linux61.rules), { kind: 'holds' });
  t.match(verdict(mended, linux61.rules), { kind: 'holds' });
  t.match(verdict(defect, strict.rules), { kind: 'violates', finding: { promise: 'P1' } });
  t.match(verdict(mended, strict.rules), { kind: 'holds' });
  const back = `${mended}\npoll b0 in -> 1 ready in`;
  t.match(verdict(back, linux61.rules), { kind: 'violates' }, 'it is lost when it is imported, or never');
  t.match(printScript(answerScript(linux61.rules, parseScript(lost))), /import b0 write s0 -> 0\n$/);
  t.equal(strict.deviations.length, linux61.deviations.length - 1);
});

test('the model answers a program, with every result where there are several', async (t) => {
  const program = parseScript(
    'with limit 5 nomem\nt0 = timeline\ns0 = fence t0 1\ns1 = fence t0 1\npoll s0 in\n',
  );
  t.equal(
    printScript(answerScript(rules, program)),
    'with limit 5 nomem\nt0 = timeline -> 3 | ENOMEM\ns0 = fence t0 1 -> 4 | ENOMEM\ns1 = fence t0 1 -> EMFILE | ENOMEM\npoll s0 in -> 0 ready nothing\n',
  );
});
