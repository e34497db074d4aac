// SPDX-License-Identifier: MIT
import t from 'tap';
import { type Batch, DEFAULT_SETTING } from '../../models/index.js';
import { CloneRunner } from './clone-runner.js';
import type { Ran, Runner } from './runner.js';

const batch = (name: string): Batch => ({
  name,
  script: { events: [], setting: DEFAULT_SETTING },
  starts: [],
  mode: { careful: true, observe: false },
});
const batches = ['a', 'b', 'c', 'd', 'e'].map(batch);
const never = new AbortController().signal;

const ran = (one: Batch): Ran => ({
  batch: one,
  outcome: { batch: one, kind: 'holds', ops: 0 },
  verdict: undefined,
  result: {
    ...{ program: 'run', subtest: one.name, dynamic: undefined, promises: [], purpose: '' },
    ...{ outcome: 'pass' as const, milliseconds: 0, failures: [], skipReason: undefined, notes: [] },
    ...{ splats: [], known: [], model: undefined, guest: 0 },
  },
});

/** Runs nothing; notes what it is given, and how many of its runs go on at once. */
class Guests implements Runner {
  readonly given: (readonly string[])[] = [];
  most = 0;
  #now = 0;
  readonly #fails: string | undefined;

  constructor(fails?: string) {
    this.#fails = fails;
  }

  async run(some: readonly Batch[], signal: AbortSignal): Promise<readonly Ran[]> {
    this.given.push(some.map(({ name }) => name));
    this.most = Math.max(this.most, ++this.#now);
    await new Promise((resolve) => setImmediate(resolve));
    this.#now--;
    signal.throwIfAborted();
    if (some.some(({ name }) => name === this.#fails)) throw new Error('no guest');
    return some.map(ran);
  }
}

t.test('each batch has a guest to itself, and results are in the order of the batches', async (t) => {
  const guests = new Guests();
  const got = await new CloneRunner(guests, 2).run(batches, never);
  t.same(
    guests.given,
    batches.map(({ name }) => [name]),
  );
  t.equal(guests.most, 2);
  t.same(
    got.map((one) => one.batch.name),
    ['a', 'b', 'c', 'd', 'e'],
  );
});

t.test('where one cannot be run, no more are begun and the error is told', async (t) => {
  const guests = new Guests('b');
  await t.rejects(new CloneRunner(guests, 2).run(batches, never), { message: 'no guest' });
  t.ok(guests.given.length < batches.length, `${guests.given.length} begun`);
});

t.test('an abort is told as such', async (t) => {
  const stop = new AbortController();
  stop.abort();
  const guests = new Guests();
  await t.rejects(new CloneRunner(guests, 2).run(batches, stop.signal), { name: 'AbortError' });
  t.same(guests.given, []);
});
