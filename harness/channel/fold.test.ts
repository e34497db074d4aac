// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import type { ChannelItem } from './event.js';
import { ChannelTracker, foldChannel } from './fold.js';
import { ChannelParser } from './parse.js';
import { type ChannelState, damageSplats, MAX_DAMAGE, MAX_REMARKS, unfinishedOutcome } from './state.js';

/** Lines with "|" for TAB and without "FL ", after a hello; `!` is a line that is damage. */
function fold(...lines: readonly string[]): ChannelState {
  const parser = new ChannelParser();
  const text = ['hello|1|5.10.262|600000', ...lines]
    .map((l) => (l === '!' ? 'garbage\n' : `FL ${l.replaceAll('|', '\t')}\n`))
    .join('');
  return foldChannel(parser.push(new TextEncoder().encode(text)));
}
const brief = (state: ChannelState): string =>
  state.subtests
    .map((s) => `${s.dynamic ? `${s.subtest}@${s.dynamic}` : s.subtest}=${s.outcome}${s.finished ? '' : '?'}`)
    .join(' ');

t.test('a healthy guest', async (t) => {
  const state = fold(
    'device|sw_sync|/sys/kernel/debug/sync/sw_sync|',
    'start|export|idle|10',
    'note|hello',
    'end|export|idle|pass|1500',
    'start|export|kinds|11',
    'start|export|kinds@vgem|12',
    'end|export|kinds@vgem|pass|10',
    'start|export|kinds@udmabuf|13',
    'skip|no udmabuf',
    'end|export|kinds@udmabuf|skip|10',
    'end|export|kinds|pass|20',
    'start|export|old|14',
    'fail|export.c:9|P1: lost',
    'end|export|old|fail|20',
    'done|3',
  );
  t.equal(brief(state), 'idle=pass kinds=pass kinds@vgem=pass kinds@udmabuf=skip old=fail');
  t.match(state.subtests[0], { pid: 10, milliseconds: 1.5, notes: ['hello'] });
  t.match(state.subtests[3], { skipReason: 'no udmabuf' });
  t.same(state.subtests[4]?.failures, [{ where: 'export.c:9', text: 'P1: lost' }]);
  t.match(state, { done: true, damageCount: 0, hello: { release: '5.10.262' } });
});

t.test('what must not pass', async (t) => {
  const rows: { why: string; lines: string[]; want: string; damage: number }[] = [
    { why: 'no end line', lines: ['start|a|x|1'], want: 'x=crash?', damage: 0 },
    { why: 'end without start', lines: ['end|a|x|pass|1'], want: 'x=fail', damage: 1 },
    {
      why: 'the next starts before the end',
      lines: ['start|a|x|1', 'start|a|y|2', 'end|a|y|pass|1'],
      want: 'x=crash? y=pass',
      damage: 1,
    },
    {
      why: 'a second start of the same',
      lines: ['start|a|x|1', 'start|a|x|2', 'end|a|x|pass|1'],
      want: 'x=crash? x=pass',
      damage: 1,
    },
    {
      why: 'a second end',
      lines: ['start|a|x|1', 'end|a|x|pass|1', 'end|a|x|pass|1'],
      want: 'x=fail',
      damage: 1,
    },
    {
      why: 'pass after a failed claim',
      lines: ['start|a|x|1', 'fail|f.c:1|no', 'end|a|x|pass|1'],
      want: 'x=fail',
      damage: 0,
    },
    {
      why: 'skip after a failed claim',
      lines: ['start|a|x|1', 'fail|f.c:1|no', 'skip|s', 'end|a|x|skip|1'],
      want: 'x=fail',
      damage: 0,
    },
    { why: 'damage while it ran', lines: ['start|a|x|1', '!', 'end|a|x|pass|1'], want: 'x=fail', damage: 1 },
    {
      why: 'damage in a dynamic one harms both',
      lines: ['start|a|x|1', 'start|a|x@d|2', '!', 'end|a|x@d|pass|1', 'end|a|x|pass|1'],
      want: 'x=fail x@d=fail',
      damage: 1,
    },
    {
      why: 'a dynamic one without end',
      lines: ['start|a|x|1', 'start|a|x@d|2', 'end|a|x|pass|1'],
      want: 'x=fail x@d=crash?',
      damage: 1,
    },
    {
      why: 'a red dynamic one',
      lines: ['start|a|x|1', 'start|a|x@d|2', 'end|a|x@d|timeout|1', 'end|a|x|pass|1'],
      want: 'x=fail x@d=timeout',
      damage: 0,
    },
    {
      why: 'a dynamic one outside',
      lines: ['start|a|x@d|2', 'end|a|x@d|pass|1'],
      want: 'x@d=fail',
      damage: 1,
    },
    {
      why: 'a dynamic one of another subtest',
      lines: ['start|a|x|1', 'start|a|y@d|2', 'end|a|y@d|pass|1', 'end|a|x|pass|1'],
      want: 'x=crash? y@d=fail',
      damage: 3,
    },
    {
      why: 'two dynamic ones at once',
      lines: ['start|a|x|1', 'start|a|x@d|2', 'start|a|x@e|3', 'end|a|x@e|pass|1', 'end|a|x|pass|1'],
      want: 'x=fail x@d=crash? x@e=pass',
      damage: 1,
    },
    {
      why: 'hung, with a dynamic one',
      lines: ['start|a|x|1', 'start|a|x@d|2', 'hung|a|x'],
      want: 'x=hang x@d=hang',
      damage: 0,
    },
    {
      why: 'hung names another',
      lines: ['start|a|x|1', 'hung|a|y', 'end|a|x|pass|1'],
      want: 'x=fail',
      damage: 1,
    },
    { why: 'done while it runs', lines: ['start|a|x|1', 'done|1'], want: 'x=crash?', damage: 2 },
    {
      why: 'after done',
      lines: ['done|0', 'start|a|x|1', 'end|a|x|pass|1'],
      want: 'x=fail',
      damage: 2,
    },
    {
      why: 'a second hello: the guest booted again',
      lines: ['start|a|x|1', 'hello|1|5.10|1', 'end|a|x|pass|1'],
      want: 'x=fail',
      damage: 1,
    },
  ];
  for (const { why, lines, want, damage } of rows) {
    const state = fold(...lines);
    t.equal(brief(state), want, why);
    t.equal(state.damageCount, damage, `${why}: damage`);
  }
});

t.test('damage outside every subtest is kept', async (t) => {
  t.match(fold('note|x', 'done|0').damage, [
    { reason: 'out of order', detail: /note while no subtest runs/ },
  ]);
  t.match(fold('done|3').damage, [{ reason: 'contradiction', detail: /3 subtests, 0/ }]);
  t.match(foldChannel([]).damageCount, 0);
  t.match(foldChannel([{ kind: 'done', count: 0, offset: 0 }]).damage, [{ detail: 'no hello' }]);
  t.match(fold('fatal|no job'), { fatal: 'no job', done: false });
});

t.test('a guest that runs wild does not fill memory', async (t) => {
  const many = fold('start|a|x|1', ...Array.from({ length: 500 }, () => 'note|again'));
  t.equal(many.subtests[0]?.notes.length, MAX_REMARKS + 1);
  t.match(many.subtests[0]?.notes.at(-1), /left out/);
  const noisy = fold(...Array.from({ length: 500 }, () => '!'));
  t.equal(noisy.damage.length, MAX_DAMAGE);
  t.equal(noisy.damageCount, 500);
});

t.test('damage can be put into the record of a guest', async (t) => {
  t.same(damageSplats(fold('done|0')), []);
  t.match(damageSplats(fold('note|x', 'done|0')), [
    { kind: 'lost', text: /^results channel, byte \d+: out of order/ },
  ]);
  const noisy = fold(...Array.from({ length: 500 }, () => '!'));
  t.match(damageSplats(noisy), [{ text: /\nand 400 more$/ }]);
});

t.test('changes are told as they happen', async (t) => {
  const tracker = new ChannelTracker();
  const say = (item: Partial<ChannelItem>) => tracker.add({ offset: 0, ...item } as ChannelItem);
  say({ kind: 'hello', version: 1, release: 'r', uptimeMicroseconds: 1 });
  const name = { program: 'a', subtest: 'x', dynamic: undefined };
  t.match(say({ kind: 'start', ...name, pid: 3 }), [{ kind: 'started', subtest: { pid: 3 } }]);
  t.match(tracker.running(), { subtest: 'x' });
  t.match(say({ kind: 'end', ...name, result: 'pass', microseconds: 1 }), [
    { kind: 'ended', subtest: { outcome: 'pass' } },
  ]);
  t.equal(tracker.running(), undefined);
});

t.test('how a guest ends says what its last subtest was', async (t) => {
  t.equal(unfinishedOutcome('panic'), 'crash');
  t.equal(unfinishedOutcome('silent'), 'hang');
  t.equal(unfinishedOutcome('interrupted'), 'notrun');
});

t.test('no order of lines passes a subtest that lacks a clean start and end', async () => {
  const name = fc.constantFrom('x', 'y', 'x@d', 'y@d');
  const line = fc.oneof(
    name.map((n) => `start|a|${n}|1`),
    fc.tuple(name, fc.constantFrom('pass', 'fail', 'skip')).map(([n, r]) => `end|a|${n}|${r}|1`),
    name.map((n) => `hung|a|${n}`),
    fc.constantFrom('!', 'note|n', 'fail|f.c:1|no', 'skip|s', 'done|1', 'hello|1|r|1'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
      for (const s of fold(...lines).subtests) {
        if (s.outcome !== 'pass') continue;
        const full = s.dynamic ? `${s.subtest}@${s.dynamic}` : s.subtest;
        const from = lines.indexOf(`start|a|${full}|1`);
        const to = lines.indexOf(`end|a|${full}|pass|1`, from);
        if (from < 0 || to < from || s.failures.length > 0 || !s.finished)
          throw new Error(`${full} passed in ${lines.join(' ')}`);
      }
    }),
    { numRuns: 2000 },
  );
});
