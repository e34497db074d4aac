// SPDX-License-Identifier: MIT
import t from 'tap';
import { type Batch, encodeAll, parseScript, printScript } from '../../models/index.js';
import { scriptOp } from './place.js';
import { programAt, remainder } from './remainder.js';

const SCRIPT = parseScript(
  'c0 = card\nt0 = timeline\nclose t0\nt1 = timeline\nclose t1\nt2 = timeline\nclose t2',
);
const BATCH: Batch = {
  name: 'three-1',
  script: SCRIPT,
  starts: [1, 3, 5],
  mode: { careful: false, observe: false },
};

t.test('which program an op is of', async (t) => {
  t.same(
    [0, 1, 2, 3, 4, 5, 6].map((op) => programAt(BATCH.starts, op)),
    [-1, 0, 0, 1, 1, 2, 2],
  );
  t.equal(programAt([], 5), -1);
});

t.test('the programs behind one keep what prepares for all', async (t) => {
  const rest = remainder(BATCH, 0);
  t.equal(rest && printScript(rest.script), 'c0 = card\nt1 = timeline\nclose t1\nt2 = timeline\nclose t2\n');
  t.same(rest?.starts, [1, 3]);
  t.equal(rest?.name, 'three-1+2');
  const last = rest && remainder(rest, 0);
  t.same(last?.starts, [1]);
  t.equal(last?.name, 'three-1+3');
  t.equal(last && remainder(last, 0), undefined, 'nothing is left');
  t.equal(remainder(BATCH, 2), undefined);
});

t.test('the op of a script that a record belongs to', async (t) => {
  const script = parseScript('t0 = timeline\n0.1: inc t0 1\n0.2: inc t0 2\n0.1: inc t0 3\nclose t0');
  const trace = parseScript(`t0 = timeline -> 3
observe b0 -> EBADF
0.2: inc t0 2 -> 0
0.1: inc t0 1 -> 0
0.1: inc t0 3 -> 0
close t0 -> 0`);
  const words = encodeAll(trace.events);
  t.same(
    [0, 1, 2, 3, 4, 5, 6].map((at) => scriptOp(script, words, at)),
    [0, 0, 2, 1, 3, 4, 4],
  );
});
