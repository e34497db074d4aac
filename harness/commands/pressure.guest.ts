// SPDX-License-Identifier: MIT
// Memory that is short: what a real kernel makes of it, and that the model sees what went wrong.
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Batch, DEFAULT_SETTING, leavesProgram } from '../../models/index.js';
import { GuestRunner } from '../explore/guest-runner.js';
import { projectRoot } from '../folders.js';
import { guestOrder } from './testing/guest-order.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const never = new AbortController().signal;
const LEAVES = [40, 6000];

const guests = async (t: Test, patch: readonly string[]): Promise<GuestRunner> =>
  new GuestRunner({ ...(await guestOrder(t, { kernel: 'debian:5.10', patch, cpus: 1 })), limitScale: 4 });

const short = (leaves: number): Batch => ({
  name: `short-${leaves}`,
  script: {
    setting: DEFAULT_SETTING,
    events: leavesProgram(leaves, 2).calls.map((call) => ({ call, results: [] })),
  },
  starts: [0],
  mode: { careful: false, observe: false, pressure: true },
});

/** Whether an op is refused is the allocator's luck: so often a program is tried until one was. */
const MOST_TRIES = 8;

t.test('requests hold while memory is short', async (t) => {
  const runner = await guests(t, ['auto']);
  let [kills, refused] = [0, 0];
  for (let n = 0; n < MOST_TRIES && refused === 0; n++)
    for (const { batch, outcome, result } of await runner.run(LEAVES.map(short), never)) {
      t.equal(outcome.kind, 'holds', batch.name, { result });
      t.same(result.splats, [], 'who is killed for memory is no finding');
      t.equal(outcome.trace?.setting.nomem, true);
      const said = /memory ran out (\d+) times, (\d+) ops were refused/.exec(result.notes.join());
      t.ok(said, `${batch.name}: ${result.notes.join()}`);
      // A short program may be over before memory is, on a machine that is fast
      if (batch.name === 'short-6000') [kills, refused] = [Number(said?.[1]), Number(said?.[2])];
    }
  t.ok(kills > 0, `memory ran out ${kills} times`);
  t.ok(refused > 0, 'a list of so many takes pages in a row');
});

t.test('a kernel that lets go of writers does so while memory is short, too', async (t) => {
  const series = join(projectRoot, 'kernel-patch', 'linux-5.10');
  const mutant = join(projectRoot, 'kernel-patch', 'mutants', '5.10', 'replace-exclusive.patch');
  const runner = await guests(t, [series, mutant]);
  const [ran] = await runner.run([short(40)], never);
  t.match(ran?.verdict, { kind: 'violates' }, 'verdict', { result: ran?.result });
});
