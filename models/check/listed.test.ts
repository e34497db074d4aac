// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { linux510series } from '../profiles/linux-5.10.js';
import { linux61 } from '../profiles/upstream.js';
import { parseScript } from '../text/parse.js';
import { encodeAll } from '../trace/record.js';
import { readHistory } from './history.js';
import { onlyPolled } from './listed.js';

/** Numbers of the ops whose sync_file is only polled. */
function found(trace: string, { rules } = linux510series): number[] {
  const words = encodeAll(parseScript(trace).events);
  const { entries } = readHistory(words);
  return [...onlyPolled(rules, words, entries)].map(({ op }) => op).sort((a, b) => a - b);
}

test('a file that is polled, imported and closed is told by what is pending', async (t) => {
  const trace =
    's0 = export b0 read -> 5\npoll s0 in -> 0 ready nothing\nimport b0 read s0 -> 0\nclose s0 -> 0';
  t.same(found(trace), [0]);
});

test('a file that is listed is not, nor one that is merged or copied', async (t) => {
  for (const look of ['info s0 8 -> EINVAL', 's1 = merge s0 s0 -> 6', 's1 = dup s0 -> 6'])
    t.notOk(found(`s0 = export b0 read -> 5\n${look}`).includes(0), look);
});

test('what is made in the variable later is another file', async (t) => {
  t.same(
    found('s0 = export b0 read -> 5\nclose s0 -> 0\ns0 = export b0 read -> 5\ninfo s0 8 -> EINVAL'),
    [0],
  );
});

test('an op that overlaps with the making may mean either file', async (t) => {
  const trace = '0.1: info s0 8 -> EINVAL @0+9/0\ns0 = export b0 read -> 5 @0+9/0\nclose s0 -> 0 @0+9/2';
  t.same(found(trace), []);
  t.same(found(trace.replace('@0+9/0\nclose', '@0+9/1\nclose')), [1], 'one that had ended does not');
});

test('where a process forks, nothing is', async (t) => {
  t.same(found('s0 = export b0 read -> 5\nfork 1 -> 0\n1.0: info s0 8 -> EINVAL\n1.0: exit -> 0'), []);
});

test('seqnos far apart make an import a look, on kernels that store what has signalled', async (t) => {
  const trace = 'inc t0 0x7fffffff -> 0\ns0 = export b0 read -> 5\nimport b0 read s0 -> 0';
  t.same(found(trace), [1]);
  t.same(found(trace, linux61), []);
});
