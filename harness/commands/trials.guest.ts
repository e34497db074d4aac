// SPDX-License-Identifier: MIT
// What brings its kernel down is shrunk in clones, to the same program as in guests that boot.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Batch, parseScript, printScript, type Script } from '../../models/index.js';
import { type GuestOrder, GuestRunner } from '../explore/guest-runner.js';
import { type Shrunk, shrink } from '../explore/shrink.js';
import { signatureOf } from '../explore/signature.js';
import { Trials } from '../explore/trials.js';
import { projectRoot } from '../folders.js';
import { guestOrder } from './testing/guest-order.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

const never = new AbortController().signal;
const SHRINK_MS = 300_000;

const orderOf = (t: Test, cpus: number): Promise<GuestOrder> =>
  guestOrder(t, { kernel: 'debian:5.10', patch: ['none'], cpus });

/** The program with others around it that have nothing to do with it. */
function embedded(name: string): Batch {
  const file = join(projectRoot, 'vm-images', 'programs', name);
  const around = Array.from(
    { length: 8 },
    (_, n) => `t${20 + n} = timeline\ns${20 + n} = fence t${20 + n} 1\ninfo s${20 + n} 1`,
  );
  const text = [...around.slice(0, 4), readFileSync(file, 'utf8'), ...around.slice(4)].join('\n');
  return { name: 'long', script: parseScript(text), starts: [0], mode: { careful: true, observe: false } };
}

interface Took {
  readonly shrunk: Shrunk | undefined;
  readonly seconds: number;
}

async function shrunkBy(
  order: GuestOrder,
  program: string,
  inClones: boolean,
  said: string[],
): Promise<Took> {
  const boots = new GuestRunner({ ...order, folder: join(order.folder, 'boots') });
  const trials = new Trials({ boots, order, say: (text) => said.push(text) });
  try {
    const [ran] = await boots.run([embedded(program)], never);
    if (ran === undefined || ran.outcome.kind !== 'died')
      throw new Error(`${program} does not kill its guest`);
    const began = performance.now();
    const runner = inClones ? await trials.runnerFor(ran, never) : boots;
    const signature = signatureOf(ran);
    const same = (one: typeof ran): boolean => signatureOf(one) === signature;
    const until = began + SHRINK_MS;
    const shrunk = await shrink({ runner, ran, same, until, signal: never });
    return { shrunk, seconds: (performance.now() - began) / 1000 };
  } finally {
    trials.end();
  }
}

const text = (script: Script | undefined): string => (script === undefined ? '' : printScript(script));

const measured = (t: Test, how: string, { shrunk, seconds }: Took): void => {
  const ops = shrunk?.script.events.length ?? 0;
  t.comment(`${how}: ${ops} ops after ${shrunk?.trials ?? 0} trials, ${seconds.toFixed(1)} s`);
};

t.test('a panic of 5.10 is shrunk in clones to what boots find', async (t) => {
  const order = await orderOf(t, 1);
  const said: string[] = [];
  const program = '5.10-defects/closed-while-polled.prog';
  const clones = await shrunkBy(order, program, true, said);
  measured(t, 'clones', clones);
  t.same(said, [], 'nothing was in the way of clones');
  t.ok(clones.shrunk?.minimal, text(clones.shrunk?.script));
  // Its last op, which closes the buffer, is what the end of the process does as well
  t.equal(clones.shrunk?.script.events.length, 6, text(clones.shrunk?.script));
  const boots = await shrunkBy(order, program, false, said);
  measured(t, 'boots', boots);
  t.equal(text(clones.shrunk?.script), text(boots.shrunk?.script));
});

t.test('two processors can be cloned', async (t) => {
  const order = await orderOf(t, 2);
  const boots = new GuestRunner(order);
  const batch = embedded('5.10-defects/closed-while-polled.prog');
  const [ran] = await boots.run([batch], never);
  if (ran === undefined) throw new Error('nothing ran');
  const trials = new Trials({ boots, order, say: (line) => t.fail(line) });
  try {
    const runner = await trials.runnerFor(ran, never);
    t.not(runner, boots);
    const [again] = await runner.run([batch], never);
    t.equal(again && signatureOf(again), signatureOf(ran));
    t.equal(trials.guests, 1);
  } finally {
    trials.end();
  }
});

t.test('where a clone would not be the same, trials are boots, and that is said', async (t) => {
  const order = await orderOf(t, 1);
  const boots = new GuestRunner(order);
  const [ran] = await boots.run([embedded('5.10-defects/closed-while-polled.prog')], never);
  if (ran === undefined) throw new Error('nothing ran');
  for (const [machine, why] of [
    [{ ...order.machine, icount: { shift: 6, seed: 1 } }, /counts|another instruction/],
    [{ ...order.machine, gpu: 'virgl' as const }, /3D cannot be cloned/],
  ] as const) {
    const said: string[] = [];
    const trials = new Trials({ boots, order: { ...order, machine }, say: (line) => said.push(line) });
    t.equal(await trials.runnerFor(ran, never), boots);
    t.equal(await trials.runnerFor(ran, never), boots);
    t.equal(said.length, 1, 'once');
    t.match(said[0], why);
    trials.end();
  }
});

t.test('what kills nobody is tried in one guest', async (t) => {
  const order = await orderOf(t, 1);
  const boots = new GuestRunner(order);
  const batch = { ...embedded('snapshot.prog'), name: 'holds' };
  const [ran] = await boots.run([batch], never);
  if (ran === undefined) throw new Error('nothing ran');
  t.not(ran.outcome.kind, 'died');
  const trials = new Trials({ boots, order, say: (line) => t.fail(line) });
  t.equal(await trials.runnerFor(ran, never), boots);
  t.equal(trials.guests, 0);
  trials.end();
});
