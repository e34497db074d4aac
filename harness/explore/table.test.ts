// SPDX-License-Identifier: MIT
import t from 'tap';
import { searchRow } from './row.js';
import { table } from './table.js';

const ROW = searchRow.parse({
  search: 'exhaustive, 4 ops',
  kernel: 'debian:5.10 (5.10.262), series (19 patches), fast',
  programs: 123456,
  lost: 0,
  ops: 1234567,
  states: 987,
  findings: 0,
  failures: 0,
  undecided: {},
  guests: 7,
  milliseconds: 61_000,
  complete: true,
});

t.test('a table of searches, and what is missing under it', async (t) => {
  const rows = [
    ROW,
    { ...ROW, search: 'exhaustive, 6 ops', complete: false },
    {
      ...ROW,
      search: 'guided',
      seed: 1,
      coverage: { reached: 310, of: 402 },
      findings: 2,
      failures: 17,
      lost: 1200,
      documented: { times: 2, lost: 1100 },
      undecided: { 'its end is missing': 1, 'too many states are possible': 3 },
    },
    { ...ROW, search: 'random', seed: 1, cut: 17, unscanned: 2 },
    { ...ROW, search: 'faults', untestable: 'the kernel did not reach the agent in time' },
  ];
  t.equal(
    table(rows),
    `search                       programs        ops  states  coverage      findings  time
exhaustive, 4 ops             123 456  1 234 567     987         -             0  61 s
exhaustive, 6 ops             123 456  1 234 567     987         -             0  61 s
guided                        123 456  1 234 567     987   310/402  2 (17 times)  61 s
random                        123 456  1 234 567     987         -             0  61 s
faults             could not be tried
exhaustive, 4 ops: these are all programs of that length
exhaustive, 6 ops: not all programs of that length were run
guided: of 1 200 programs nothing is known
guided: a documented defect was met 2 times; 1 100 programs were lost to it
guided: could not tell, once: its end is missing
guided: could not tell, 3 times: too many states are possible
random: time was up before 17 programs ended
random: time was up before 2 guests were scanned for leaks
faults: the kernel did not reach the agent in time
`,
  );
});
