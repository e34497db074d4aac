// SPDX-License-Identifier: MIT
import t from 'tap';
import { check } from '../check/checker.js';
import { ERRNO, errnoName } from '../kernel/errno.js';
import { MUTANTS, type Mutant } from '../mutants/mutants.js';
import { OPERATIONS } from '../ops/operations.js';
import { PROFILES, profileNamed } from '../profiles/profiles.js';
import type { Rules } from '../rules/rules.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { printScript } from '../text/print.js';
import { decode } from '../trace/record.js';
import { randomFrom } from '../traffic/random.js';
import { recordCalls } from '../traffic/record.js';
import { RandomLong } from './random-long.js';
import { SCENES } from './scenes.js';
import type { Batch } from './strategy.js';

const rulesOf = (name: string): Rules => {
  const rules = profileNamed(name)?.rules;
  if (rules === undefined) throw new Error(`no profile ${name}`);
  return rules;
};
const SERIES = rulesOf('linux-5.10+series');
const BATCHES = 10;
const generated = new Map<string, readonly Batch[]>();
/** The first batches of seed 1 for a kernel. */
function batchesFor(kernel: string): readonly Batch[] {
  const strategy = new RandomLong(rulesOf(kernel), 1);
  const batches = generated.get(kernel) ?? Array.from({ length: BATCHES }, () => strategy.next());
  generated.set(kernel, batches);
  return batches;
}
const callsOf = ({ script }: Batch) => script.events.map(({ call }) => call);

t.test('the model allows what it says itself, to the last op', async (t) => {
  for (const { name, rules } of PROFILES)
    for (const batch of batchesFor(name)) {
      const calls = callsOf(batch);
      t.match(
        check(rules, recordCalls(rules, calls)),
        { kind: 'holds', ops: calls.length },
        `${name} ${batch.name}`,
      );
    }
});

t.test('no batch asks for what the executor refuses', async (t) => {
  for (const batch of batchesFor('7.3')) {
    t.match(batch.name, /^[A-Za-z0-9][A-Za-z0-9.+-]*$/);
    t.same(batch.starts, [0]);
    t.ok(batch.script.events.every(({ thread }) => thread === undefined));
    t.notOk(
      batch.script.events.find(({ call: { op } }) =>
        ['fork', 'exit', 'take', 'submit', 'commit'].includes(op.name),
      ),
    );
  }
});

/** A number for a text, so that what a seed generates can be written down. */
const digest = (text: string): number =>
  [...text].reduce((sum, c) => (Math.imul(sum, 31) + (c.codePointAt(0) ?? 0)) >>> 0, 7);

t.test('what a seed generates', async (t) => {
  const three = (seed: number): number[] => {
    const strategy = new RandomLong(SERIES, seed);
    return [0, 1, 2].map(() => digest(printScript(strategy.next().script)));
  };
  t.same([three(1), three(1), three(42)], PINNED);
});
const PINNED = [
  [2765392736, 3591505078, 82711402],
  [2765392736, 3591505078, 82711402],
  [1216241689, 3419147713, 737458934],
];

t.test('ends that are come to', async (t) => {
  const errors = new Set<string>();
  const ops = new Set<string>();
  let leaves = 0;
  for (const batch of batchesFor('7.3')) {
    const words = recordCalls(rulesOf('7.3'), callsOf(batch));
    for (let at = 0; at < words.length; at += (words[at] ?? 0) & 0xffff) {
      const { call, results } = decode(words, at);
      ops.add(call.op.name);
      for (const { ret, lists } of results) {
        if (ret < 0) errors.add(errnoName(-ret) ?? `${ret}`);
        leaves = Math.max(leaves, ...lists.map((list) => list.length));
      }
    }
  }
  t.ok(leaves >= 256, `${leaves} leaves`);
  const expected = Object.keys(ERRNO).filter((name) => !NO_ERROR.includes(name));
  t.same([...errors].sort(), expected.sort());
  t.same(
    OPERATIONS.map(({ name }) => name).filter((name) => !ops.has(name)),
    ['fork', 'exit', 'texture', 'idle', 'transfer', 'submit', 'commit', 'take'],
    'all ops but those of several processes, and of cards a guest may not have',
  );
});
/** Of processes, memory, drivers that a guest may not have, a kernel without exports, and of a timer of ten seconds. */
const NO_ERROR = ['ESRCH', 'ENOMEM', 'ENOSPC', 'ENODEV', 'ENOSYS', 'ETIMEDOUT'];

t.test('a scene leaves nothing behind', async (t) => {
  for (const { name, calls } of SCENES) {
    const world = new World(SERIES);
    const [opening = []] = batchesFor('linux-5.10+series').map(callsOf);
    for (const { op, args } of opening.slice(0, 9)) run(world, op.code, args, 0);
    const before = world.files.filter((file) => file !== undefined).length;
    for (const { op, args } of calls(randomFrom(7))) run(world, op.code, args, 0);
    t.equal(world.beyond, undefined, name);
    t.equal(world.files.filter((file) => file !== undefined).length, before, name);
    t.equal(world.limit, 1024, name);
  }
});

t.test('batches and ops are counted', async (t) => {
  const strategy = new RandomLong(SERIES, 5);
  const batches = [strategy.next(), strategy.next()];
  const { programs, ops, states } = strategy.tally();
  t.equal(programs, 2);
  t.equal(
    ops,
    batches.reduce((sum, { script }) => sum + script.events.length, 0),
  );
  t.ok(states > 500);
});

/** Why a seeded bug is not found: no program of one process, or none that can run in any guest, shows it. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  'submit-checks-in-reverse': 'the executor has no commands to submit',
  'commit-checks-in-reverse': 'the executor lights no display',
  'a-name-changes-under-a-driver-on-5.10': 'no buffer is imported and then named',
  'vkms-exports-on-5.10': 'a guest may have no vkms',
  'vkms-lets-go-on-5.10': 'a guest may have no vkms',
  'idle-ignores-reads': 'a guest may have no virtio-gpu',
  'virtio-drops-others': 'a guest may have no virtio-gpu',
  'virtio-drops-others-upstream': 'a guest may have no virtio-gpu',
  'virtio-keeps-others-on-5.10': 'a guest may have no virtio-gpu',
  'a-flip-does-not-wait': 'it needs a commit',
  'nothing-overrules-the-buffer': 'it needs a commit',
  'vkms-ignores-writers': 'it needs a commit',
  'virtio-ignores-writers': 'it needs a commit',
  'virtio-waits-for-writers-before-7.3': 'it needs a commit',
  'two-commits-at-a-time': 'it needs a commit',
  'a-fork-shares-the-table': 'it needs two processes',
  'the-end-of-a-process-closes-nothing': 'it needs two processes',
  'upstream-shows-once': 'the model allows a list to show a leaf once',
  'poll-holds-the-file-on-5.10': 'what kills a kernel is left out where it is known to',
  'vgem-expires-early': 'it takes ten seconds',
  'vgem-never-expires': 'it takes ten seconds',
  'too-late-is-no-error': 'it takes ten seconds',
};

/** For those that are not found a few batches have to do. */
const shows = ({ name, change, kernel }: Mutant): boolean =>
  batchesFor(kernel)
    .slice(0, name in NOT_SHOWN ? 3 : BATCHES)
    .some((batch) => {
      const rules = rulesOf(kernel);
      return check(rules, recordCalls({ ...rules, ...change }, callsOf(batch))).kind === 'violates';
    });

t.test(`seeded bugs that ${BATCHES} batches show`, async (t) => {
  const missed = MUTANTS.filter((mutant) => !shows(mutant)).map(({ name }) => name);
  t.same(missed.sort(), Object.keys(NOT_SHOWN).sort());
});
