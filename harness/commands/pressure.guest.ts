// SPDX-License-Identifier: MIT
// Memory that is short: what a real kernel makes of it, and that the model sees what went wrong.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Batch, DEFAULT_SETTING, leavesProgram } from '../../models/index.js';
import { Cache } from '../cache/cache.js';
import { GuestRunner } from '../explore/guest-runner.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { silent } from '../progress/progress.js';
import { patience } from './patience.js';
import { profileMachine } from './profiles.js';
import { provide } from './target.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const never = new AbortController().signal;
const LEAVES = [40, 6000];

async function guests(t: Test, patch: readonly string[]): Promise<GuestRunner> {
  const jobs = availableParallelism();
  const options = { kernel: 'debian:5.10', patch, profile: 'fast', gpu: 'none', cpus: 1, jobs } as const;
  const cache = await Cache.open(cacheFolder());
  const { kernelFile, pvh, guestFile } = await provide(options, cache, silent, never);
  const { memoryMiB, kmemleak } = profileMachine('fast');
  return new GuestRunner({
    machine: { kernel: kernelFile, pvh, accelerator: 'tcg', gpu: 'none', cpus: 1, memoryMiB, append: [] },
    guestBinary: readFileSync(guestFile),
    patience: patience('fast', kmemleak, 'tcg'),
    folder: t.testdir(),
    ...{ limitScale: 4, kmemleak },
  });
}

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
