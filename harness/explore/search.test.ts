// SPDX-License-Identifier: MIT
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { type Batch, parseScript, type Strategy } from '../../models/index.js';
import { NoGuest } from './guest-runner.js';
import type { Ran, Runner } from './runner.js';
import { Search } from './search.js';
import { RESULT } from './testing/model-runner.js';
import { RandomBatches } from './testing/random-batches.js';

const holds = (batch: Batch): Ran => ({
  batch,
  outcome: { batch, kind: 'holds', ops: batch.script.events.length },
  result: RESULT,
  verdict: { kind: 'holds', ops: batch.script.events.length },
});

const runnerOf = (ran: (batch: Batch) => Ran, calls: number[] = []): Runner => ({
  run: async (batches) => {
    calls.push(batches.length);
    return batches.map(ran);
  },
});

const search = (
  strategy: Strategy,
  runner: Runner,
  more: Partial<ConstructorParameters<typeof Search>[0]> = {},
) =>
  new Search({
    strategy,
    runner,
    lanes: 2,
    firstOps: 100,
    guestMilliseconds: 1000,
    until: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    onFailure: async () => ({ program: 0, goOn: false }),
    ...more,
  });

t.test('everything is run once and heard of', async (t) => {
  const strategy = new RandomBatches(1, 20, 30);
  const calls: number[] = [];
  const it = search(strategy, runnerOf(holds, calls));
  const score = await it.run();
  t.equal(score.programs, 20);
  t.equal(strategy.heardOf, 20);
  t.equal(score.lost, 0);
  t.ok(it.exhausted);
  t.ok(calls.length > 1 && (calls[0] ?? 0) < 20, 'guests get a part each');
});

/** Ten programs of two ops. */
function tenPrograms(): Strategy {
  const text = Array.from({ length: 10 }, (_, n) => `t${n} = timeline\nclose t${n}\n`).join('');
  const batch: Batch = {
    name: 'ten',
    script: parseScript(text),
    starts: Array.from({ length: 10 }, (_, n) => 2 * n),
    mode: { careful: false, observe: false },
  };
  const left = [batch];
  return {
    name: 'ten',
    next: () => left.pop(),
    heard: () => undefined,
    tally: () => ({ programs: 10, ops: 20, states: 0 }),
  };
}

const dies = (batch: Batch): Ran => ({ ...holds(batch), outcome: { batch, kind: 'died', ops: 0 } });

t.test('behind a failure the search goes on with the other programs of the batch', async (t) => {
  const seen: string[] = [];
  const score = await search(
    tenPrograms(),
    runnerOf((batch) => (batch.starts.length > 7 ? dies(batch) : holds(batch))),
    {
      onFailure: async ({ batch }) => {
        seen.push(batch.name);
        return { program: 1, goOn: true };
      },
    },
  ).run();
  t.same(seen, ['ten', 'ten+2'], 'ten, and the eight that are left');
  t.match(score, { programs: 10, failures: 2, lost: 0 });
});

t.test('what is not known is counted as not known', async (t) => {
  const given = { onFailure: async () => ({ program: 2, goOn: false }) };
  t.match(await search(tenPrograms(), runnerOf(dies), given).run(), { programs: 3, failures: 1, lost: 7 });
  const blind = { onFailure: async () => ({ program: undefined, goOn: true }) };
  t.match(await search(tenPrograms(), runnerOf(dies), blind).run(), { programs: 0, failures: 1, lost: 10 });
  const undecided = (batch: Batch): Ran => ({
    ...holds(batch),
    outcome: { batch, kind: 'undecided', ops: 0 },
    verdict: undefined,
    result: { ...RESULT, outcome: 'skip', skipReason: 'no fault injection' },
  });
  const score = await search(tenPrograms(), runnerOf(undecided)).run();
  t.match(score, { programs: 0, failures: 0, lost: 10 });
  t.same([...score.undecided], [['no fault injection', 1]]);
});

t.test('a documented defect is no failure, and what it cost is counted', async (t) => {
  const given = { onFailure: async () => ({ program: undefined, goOn: true, documented: true as const }) };
  t.match(await search(tenPrograms(), runnerOf(dies), given).run(), {
    ...{ programs: 0, failures: 0, lost: 0 },
    documented: { times: 1, lost: 10 },
  });
});

t.test('a search that is out of time starts nothing', async (t) => {
  const calls: number[] = [];
  const it = search(new RandomBatches(1), runnerOf(holds, calls), { until: performance.now() - 1 });
  t.match(await it.run(), { programs: 0, lost: 0 });
  t.same(calls, []);
  t.notOk(it.exhausted);
});

t.test('a guest whose scan for leaks would end too late is not started', async (t) => {
  const calls: number[] = [];
  const runner: Runner = {
    run: async (batches) => {
      calls.push(batches.length);
      await sleep(900); // its batches say that they took 1 ms each: all else is the boot and the scan
      return batches.map(holds);
    },
  };
  const order = { lanes: 1, firstOps: 1, scans: true, until: performance.now() + 1500 };
  await search(new RandomBatches(1), runner, order).run();
  t.ok(calls.length <= 1, 'what is left of its time after the first is less than a guest takes');
});

t.test(
  'when its time and some more is up guests are ended, and what was under way counts as nothing',
  async (t) => {
    const strategy = tenPrograms();
    let heard = 0;
    strategy.heard = () => void heard++;
    const runner: Runner = {
      run: async (batches, _, deadline) => {
        await new Promise((resolve) => deadline?.addEventListener('abort', resolve));
        return batches.map((batch) => ({ ...dies(batch), cut: true }));
      },
    };
    const order = { lanes: 1, until: performance.now() + 5, slack: 5 };
    const score = await search(strategy, runner, order).run();
    t.match(score, { programs: 0, failures: 0, lost: 0, cut: 10 });
    t.equal(score.undecided.size, 0);
    t.equal(heard, 0, 'the strategy learns nothing from them');
  },
);

t.test('a kernel that does not boot any more ends the search, and what was lost is counted', async (t) => {
  const runner: Runner = { run: () => Promise.reject(new NoGuest('the timer does not work', 'log')) };
  const score = await search(tenPrograms(), runner).run();
  t.match(score, { programs: 0, failures: 0, lost: 10 });
  t.same([...score.undecided], [['no guest booted: the timer does not work', 1]]);
  const broken: Runner = { run: () => Promise.reject(new Error('a bug of ours')) };
  await t.rejects(search(tenPrograms(), broken).run(), { message: 'a bug of ours' });
});
