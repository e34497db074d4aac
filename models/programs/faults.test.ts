// SPDX-License-Identifier: MIT
import t from 'tap';
import { check } from '../check/checker.js';
import { ERRNO } from '../kernel/errno.js';
import { DEFAULT_SETTING } from '../ops/event.js';
import { profileNamed } from '../profiles/profiles.js';
import { leaf, STUB } from '../state/fence.js';
import { run } from '../step/run.js';
import { fenceOf } from '../step/sync-file.js';
import { parseScript } from '../text/parse.js';
import { encodeAll } from '../trace/record.js';
import { NOMEM, recordFaulty, type Spoils } from '../traffic/faulty.js';
import { recordCalls } from '../traffic/record.js';
import { faultTexts } from './fault-texts.js';
import { Faults } from './faults.js';
import type { Batch } from './strategy.js';

const KERNELS = ['linux-5.10+series', '6.1', '7.3'];
const rulesOf = (name: string) => {
  const rules = profileNamed(name)?.rules;
  if (rules === undefined) throw new Error(`no profile ${name}`);
  return rules;
};
const SERIES = rulesOf('linux-5.10+series');
const batches = (count: number, rules = SERIES): Batch[] => {
  const strategy = new Faults(rules, 3);
  return Array.from({ length: count }, () => strategy.next());
};

t.test(
  'a kernel that leaves everything as it was is right, however often it is refused memory',
  async (t) => {
    for (const kernel of KERNELS) {
      const rules = rulesOf(kernel);
      for (const { name, script, starts, mode } of batches(14, rules)) {
        t.equal(mode.faults, true);
        t.ok(starts.every((start, at) => start > (starts[at - 1] ?? 0) && start < script.events.length));
        const calls = script.events.map(({ call }) => call);
        const plain = check(rules, recordCalls(rules, calls));
        t.match(plain, { kind: 'holds', ops: calls.length }, `${kernel} ${name}`);
        t.equal(
          check(rules, recordFaulty(rules, script.events), NOMEM).kind,
          'holds',
          `${kernel} ${name}, faults`,
        );
      }
    }
  },
);

const SPOILERS: Readonly<Record<string, Spoils>> = {
  'an import that fails is done': (world, { op, args }) => {
    if (op.name === 'import') run(world, op.code, args, 0);
  },
  'an import that fails has added the first leaf': (
    world,
    { op, args: [to = -1, access = 0, from = -1] },
  ) => {
    const [buffer, file] = [world.file(to), world.file(from)];
    if (op.name !== 'import' || buffer?.kind !== 'buffer' || file?.kind !== 'sync') return;
    const [first] = fenceOf(file).members;
    if (first !== undefined) buffer.resv.import(first, (access & 2) !== 0);
  },
  'an import that fails has replaced what was there': (world, { op, args: [to = -1] }) => {
    const buffer = world.file(to);
    if (op.name === 'import' && buffer?.kind === 'buffer')
      buffer.resv.attach(leaf(world.newContext(0), 0), true);
  },
  'a descriptor is not given back': (world, { op }) => {
    const descriptor = world.freeDescriptor();
    if (op.name === 'export' && descriptor >= 0)
      world.files[descriptor] = { kind: 'sync', refs: 1, fence: STUB, follows: null };
  },
  'a merge that fails has closed one of both': (world, { op, args: [, file = -1] }) => {
    if (op.name === 'merge' && world.file(file)?.kind === 'sync') world.files[world.value(file)] = undefined;
  },
  'an attach that fails is there': (world, { op, args }) => {
    if (op.name === 'attach') run(world, op.code, args, 0);
  },
};

for (const [name, spoils] of Object.entries(SPOILERS))
  t.test(`found: ${name}`, async (t) => {
    const found = batches(8).some(
      ({ script }) => check(SERIES, recordFaulty(SERIES, script.events, spoils), NOMEM).kind === 'violates',
    );
    t.ok(found);
  });

t.test('every op that makes a descriptor is tried with none left', async (t) => {
  const refused = new Set<string>();
  for (const { script } of batches(12)) {
    const words = recordCalls(
      SERIES,
      script.events.map(({ call }) => call),
    );
    let at = 0;
    for (const { call } of script.events) {
      const ret = words[at + 4 + call.args.length];
      if (ret === -ERRNO.EMFILE && call.op.makes !== undefined) refused.add(call.op.name);
      at += (words[at] ?? 0) & 0xffff;
    }
  }
  t.same([...refused].sort(), [
    ...['card', 'dup', 'epoll', 'export', 'fence', 'heap', 'merge', 'other', 'prime', 'timeline'],
  ]);
});

t.test('what there is for an op to fail in', async (t) => {
  for (const text of faultTexts()) t.doesNotThrow(() => parseScript(text));
  const strategy = new Faults(SERIES, 3);
  const first = strategy.next();
  t.same(strategy.tally(), {
    programs: first.starts.length,
    ops: first.script.events.length,
    states: strategy.tally().states,
  });
  t.ok(strategy.tally().states > 50);
});

/** A trace with memory that runs out. */
const judged = (text: string, nomem = true) => {
  const { events } = parseScript(text);
  return check(SERIES, encodeAll(events), { ...DEFAULT_SETTING, nomem }).kind;
};

t.test('errors of memory that runs out', async (t) => {
  const buffer = 'c0 = card -> 3\ng0 = dumb c0 -> ENOSPC\ng0 = dumb c0 -> ENOMEM\ng0 = dumb c0 -> 1';
  t.equal(judged(buffer), 'holds', 'a buffer for which there is no inode is ENOSPC');
  t.equal(judged(buffer, false), 'violates');
  t.equal(judged('t0 = timeline -> 3\ns0 = fence t0 1 -> ENOSPC'), 'violates');
  t.equal(judged('t0 = timeline -> 3\ninc t0 1 -> ENOMEM'), 'violates');
});

t.test('a watch that failed may have asked the file', async (t) => {
  const watched = (refused: string, status: string): string =>
    judged(`t0 = timeline -> 3
      t1 = timeline -> 4
      s0 = fence t0 1 -> 5
      s1 = fence t1 1 -> 6
      s2 = merge s0 s1 -> 7
      e0 = epoll -> 8
      ${refused}
      close t0 -> 0
      inc t1 1 -> 0
      info s2 0 -> 0 status ${status} fences 2 leaves`);
  const refused = 'watch e0 add s2 in -> ENOMEM';
  t.equal(watched(refused, 'done'), 'holds');
  t.equal(watched(refused, 'ENOENT'), 'holds');
  t.equal(watched('watch e0 add s2 in -> 0', 'done'), 'violates');
  t.equal(watched('watch e0 add s2 in -> EBADF', 'ENOENT'), 'violates');
});
