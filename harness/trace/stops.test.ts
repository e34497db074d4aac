// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import t from 'tap';
import { END_REASONS } from './frame.js';
import { STOPS, stopWords } from './stops.js';

// dist/harness/trace is three folders below the project.
const header = readFileSync(new URL('../../../vm-images/guest/trace/stop.h', import.meta.url), 'utf8');

t.test('the guest has the reasons that are read here', async (t) => {
  const numbered = [...header.matchAll(/STOP_(\w+) = (\d+)/g)].map((m) => [m[1], Number(m[2])]);
  t.same(
    numbered,
    Object.keys(STOPS).map((name, at) => [name, at]),
  );
  const reasons = /enum trace_reason \{([^}]*)\}/.exec(header)?.[1] ?? '';
  t.equal([...reasons.matchAll(/TRACE_\w+ = \d/g)].length, END_REASONS.length);
});

t.test('a number nobody knows is said', async (t) => {
  t.equal(stopWords(1), 'fork(2) failed');
  t.match(stopWords(99), /number 99/);
});
