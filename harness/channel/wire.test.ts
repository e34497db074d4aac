// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import t from 'tap';
import { GUEST_RESULTS } from './event.js';
import { LINES, MAX_LINE_BYTES, PREFIX, PROTOCOL_VERSION } from './wire.js';

// dist/harness/channel is three folders below the project; so is harness/channel's guest, seen from dist.
const guest = (file: string): string =>
  readFileSync(new URL(`../../../vm-images/guest/runtime/${file}`, import.meta.url), 'utf8');

t.test('each kind of line reads its own example', async (t) => {
  for (const kind of LINES) {
    const [first, ...fields] = kind.example.split('\t');
    t.equal(first, PREFIX + kind.keyword);
    t.equal(kind.read(fields)?.kind, kind.keyword, kind.example);
    t.equal(kind.read([...fields, 'x']), undefined, `${kind.keyword} with a field too many`);
    t.equal(kind.read(fields.slice(1)), undefined, `${kind.keyword} with a field too few`);
  }
});

t.test('the guest writes the lines that are read here, and no others', async (t) => {
  const report = guest('report.c');
  const written = new Set([...report.matchAll(/"FL (\w+)"/g)].map((m) => m[1]));
  t.same([...written].sort(), LINES.map((kind) => kind.keyword).sort());
  t.equal(Number(/define PROTOCOL_VERSION (\d+)/.exec(report)?.[1]), PROTOCOL_VERSION);
  t.ok(Number(/define LINE_MAX_BYTES (\d+)/.exec(report)?.[1]) < MAX_LINE_BYTES);
});

t.test('the guest has the results that are read here; "hung" has a line of its own', async (t) => {
  const names = [...guest('report.c').matchAll(/\[RESULT_\w+\] = "(\w+)"/g)].map((m) => m[1]);
  t.same([...names].sort(), [...GUEST_RESULTS, 'hung'].sort());
});
