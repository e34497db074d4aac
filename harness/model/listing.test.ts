// SPDX-License-Identifier: MIT
import t from 'tap';
import { checkTrace, encodeAll, parseScript, profileNamed } from '../../models/index.js';
import { type Listed, listing, MAX_ROWS } from './listing.js';

function listed(text: string, lacks?: string): string {
  const profile = profileNamed('linux-5.10+series');
  if (profile === undefined) throw new Error('no profile');
  const { events, setting } = parseScript(text);
  const words = encodeAll(events);
  const one: Listed = { profile, setting, words, verdict: checkTrace(profile.rules, words, setting), lacks };
  return `${listing(one).join('\n')}\n`;
}

t.test('each op beside what is allowed, where that differs or is a choice', async (t) => {
  t.equal(
    listed('with nomem\nt0 = timeline -> 3\ns0 = fence t0 1 -> ENOMEM\ninc t0 1 -> 0\n'),
    `  op               got     allowed
  t0 = timeline    3       3 | ENOMEM
  s0 = fence t0 1  ENOMEM  4 | ENOMEM
  inc t0 1         0
holds: 3 ops, each with a result that the model allows
`,
  );
});

t.test('the op that is not allowed is marked; what follows is shown and not judged', async (t) => {
  t.equal(
    listed('t0 = timeline -> 3\ns0 = fence t0 1 -> 4\npoll s0 in -> 1 ready in\nclose s0 -> 0\n'),
    `  op               got         allowed
  t0 = timeline    3
  s0 = fence t0 1  4
! poll s0 in       1 ready in  0 ready nothing
  close s0         0
violates at op 2 (word 16): poll s0 in
  got      1 ready in
  allowed  0 ready nothing
P1: a poll says ready although a fence is pending that it has to wait for
before it:
  t0  fd 3  timeline at 0
  s0  fd 4  sync_file of t0#1
`,
  );
});

t.test('a crash, and a trace that is not whole', async (t) => {
  t.match(listed('t0 = timeline -> crash\n'), /the kernel went down in op 0: t0 = timeline\nviolates/);
  t.match(
    listed('t0 = timeline -> 3\n', 'its end is missing'),
    /undecided from there on: its end is missing\n$/,
  );
});

t.test('of a long trace its end is shown', async (t) => {
  const text = `t0 = timeline -> 3\n${'inc t0 1 -> 0\n'.repeat(MAX_ROWS + 5)}`;
  const lines = listed(text).split('\n');
  t.equal(lines[0], '  (6 ops before these are in the trace)');
  t.equal(lines.length, MAX_ROWS + 4);
});
