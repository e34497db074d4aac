// SPDX-License-Identifier: MIT
import t from 'tap';
import { MAX_SHOWN, summaryText } from './summary.js';
import { green, mixed, result, results, splat, summaryOf } from './testing/sample.js';

const text = (summary: Parameters<typeof summaryText>[0]): string =>
  summaryText(summary, { folder: 'results/run' });

t.test('the verdict, and why', async (t) => {
  const rows = [
    { summary: green, says: /^HOLDS$/m },
    { summary: mixed, says: /^FAILS: 7 subtests are red; promises at stake: ABI, P1, P8$/m },
    {
      summary: summaryOf(results, { reason: 'this kernel lacks the ioctls' }),
      says: /^FAILS: this kernel lacks the ioctls$/m,
    },
    {
      summary: summaryOf([], { verdict: 'untestable', reason: 'no guest booted' }),
      says: /^COULD NOT BE TESTED: no guest booted$/m,
    },
    {
      summary: summaryOf([result({ subtest: 'a' })], {
        verdict: 'fails',
        guests: [
          {
            index: 0,
            command: [],
            bootMilliseconds: 1,
            ended: 'done',
            reason: undefined,
            devices: [],
            splats: [splat],
          },
        ],
      }),
      says: /outside every subtest: kernel log: WARNING: dma_fence_release[\s\S]*FAILS: the kernel log has reports/,
    },
  ];
  for (const { summary, says } of rows) t.match(text(summary), says);
});

t.test('what to do next: the command that repeats it', async (t) => {
  t.notMatch(text(green), /again:/);
  const one = summaryOf([result({ subtest: 'a', outcome: 'fail' })]);
  t.match(text(one), /^again: {4}fencelab rerun results\/run --only export@a$/m);
  t.match(text(mixed), /^again: {4}fencelab rerun results\/run$/m, 'too many to name');
  t.match(summaryText(one, { folder: "it's here" }), /fencelab rerun 'it'\\''s here' --only/);
});

t.test('many red ones are shown program by program', async (t) => {
  const many = Array.from({ length: 90 }, (_, i) =>
    result({
      program: `program-${i % 30}`,
      subtest: `s${i}`,
      outcome: 'fail',
      promises: [`P${1 + (i % 8)}`],
      failures: [{ where: 'a.c:1', text: `claim ${i}` }],
    }),
  );
  const lines = text(summaryOf(many)).split('\n');
  t.ok(lines.length < 50, `${lines.length} lines`);
  t.match(
    lines.join('\n'),
    /90 red, by program:\n {2}program-0: 3 red \(P1,P5,P7\)\n {4}program-0@s0: own check: a\.c:1: claim 0\n {4}and 2 more\n/,
  );
  t.match(lines.join('\n'), /\n {2}and 18 more programs\n/);
  const one = text(summaryOf(many.map((r) => ({ ...r, program: 'import' }))));
  t.match(one, /import: 90 red .*\n {4}import@s0: .*(?:\n {4}import@s\d+: .*){11}\n {4}and 78 more\n/);
  const few = text(summaryOf(many.slice(0, MAX_SHOWN)));
  t.match(few, /a\.c:1: claim 11/, 'up to the limit each has its own lines');
});

t.test('a subtest with many reasons shows the first', async (t) => {
  const failures = Array.from({ length: 50 }, (_, i) => ({ where: 'a.c:1', text: `claim ${i}` }));
  t.match(
    text(summaryOf([result({ subtest: 'a', outcome: 'fail', failures })])),
    /claim 1\n {8}\.\.\. and 48 more/,
  );
});

t.test('no line is longer than the terminal is wide', async (t) => {
  const long = summaryOf([
    result({ subtest: 'a', outcome: 'fail', failures: [{ where: 'a.c:1', text: 'x'.repeat(500) }] }),
  ]);
  const lines = summaryText(long, { folder: 'r', width: 70 }).split('\n');
  t.ok(Math.max(...lines.map((line) => line.length)) <= 70);
});

t.test('what the model says: counts, doubts, and who is undecided', async (t) => {
  const lines = text(mixed).split('\n');
  t.ok(
    lines.includes('model (linux-5.10+series): 14 traces, 168 ops hold; 1 violates it, 1 undecided'),
    `${lines[2]}`,
  );
  t.ok(lines.includes('trace:    results/run/divergences/export@reads.trace'));
  t.match(text(mixed), /^1 undecided: the recorder was full: .* \(export@buffer-full\)$/m);
  const model = {
    profile: '6.12',
    doubts: ['6.6.1 is not 6.12'],
    ...{ traces: 1, ops: 412331, violates: 0, undecided: 0 },
  };
  t.match(
    text(summaryOf([result({ subtest: 'a' })], { model })),
    /^model \(6\.12\): 1 trace, 412 331 ops hold\nprofile 6\.12: 6\.6\.1 is not 6\.12$/m,
  );
  t.notMatch(text(summaryOf([result({ subtest: 'a' })], { model: undefined })), /model/);
  const cut = result({
    subtest: 'a',
    outcome: 'crash',
    model: { kind: 'undecided', ops: 3, reason: 'its end is missing' },
  });
  t.notMatch(
    text(summaryOf([cut], { model: undefined })),
    /undecided/,
    'that the trace is cut as well is nothing new',
  );
});

t.test('where only the model is against it, its promise is at stake', async (t) => {
  const reads = mixed.results.filter((r) => r.subtest === 'reads').map((r) => ({ ...r, promises: ['ABI'] }));
  t.match(text(summaryOf(reads)), /^FAILS: 1 subtest is red; promises at stake: P1$/m);
});
