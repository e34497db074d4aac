// SPDX-License-Identifier: MIT
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { type Follower, follow } from './follow.js';

t.test('each byte comes once and in order, whoever asks for it', async (t) => {
  const file = join(t.testdir(), 'log');
  writeFileSync(file, 'a');
  let got = '';
  const f: Follower = follow(file, (bytes) => {
    if (got === '') appendFileSync(file, 'b'); // more arrives while this is being handled …
    f.poll(); // … and the handler itself asks for it
    got += bytes.toString();
  });
  f.poll();
  t.equal(got, 'ab');
  appendFileSync(file, 'c');
  f.end();
  t.equal(got, 'abc');
  appendFileSync(file, 'd');
  f.poll();
  f.end();
  t.equal(got, 'abc', 'nothing is read after the end');
});

t.test('what another process appends arrives without being asked for', async (t) => {
  const file = join(t.testdir(), 'log');
  writeFileSync(file, '');
  let got = '';
  const f = follow(file, (bytes) => {
    got += bytes.toString();
  });
  t.teardown(() => f.end());
  appendFileSync(file, 'x'.repeat(600_000));
  for (let i = 0; i < 100 && got.length < 600_000; i++) await sleep(20);
  t.equal(got.length, 600_000);
});
