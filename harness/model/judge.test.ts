// SPDX-License-Identifier: MIT
import t from 'tap';
import { encodeAll, parseScript, type Script } from '../../models/index.js';
import type { SubtestState } from '../channel/state.js';
import type { Outcome } from '../result/result.js';
import type { Trace } from '../trace/traces.js';
import { type Judged, ModelJudge } from './judge.js';

const state = (outcome: Outcome = 'pass', dynamic?: string): SubtestState => ({
  ...{ program: 'import', subtest: 'two', dynamic, pid: 7, outcome, finished: true, milliseconds: 1 },
  ...{ failures: [], skipReason: undefined, notes: [] },
});

function traceOf(text: string, more: Partial<Trace> = {}): Trace {
  const { events, setting }: Script = parseScript(text);
  return {
    ...{ pid: 7, setting, words: encodeAll(events), records: events.length, entered: undefined },
    ...{ whole: more.lacks === undefined, lacks: undefined, reached: [] },
    ...more,
  };
}

function judge(release = '5.10.262', ioctls: 'yes' | 'no' = 'yes') {
  const files = new Map<string, string>();
  const judged: Judged[] = [];
  const model = new ModelJudge({
    again: (name) => `fencelab rerun run --only ${name}`,
    keep: (file, text) => files.set(file, text),
    onJudged: (_, one) => judged.push(one),
  });
  model.meet({ release, traits: { ioctls, deadline: 'no' } });
  return { model, files, judged };
}

const GOOD = 't0 = timeline -> 3\ns0 = fence t0 1 -> 4\npoll s0 in -> 0 ready nothing\n';
const BAD = `${GOOD}poll s0 in -> 1 ready in\n`;

t.test('a trace that the model allows holds', async (t) => {
  const { model, files, judged } = judge();
  t.same(model.judge(state(), traceOf(GOOD), false), { kind: 'holds', ops: 3 });
  t.equal(files.size, 0);
  t.equal(judged.length, 1);
  t.equal(model.choice?.profile.name, 'linux-5.10+series');
});

t.test('one that it does not allow is kept, and can be read again', async (t) => {
  const { model, files } = judge();
  t.match(model.judge(state(), traceOf(BAD), false), {
    ...{ kind: 'violates', ops: 3, promise: 'P1', call: 'poll s0 in', got: '1 ready in' },
    ...{ allowed: ['0 ready nothing'], text: /violates at op 3/ },
    trace: 'divergences/import@two.trace',
    again: 'fencelab rerun run --only import@two',
  });
  const text = files.get('divergences/import@two.trace') ?? '';
  t.match(text, /^# import@two, judged by the model of linux-5\.10\+series\n# violates at op 3/);
  t.match(text, /# again: fencelab rerun run --only import@two\n/);
  t.same(encodeAll(parseScript(text).events), traceOf(BAD).words);
});

t.test('a known defect is red for a subtest that forbids it', async (t) => {
  const lost = traceOf(`with first 3 limit 64
    c0 = card -> 3
    g0 = dumb c0 -> 1
    b0 = prime c0 g0 -> 4
    t0 = timeline -> 5
    s0 = fence t0 1 -> 6
    inc t0 1 -> 0
    inc t0 0x80000010 -> 0
    s1 = fence t0 0x80000021 -> 7
    import b0 write s1 -> 0
    import b0 write s0 -> 0
    poll b0 in -> 1 ready in
  `);
  const { model } = judge('6.1.192');
  t.match(model.judge(state(), lost, false), { kind: 'holds' });
  const seen: Judged[] = [];
  const strict = new ModelJudge({
    ...{ again: () => '', keep: () => undefined, noDefects: new Set(['import@two']) },
    onJudged: (_, one) => seen.push(one),
  });
  strict.meet({ release: '6.1.192', traits: { ioctls: 'yes', deadline: 'no' } });
  t.match(strict.judge(state(), lost, false), { kind: 'violates', promise: 'P1' });
  t.equal(seen[0]?.choice.profile.rules.signalledDisplaces, false, 'whoever shows it has the same rules');
  t.match(strict.judge({ ...state(), subtest: 'other' }, lost, false), { kind: 'holds' });
});

t.test('what is not there is never believed to hold', async (t) => {
  const { model, files } = judge();
  const rows: readonly (readonly [Trace | undefined, number, RegExp])[] = [
    [undefined, 0, /no trace of it came/],
    [traceOf(GOOD, { lacks: 'its end is missing' }), 3, /its end is missing/],
    [traceOf(GOOD, { setting: undefined, lacks: 'its beginning is missing' }), 0, /beginning is missing/],
    [
      traceOf(GOOD, { words: Int32Array.from([...traceOf(GOOD).words, 4, 0, 0, 0]) }),
      3,
      /garbled: no op has the code 0/,
    ],
  ];
  for (const [trace, ops, reason] of rows)
    t.match(model.judge(state(), trace, false), { kind: 'undecided', ops, reason });
  t.match(
    model.judge(state(), traceOf(BAD, { lacks: 'its end is missing' }), false),
    { kind: 'violates' },
    'what is there is judged',
  );
  t.equal(model.judge(state('pass', 'part'), undefined, false), undefined, 'the outer one is judged');
  t.equal(model.judge(state('skip'), undefined, false), undefined);
  t.equal(model.judge(state('notrun'), undefined, false), undefined);
  const nobody = new ModelJudge({ again: () => '', keep: () => undefined });
  t.match(nobody.judge(state(), traceOf(GOOD), false), { kind: 'undecided' });
  t.same([...files.keys()], ['divergences/import@two.trace']);
});

t.test('the trace of a subtest that failed by its own check is kept too', async (t) => {
  const { model, files } = judge();
  t.match(model.judge(state('fail'), traceOf(GOOD), false), { kind: 'holds' });
  t.match(files.get('traces/import@two.trace'), /^# import@two: fail\nt0 = timeline -> 3/);
});

const CLOSES = `c0 = card -> 3
g0 = dumb c0 -> 1
b0 = prime c0 g0 -> 4
f0 = attach c0 g0 write -> 1
poll b0 in -> 0 ready nothing
close b0 -> 0
`;

t.test('an op that killed the kernel is part of the trace', async (t) => {
  const drop = encodeAll(parseScript('drop c0 g0 -> 0 @9+0').events);
  const entered = Int32Array.from([((drop[0] ?? 0) & ~0xffff) | 4, 9, ...drop.slice(4, 6)]);
  const trace = traceOf(CLOSES, { entered, lacks: 'its end is missing' });
  const without = judge('5.10.262', 'no');
  t.match(without.model.judge(state('crash'), trace, true), { kind: 'holds', ops: 7 }, '5.10 is known to');
  const series = judge();
  t.match(series.model.judge(state('crash'), trace, true), {
    ...{ kind: 'violates', promise: 'crash', call: 'drop c0 g0', got: 'crash', allowed: ['0'] },
  });
  t.match(series.model.judge(state('hang'), trace, false), { kind: 'undecided', ops: 6 }, 'a hang is none');
  const odd = { ...trace, entered: Int32Array.of(200 << 16, 0) };
  t.match(series.model.judge(state('crash'), odd, true), { kind: 'undecided' });
});
