// SPDX-License-Identifier: MIT
import { test } from 'tap';
import { VARIABLES_EACH } from '../ops/operation.js';
import { PROFILES } from '../profiles/profiles.js';
import { World } from '../state/world.js';
import { run } from '../step/run.js';
import { fenceOf } from '../step/sync-file.js';
import { grownFile, leavesProgram } from './leaves.js';

const kernels = PROFILES.filter((p) => p.rules.has.import);

test('a file has as many leaves as it is to have, more than there are variables too', async (t) => {
  for (const { name, rules } of kernels)
    for (const count of [1, 2, 3, 100, VARIABLES_EACH + 500]) {
      const world = new World(rules);
      const { calls, timed } = leavesProgram(count);
      const info = calls.findIndex(({ op }) => op.name === 'info');
      for (const [at, { op, args }] of calls.entries()) {
        run(world, op.code, args, 0);
        if (world.answer.ret < 0) t.fail(`${name}, ${count} leaves, op ${at}: ${op.name}`);
        if (at === info) t.equal(world.answer.outputs[1], count, `${name}, ${count} leaves`);
      }
      t.same(
        timed.map(({ op }) => op),
        ['import', 'export', 'merge', 'info'],
      );
      t.equal(world.beyond, undefined);
    }
});

test('a leaf of each timeline, pending, however often its variable was made again', async (t) => {
  const { calls, file } = grownFile(7, [0, 1], [1024, 1025, 1026, 1027, 1028, 1029]);
  for (const { rules } of kernels) {
    const world = new World(rules);
    for (const { op, args } of calls) run(world, op.code, args, 0);
    const made = world.file(file);
    t.equal(made?.kind === 'sync' ? fenceOf(made).members.length : 0, 7);
    const contexts = made?.kind === 'sync' ? fenceOf(made).members.map(({ context }) => context?.id) : [];
    t.equal(new Set(contexts).size, 7);
  }
  t.throws(() => grownFile(64, [0], [1024]), RangeError);
});
