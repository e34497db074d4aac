// SPDX-License-Identifier: MIT
import { SaxesParser } from 'saxes';
import t from 'tap';
import { checkTrace, encodeAll, parseScript, profileNamed } from '../../models/index.js';
import { axisOf, plots } from './plots.js';
import { columnsOf, type Scene } from './scene.js';
import { sceneOf } from './scene-of.js';
import { svgOf } from './svg.js';
import { HOSTILE, LOST, RACE, sampleHistory } from './testing/samples.js';

function scene(text: string, name = 'linux-5.10+series', most?: number): Scene {
  const { setting, events } = parseScript(text);
  const profile = profileNamed(name);
  const words = encodeAll(events);
  const verdict = profile === undefined ? undefined : checkTrace(profile.rules, words, setting);
  if (profile === undefined || verdict?.kind !== 'violates') throw new Error(`it is ${verdict?.kind}`);
  return sceneOf({ profile, setting, words, events, verdict }, most);
}

const calls = ({ rows }: Scene): string[] =>
  rows.map((row) => (row.kind === 'op' ? row.call : `(${row.ops})`));

t.test(
  'a fence is drawn from where it is made; slots and files while they are there; what is lost is marked',
  async (t) => {
    const drawn = scene(LOST);
    t.same(calls(drawn), [
      ...[
        'c0 = card',
        'g0 = dumb c0',
        'b0 = prime c0 g0',
        't0 = timeline',
        't1 = timeline 2',
        's0 = fence t0 1',
      ],
      ...['s1 = fence t1 1', 'import b0 read s0', 'close s0', 'inc t0 0', 'import b0 write s1', 'observe b0'],
    ]);
    t.match(drawn.fences, [
      { name: 't0#1', from: 5, until: undefined, signalled: undefined, mark: 'missing' },
      { name: 't1#1', from: 6, until: undefined, signalled: undefined, mark: undefined },
    ]);
    t.match(drawn.files, [
      { name: 's0', from: 5, until: 8, column: 0 },
      { name: 's1', from: 6, until: undefined, column: 1 },
    ]);
    t.match(drawn.buffers, [
      {
        names: ['b0'],
        slots: [
          { usage: 'WRITE', name: 't1#1', from: 10, until: undefined },
          { usage: 'READ', name: 't0#1', from: 7, until: undefined },
        ],
      },
    ]);
    t.match(drawn.rows.at(-1), { kind: 'op', op: 11, wrong: true, call: 'observe b0' });
    t.same(drawn.leftOut, { ops: 0, fences: 0, files: 0 });
    t.ok(drawn.states);
  },
);

t.test('a fence that signals, and one whose timeline is closed', async (t) => {
  const drawn = scene(`
t0 = timeline -> 3
t1 = timeline -> 4
s0 = fence t0 1 -> 5
s1 = fence t1 1 -> 6
s2 = merge s0 s1 -> 7
inc t0 1 -> 0
close t1 -> 0
poll s2 in -> 0 ready nothing
`);
  t.match(drawn.fences, [
    { name: 't0#1', signalled: { row: 5, status: 'done', error: false } },
    { name: 't1#1', signalled: { row: 6, status: 'ENOENT', error: true } },
  ]);
  t.same(drawn.files.find(({ name }) => name === 's2')?.fences.length, 2);
});

t.test('two threads have a lane each, and an op runs from its call to its return', async (t) => {
  const drawn = scene(RACE);
  t.same(drawn.lanes, ['0.0', '0.1', '0.2']);
  const [first, second] = drawn.rows.filter((row) => row.kind === 'op' && row.lane > 0);
  t.match([first, second], [{ call: 'import b0 write s0' }, { call: 'import b0 read s1' }]);
  // They overlap: the second runs already while the first happens
  t.match(first, { from: 7, to: 7 });
  t.match(second, { from: 7, to: 8 });
  t.match(drawn.rows.at(-1), { from: 9, to: 9, wrong: true });
  t.match(drawn.fences, [
    { name: 't0#1', mark: 'missing' },
    { name: 't1#1', mark: undefined },
  ]);
  t.ok(drawn.states, 'there is an order of the two');
});

t.test('of a long trace what bears on the wrong op is drawn, and how much is left out is told', async (t) => {
  const noise = Array.from(
    { length: 50 },
    (_, n) => `t9 = timeline -> 7\ninc t9 ${n + 1} -> 0\nclose t9 -> 0`,
  ).join('\n');
  const long = scene(LOST.replace('import b0 write', `${noise}\nimport b0 write`));
  t.ok(calls(long).includes('(150)'), calls(long).join('; '));
  t.equal(long.leftOut.ops, 150);
  t.match(long.fences, [{ name: 't0#1', mark: 'missing' }, { name: 't1#1' }]);
  const short = scene(LOST, 'linux-5.10+series', 4);
  t.ok(short.rows.length < 8, calls(short).join('; '));
  t.match(
    short.fences,
    [{ name: 't0#1', from: 0, mark: 'missing' }, { name: 't1#1' }],
    'from before what is drawn',
  );
  t.match(short.rows[0], { kind: 'gap' });
  t.match(short.rows.at(-1), { wrong: true });
});

t.test('intervals share a column where they can', async (t) => {
  const { column, columns } = columnsOf([
    { from: 0, until: 3 },
    { from: 1, until: undefined },
    { from: 3, until: 5 },
  ]);
  t.same([column, columns], [[0, 1, 0], 2]);
});

/** Throws where a drawing is not well-formed. */
function elements(svg: string): string[] {
  const names: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ name }) => names.push(name));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(svg).close();
  return names;
}

t.test('drawings are well-formed, whatever names are in them', async (t) => {
  for (const text of [LOST, RACE]) {
    const names = elements(svgOf(scene(text), 'd1', HOSTILE));
    t.ok(names.includes('rect') && names.includes('circle'));
    t.same(
      names.filter((name) => name === 'script' || name === 'img'),
      [],
    );
  }
  const drawn = scene(LOST);
  const hostile = {
    ...drawn,
    fences: drawn.fences.map((fence) => ({ ...fence, name: HOSTILE })),
    lanes: [HOSTILE, 'b'],
  };
  t.ok(elements(svgOf(hostile, HOSTILE, HOSTILE)).length > 10);
  for (const svg of `${plots(sampleHistory())}`.match(/<svg.*?<\/svg>/gs) ?? [])
    t.ok(elements(svg).includes('path'));
  t.equal(plots([]), undefined);
  t.ok(plots(sampleHistory(1)));
});

t.test('axes end at round numbers', async (t) => {
  t.same(axisOf(9), { top: 10, step: 2.5 });
  t.same(axisOf(100), { top: 100, step: 25 });
  t.same(axisOf(9, 1), { top: 10, step: 5 });
  t.same(axisOf(3, 1), { top: 3, step: 1 });
  t.same(axisOf(1_400_000, 60_000), { top: 1_800_000, step: 600_000 });
  t.same(axisOf(0), { top: 1, step: 1 });
  t.same(axisOf(1_330_000), { top: 1_500_000, step: 500_000 });
});
