// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import type { RunSummary, SubtestResult } from '../result/result.js';
import { composed, differing, overridden } from './config-options.js';
import { failuresOf, isSame, onlySame } from './failures.js';
import { standingOf, stepsLeft, termProblem } from './git-words.js';
import { type Answer, isolate } from './isolate.js';
import { candidatesIn, nextPrefix, prefixSteps } from './prefixes.js';
import { reportLines } from './report.js';
import { chanceMissed, percent, runsNeeded, shareOf } from './runs.js';
import { remaining, type Trial } from './trial.js';

t.test('so many runs as the confidence needs, and not one less', async (t) => {
  for (const [confidence, rate, runs] of [
    [0.95, 0.05, 59],
    [0.99, 0.05, 90],
    [0.99, 0.9, 2],
    [0.5, 0.5, 1],
    [0.95, 1, 1],
  ] as const)
    t.equal(runsNeeded(confidence, rate), runs, `${confidence} at ${rate}`);
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.999, noNaN: true }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (confidence, rate) => {
        const runs = runsNeeded(confidence, rate);
        const slack = 1e-9;
        if (chanceMissed(rate, runs) > 1 - confidence + slack) return false;
        return runs === 1 || chanceMissed(rate, runs - 1) > 1 - confidence - slack;
      },
    ),
  );
});

t.test('shares as people write them', async (t) => {
  for (const [text, value] of [
    ['5%', 0.05],
    ['1/20', 0.05],
    ['0.05', 0.05],
    ['50%', 0.5],
    ...['0', '1', '100%', '1/0', '-5%', 'x', '5 %', '', '20/1', '1/20%'].map(
      (bad) => [bad, undefined] as const,
    ),
  ] as const)
    t.equal(shareOf(text), value, text);
  t.equal(percent(0.01), '1%');
  t.equal(percent(0.0000001), 'less than 0.001%');
});

t.test(
  'patches: whatever cannot be tested, what is left contains the one, and no other where all can',
  async () => {
    const scene = fc.integer({ min: 1, max: 40 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        first: fc.integer({ min: 1, max: n }),
        skips: fc.uniqueArray(fc.integer({ min: 1, max: n }), { maxLength: n }),
      }),
    );
    fc.assert(
      fc.property(scene, ({ n, first, skips }) => {
        let bounds = { before: 0, after: n };
        const cannot = new Set(skips.filter((each) => each !== n));
        const skipped = new Set<number>();
        let steps = 0;
        const about = prefixSteps(bounds);
        for (let next = nextPrefix(bounds, skipped); next !== undefined; next = nextPrefix(bounds, skipped)) {
          steps++;
          if (skipped.has(next) || next <= bounds.before || next >= bounds.after) return false;
          if (cannot.has(next)) skipped.add(next);
          else if (next >= first) bounds = { ...bounds, after: next };
          else bounds = { ...bounds, before: next };
        }
        const left = candidatesIn(bounds);
        const narrow = cannot.size > 0 || (left.length === 1 && steps <= about);
        return left.includes(first) && narrow && left.slice(0, -1).every((each) => cannot.has(each));
      }),
    );
  },
);

t.test('options: what is found fails, and without any part of it does not', async () => {
  const scene = fc.record({
    n: fc.integer({ min: 1, max: 24 }),
    culprits: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 }),
    odd: fc.option(fc.integer({ min: 0, max: 23 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(scene, async ({ n, culprits, odd }) => {
      const all = Array.from({ length: n }, (_, i) => i);
      const wanted = [...new Set(culprits.map((each) => each % n))];
      const fails = (chosen: readonly number[]) => wanted.every((each) => chosen.includes(each));
      // One option that without its neighbour does not build
      const builds = (chosen: readonly number[]) =>
        odd === undefined ||
        chosen.length === n ||
        !chosen.includes(odd % n) ||
        chosen.includes((odd + 1) % n);
      const ask = async (chosen: readonly number[]): Promise<Answer> =>
        !builds(chosen) ? 'skip' : fails(chosen) ? 'fails' : 'holds';
      const found = await isolate(all, ask);
      const set = [...found.culprits, ...found.needed];
      if (!fails(set)) return false;
      if (odd !== undefined) return true;
      return found.minimal && set.length === wanted.length && found.culprits.length === 1;
    }),
  );
});

t.test('one option of a thousand takes few kernels', async (t) => {
  let asked = 0;
  const found = await isolate(
    Array.from({ length: 1000 }, (_, n) => n),
    async (chosen) => {
      asked++;
      return chosen.includes(617) ? 'fails' : 'holds';
    },
  );
  t.same([found.culprits, found.needed, found.minimal], [[617], [], true]);
  t.ok(asked <= 22, `${asked} kernels`);
});

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

t.test('what git says', async (t) => {
  t.same(stepsLeft(`Bisecting: 21 revisions left to test after this (roughly 5 steps)\n[${A}] x`), {
    revisions: 21,
    steps: 5,
  });
  t.same(stepsLeft('Bisecting: 1 revision left to test after this (roughly 1 step)'), {
    revisions: 1,
    steps: 1,
  });
  t.equal(stepsLeft('Bisecting: a merge base must be tested'), undefined);
  t.same(standingOf(`# bad: [${A}] x\ngit bisect start '${A}' '${B}'\n`), { kind: 'going' });
  t.same(standingOf(`# first bad commit: [${A}] # first bad commit: [${B}]\n`), { kind: 'found', commit: A });
  const open = `# only skipped commits left to test\n# possible first bad commit: [${A}] x\n# possible first bad commit: [${B}] y\n`;
  t.same(standingOf(open), { kind: 'open', candidates: [A, B] });
  // A subject that looks like a conclusion is none
  t.same(standingOf(`# good: [${A}] # first bad commit: [${B}]\n`), { kind: 'going' });
  t.equal(termProblem('slow'), undefined);
  for (const bad of ['skip', 'two words', '-x', '', 'x'.repeat(50)]) t.ok(termProblem(bad), bad);
});

t.test('configurations', async (t) => {
  const good = new Map([
    ['A', 'y'],
    ['N', '8'],
    ['GONE', 'y'],
  ]);
  const bad = new Map([
    ['A', 'y'],
    ['N', '16'],
    ['NEW', '"x"'],
  ]);
  const options = differing(good, bad);
  t.same(options, [
    { symbol: 'GONE', good: 'y', bad: 'n' },
    { symbol: 'N', good: '8', bad: '16' },
    { symbol: 'NEW', good: 'n', bad: '"x"' },
  ]);
  const chosen = options.filter(({ symbol }) => symbol !== 'N');
  t.equal(composed(good, chosen), 'CONFIG_A=y\nCONFIG_N=8\n# CONFIG_GONE is not set\nCONFIG_NEW="x"\n');
  t.same(
    overridden(
      options,
      chosen,
      new Map([
        ['N', '8'],
        ['GONE', 'y'],
      ]),
    ),
    [
      { symbol: 'GONE', asked: 'n', got: 'y' },
      { symbol: 'NEW', asked: '"x"', got: 'n' },
    ],
  );
});

const result = (name: string, more: Partial<SubtestResult>): SubtestResult => ({
  ...{ program: 'import', subtest: name, dynamic: undefined, promises: [], purpose: '', outcome: 'pass' },
  ...{ milliseconds: 1, failures: [], skipReason: undefined, notes: [], splats: [], known: [], guest: 0 },
  model: undefined,
  ...more,
});
const lost = (names: string): SubtestResult['model'] => ({
  ...{ kind: 'violates', ops: 3, promise: 'P1', words: `${names} are lost`, call: 's1 = export b0 write' },
  ...{ got: '0', allowed: [], text: 'the whole of it', trace: 'divergences/x.trace', again: '' },
});
const summary = (results: readonly SubtestResult[], more: Partial<RunSummary> = {}): RunSummary => ({
  ...{
    formatVersion: 1,
    startedAt: '',
    milliseconds: 1,
    reason: undefined,
    model: undefined,
    guests: [],
    results,
  },
  target: { kernel: '', release: '', patch: '', profile: '', gpu: '', accelerator: '' },
  ...{ verdict: 'fails', counts: { pass: 0, fail: 0, skip: 0, timeout: 0, crash: 0, hang: 0, notrun: 0 } },
  ...more,
});

t.test('what fails, and whether it is the same', async (t) => {
  const first = failuresOf(summary([result('one', { model: lost('t0, t1') }), result('two', {})]));
  t.match(first, [{ test: 'import@one', how: 'P1, export: t is lost', finding: 'the whole of it' }]);
  const others = failuresOf(summary([result('one', { model: lost('t4, t17') })]));
  t.ok(isSame(first, others), 'whatever variables they are');
  const dead = failuresOf(
    summary([result('one', { outcome: 'crash', splats: [{ title: 'BUG: x', kind: 'bug', text: '' }] })]),
  );
  t.match(dead, [{ how: 'BUG: x' }]);
  t.notOk(isSame(first, dead));
  t.equal(onlySame(summary([result('one', { model: lost('t0') })]), others, first).outcome, 'fails');
  const crashed = summary([result('one', { outcome: 'crash' })]);
  t.match(onlySame(crashed, failuresOf(crashed), first), {
    outcome: 'skip',
    reason: /import@one fails in another way/,
  });
  const beside = summary([result('one', {}), result('two', { outcome: 'fail' })]);
  t.equal(onlySame(beside, failuresOf(beside), first).outcome, 'holds');
  const strict = summary([], { reason: '3 subtest(s) were skipped that should have run (--strict)' });
  t.match(failuresOf(strict), [{ test: 'run', text: /--strict/ }]);
  t.same(failuresOf(summary([result('two', {})], { verdict: 'holds' })), []);
});

const trial = (more: Partial<Trial>): Trial => ({
  ...{ id: A, title: 'abc subject', outcome: 'holds', reason: '', failures: [], differs: false, runs: 1 },
  ...{ built: 'incremental', buildMilliseconds: 20_000, runMilliseconds: 4000 },
  ...more,
});

t.test('the report', async (t) => {
  const failures = [
    { test: 'import@one', how: 'P1', text: 'P1: t0 is lost', finding: 'slots:\n\n  t0', trace: 'd/x.trace' },
  ];
  const trials = [
    trial({ built: 'full' }),
    trial({ id: B, outcome: 'fails', failures, reason: 'x', built: 'cached', folder: 'runs/1' }),
    trial({
      id: 'c',
      outcome: 'skip',
      reason: 'does not build\x1b[31m',
      built: 'not',
      runs: 0,
      title: 'ccc other',
    }),
    trial({ id: 'd', built: 'same' }),
  ];
  const lines = reportLines({
    ...{
      found: ['B is it'],
      shows: trials[1],
      trials,
      milliseconds: 100_000,
      resumed: 2,
      runs: 1,
      rate: undefined,
    },
    ...{ folder: 'results/x', last: ['FOUND'] },
  });
  t.same(lines, [
    ...['B is it', ''],
    ...[
      'how it fails: import@one: P1: t0 is lost',
      '  slots:',
      '    t0',
      '  trace: results/x/runs/1/d/x.trace',
      '',
    ],
    ...['1 could not be tested:', '  ccc other: does not build [31m', ''],
    '4 steps, both ends included: 2 hold, 1 fail, 1 could not be tested',
    '1 kernel built, 2 reused; 100 s (80 s building, 16 s in guests), taken up again 2 times',
    ...['', 'FOUND'],
  ]);
});

t.test('what is left takes as long as what was, but for the first build', async (t) => {
  t.equal(remaining([], 3), undefined);
  t.equal(remaining([trial({})], undefined), undefined);
  const first = trial({ buildMilliseconds: 1_000_000 });
  t.equal(remaining([first, trial({}), trial({})], 3), 72_000);
});
