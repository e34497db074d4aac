// SPDX-License-Identifier: MIT
// Threads on a real kernel whose clock counts instructions: what they can see is seen, all of it, and a seed repeats.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { decode, type Event } from '../../models/index.js';
import { outcomeOf } from '../../models/programs/testing/all-orders.js';
import { RACES, raceText } from '../../models/programs/testing/race-truth.js';
import { FrameParser } from '../trace/parse.js';
import { type Trace, Traces } from '../trace/traces.js';
import { fencelab } from './testing/cli.js';

// A kernel may have to be built first.
t.setTimeout(1_500_000);

/** So often each race is run with one seed. */
const TIMES = 60;
const SEEDS = [1, 2];
const RACE_KERNEL = ['--profile', 'race', '--no-observe'];

const programs = mkdtempSync(join(tmpdir(), 'fencelab-races-'));
t.teardown(() => rmSync(programs, { recursive: true }));
// By name, as the programs are run
const races = RACES.toSorted((a, b) => (a.name < b.name ? -1 : 1));
for (const { name, text } of races) writeFileSync(join(programs, `${name}.prog`), raceText(text, TIMES));

interface Raced {
  readonly bytes: Buffer;
  readonly console: string;
  readonly traces: readonly Trace[];
}

async function raced(t: Test, ...more: readonly string[]): Promise<Raced> {
  const results = t.testdir();
  const ran = await fencelab(['run', programs, ...RACE_KERNEL, ...more, '--results', results], {
    env: { CI: '' },
  });
  t.equal(ran.exitCode, 0, `${more.join(' ')}: every trace has an order`, {
    output: ran.output.slice(-3000),
  });
  const folder = readdirSync(results).find((name) => /^\d{4}-/.test(name)) ?? '';
  const bytes = readFileSync(join(results, folder, 'guest-0', 'trace.bin'));
  const [parser, traces, pids] = [new FrameParser(), new Traces(), new Set<number>()];
  for (const item of [...parser.push(bytes), ...parser.end()]) {
    traces.add(item);
    if (item.kind !== 'damage') pids.add(item.pid);
  }
  const console = readFileSync(join(results, folder, 'guest-0', 'console.log'), 'latin1');
  return { bytes, console, traces: [...pids].flatMap((pid) => traces.take(pid) ?? []) };
}

function eventsOf({ words }: Trace): Event[] {
  const events: Event[] = [];
  for (let at = 0; at < words.length; at += (words[at] ?? 0) & 0xffff) events.push(decode(words, at));
  return events;
}

/** Every outcome, of all the repetitions that a trace has. */
function outcomesIn(trace: Trace): Set<string> {
  const found = new Set<string>();
  let once: Event[] = [];
  for (const event of eventsOf(trace)) {
    if (event.call.op.name === 'card' && once.length > 0) {
      found.add(outcomeOf(once));
      once = [];
    }
    once.push(event);
  }
  return found.add(outcomeOf(once));
}

/** Ops during which an op of another thread ended: both were in the kernel. */
const overlapping = (trace: Trace): number =>
  eventsOf(trace).filter(({ before, thread = 0 }, at) => thread !== 0 && at > (before ?? at)).length;

t.test('the same seed gives the same trace, and what can be seen is seen', async (t) => {
  const runs: Raced[] = [];
  for (const seed of SEEDS) runs.push(await raced(t, '--icount', `7,${seed}`));
  const again = await raced(t, '--icount', `7,${SEEDS[0]}`);
  t.ok(again.bytes.length > 0 && runs[0]?.bytes.equals(again.bytes), 'byte for byte');
  t.notOk(runs[0]?.bytes.equals(runs[1]?.bytes ?? again.bytes), 'another seed meets elsewhere');
  for (const [at, { name, outcomes }] of races.entries()) {
    const seen = runs.flatMap(({ traces }) => [...(traces[at] === undefined ? [] : outcomesIn(traces[at]))]);
    t.same([...new Set(seen)].sort(), outcomes.toSorted(), name);
  }
  const most = runs.flatMap(({ traces }) => traces.map(overlapping));
  t.ok(
    most.every((count) => count >= 5),
    `ops that others interrupt: ${most.join()}`,
  );
});

t.test('two processors at once: nothing is seen that has no order', async (t) => {
  const { traces } = await raced(t, '--cpus', '2');
  for (const [at, { name, outcomes }] of races.entries()) {
    const seen = traces[at] === undefined ? [] : [...outcomesIn(traces[at])];
    t.ok(seen.length > 0 && seen.every((one) => outcomes.includes(one)), `${name}: ${seen.join('; ')}`);
  }
});

// A mistake in merging fences may show nowhere else: no driver of a guest merges one fence twice.
t.test('the selftests of the series run at boot, to the last one, and hold', async (t) => {
  const { console } = await raced(t);
  const started = [...console.matchAll(/dma-buf: Running (dma_(?:fence_unwrap|resv)\/\w+)/g)].map(
    ([, name]) => name,
  );
  t.ok(started.includes('dma_fence_unwrap/unwrap_deep'), 'they run');
  t.equal(started.at(-1), 'dma_resv/snapshot_stays', 'to the last one');
  t.notMatch(console, /failed with error|not so:/, 'and hold');
});
