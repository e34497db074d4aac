// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import t from 'tap';
import { readHistory } from '../check/history.js';
import { someOrderHolds } from '../check/testing/brute-force.js';
import { checkTrace } from '../check/trace.js';
import { MUTANTS } from '../mutants/mutants.js';
import type { Event } from '../ops/event.js';
import { profileNamed } from '../profiles/profiles.js';
import type { Rules } from '../rules/rules.js';
import { parseScript } from '../text/parse.js';
import { printScript } from '../text/print.js';
import { recordThreads } from '../traffic/model-kernel.js';
import { Race } from './race.js';
import { TEMPLATES } from './race-templates.js';
import type { Batch } from './strategy.js';
import { allOrders } from './testing/all-orders.js';
import { RACES, raceText } from './testing/race-truth.js';

const SERIES = rulesOf('linux-5.10+series');

function rulesOf(name: string): Rules {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile.rules;
}

const batches = (seed: number, count: number): Batch[] => {
  const strategy = new Race(seed);
  return Array.from({ length: count }, () => strategy.next());
};
const digest = (all: readonly Batch[]): string =>
  createHash('sha256')
    .update(all.map(({ name, script, mode }) => `${name} ${mode.pauses}\n${printScript(script)}`).join('\n'))
    .digest('hex')
    .slice(0, 16);

t.test('what a seed generates is the same everywhere', async (t) => {
  t.equal(digest(batches(1, 36)), '0b2db8fa946db6c6');
  t.equal(digest(batches(2, 36)), '46e2c91fe92a62f2');
  t.same(
    batches(1, 4).map(({ name }) => name),
    [
      'race-1-1-import-against-import',
      'race-1-2-import-against-read',
      'race-1-3-random',
      'race-1-4-import-against-older',
    ],
  );
});

t.test('every template comes, with other pauses each time, and batches are not too long', async (t) => {
  const all = batches(3, 2 * TEMPLATES.length * 1.5);
  for (const { name } of TEMPLATES)
    t.equal(new Set(all.filter((b) => b.name.endsWith(`-${name}`)).map((b) => b.mode.pauses)).size, 2, name);
  for (const { name, script, starts } of all) {
    t.ok(script.events.length < 20_000, name);
    const threads = new Set(script.events.map(({ thread }) => thread ?? 0));
    t.ok(threads.size >= 3 && Math.max(...threads) <= 4, `${name}: two to four threads beside the first`);
    t.ok(starts.length >= 30, name);
  }
});

t.test('all outcomes of small races, by trying every order', async (t) => {
  for (const { name, text, outcomes } of RACES)
    for (const kernel of ['linux-5.10+series', '6.1'])
      t.same(
        [...allOrders(rulesOf(kernel), parseScript(raceText(text, 1)).events)].sort(),
        outcomes.toSorted(),
        `${name} on ${kernel}`,
      );
});

t.test('what the model of a kernel does with threads holds', async (t) => {
  for (const kernel of ['linux-5.10+series', '6.1', '7.3'])
    for (const [at, { name, script }] of batches(5, 12).entries())
      t.match(
        checkTrace(rulesOf(kernel), recordThreads(rulesOf(kernel), script.events, at)),
        { kind: 'holds', ops: script.events.length },
        `${name} on ${kernel}`,
      );
});

/** A template, once, with the card that a batch opens, and a look at what came of it. */
const eventsOf = (index: number): Event[] => [
  ...parseScript('c0 = card').events,
  ...(TEMPLATES[index]?.calls ?? []).map(({ thread, ...call }) => ({
    call,
    results: [],
    ...(thread === undefined ? {} : { thread }),
  })),
  ...parseScript('observe b0').events,
];

t.test('templates, right and damaged: the checker says what trying every order says', async (t) => {
  const verdicts = { holds: 0, violates: 0 };
  for (const [index, { name }] of TEMPLATES.entries())
    for (let seed = 0; seed < 8; seed++) {
      const trace = recordThreads(SERIES, eventsOf(index), seed);
      t.ok(someOrderHolds(SERIES, trace) && checkTrace(SERIES, trace).kind === 'holds', `${name} ${seed}`);
      // One result is another: 0 for an error, an error for 0, more words after it
      const { entries } = readHistory(trace);
      const hit = entries.filter(({ who }) => who > 0)[seed % 2];
      if (hit === undefined) continue;
      const ret = trace[hit.ret] ?? 0;
      trace[hit.ret] = ret === 0 ? -22 : 0;
      if (readHistory(trace).fault !== undefined) continue;
      const holds = someOrderHolds(SERIES, trace);
      verdicts[holds ? 'holds' : 'violates']++;
      t.equal(checkTrace(SERIES, trace).kind, holds ? 'holds' : 'violates', `${name} ${seed}, damaged`);
    }
  t.ok(verdicts.violates > 50, JSON.stringify(verdicts));
});

/** Batches until a kernel with a bug is found; 0 if all were tried. */
function found(bug: Partial<Rules>, losesUpdates: boolean, most: number, seed = 1): number {
  const at = batches(seed, most).findIndex(
    ({ script }, n) =>
      checkTrace(SERIES, recordThreads({ ...SERIES, ...bug }, script.events, n, { losesUpdates })).kind ===
      'violates',
  );
  return at + 1;
}

t.test('a bug that no program of one thread can show is found', async (t) => {
  t.equal(found({}, true, 3), 1, 'imports that lose each other');
  for (const name of ['import-against-import', 'three-writers', 'import-against-read']) {
    const index = TEMPLATES.findIndex((template) => template.name === name);
    const lost = Array.from({ length: 30 }, (_, seed) =>
      recordThreads(SERIES, eventsOf(index), seed, { losesUpdates: true }),
    );
    const bad = lost.filter((trace) => !someOrderHolds(SERIES, trace));
    t.ok(bad.length > 3, `${name}: ${bad.length} of ${lost.length}`);
    for (const trace of bad) t.equal(checkTrace(SERIES, trace).kind, 'violates', name);
  }
});

/** Broken rules, and the batch of seed 1 that shows each. */
const SHOWN: Readonly<Record<string, number>> = {
  'a-write-is-imported-as-a-read': 1,
  'replace-the-exclusive-fence': 1,
  'pollin-is-always-ready': 1,
  'a-write-drops-reads': 2,
  'a-read-drops-writes': 2,
  'export-never-takes-reads': 2,
  'both-is-imported-as-a-read': 3,
  'export-of-both-is-for-a-read': 3,
  'no-count-without-room': 3,
  'pollout-ignores-reads': 3,
  'attach-ignores-writes': 3,
  'the-last-import-stays': 4,
  'attach-ignores-reads': 9,
  'a-list-hides-the-exclusive-fence': 29,
};

t.test('seeded bugs are found within a budget', async (t) => {
  for (const [name, batch] of Object.entries(SHOWN)) {
    const mutant = MUTANTS.find((one) => one.name === name);
    t.equal(found(mutant?.change ?? {}, false, batch + 1), batch, name);
  }
});
