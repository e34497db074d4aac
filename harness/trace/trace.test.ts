// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import t from 'tap';
import type { TraceItem } from './frame.js';
import { FrameParser } from './parse.js';
import { beginFrame, coverFrame, endFrame, enteredFrame, recordsFrame } from './testing/frames.js';
import { type Trace, Traces } from './traces.js';

const RECORD = [5, 10, 20, 30, 40];
const bytesOf = (...frames: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(frames.flatMap((frame) => [...frame]));
const GOOD = bytesOf(beginFrame(7), recordsFrame(7, [RECORD, RECORD]), endFrame(7, { written: 2 }));
/** Two subtests one after the other. */
const TWO = bytesOf(
  GOOD,
  beginFrame(8),
  recordsFrame(8, [RECORD]),
  recordsFrame(8, [RECORD]),
  endFrame(8, { written: 2 }),
);

function itemsOf(bytes: Uint8Array, chunk = bytes.length || 1): TraceItem[] {
  const parser = new FrameParser();
  const items: TraceItem[] = [];
  for (let at = 0; at < bytes.length; at += chunk) items.push(...parser.push(bytes.subarray(at, at + chunk)));
  return [...items, ...parser.end()];
}

function tracesOf(bytes: Uint8Array): Traces {
  const traces = new Traces();
  for (const item of itemsOf(bytes)) traces.add(item);
  return traces;
}

const lacks = (bytes: Uint8Array, pid = 7): string | undefined => tracesOf(bytes).take(pid)?.lacks;

t.test('a trace is put together by pid', async (t) => {
  const traces = tracesOf(TWO);
  t.ok(traces.ended(7));
  t.notOk(traces.ended(9));
  t.strictSame(traces.take(7), {
    pid: 7,
    setting: { first: 5, limit: 64, nomem: false },
    words: Int32Array.from([...RECORD, ...RECORD]),
    records: 2,
    entered: undefined,
    whole: true,
    lacks: undefined,
    reached: [],
  } satisfies Trace);
  t.equal(traces.take(7), undefined, 'it is let go of');
  t.match(traces.take(8), { records: 2, whole: true });
});

t.test('where the chunks are cut makes no difference', async (t) => {
  for (let chunk = 1; chunk < 40; chunk++) t.strictSame(itemsOf(TWO, chunk), itemsOf(TWO), `${chunk} bytes`);
});

t.test('what is missing is said', async (t) => {
  const begin = beginFrame(7);
  const records = recordsFrame(7, [RECORD]);
  const rows: readonly (readonly [Uint8Array, RegExp])[] = [
    [bytesOf(begin, records), /its end is missing/],
    [bytesOf(records, endFrame(7, { written: 1 })), /its beginning is missing/],
    [bytesOf(endFrame(7, { written: 0 })), /its beginning is missing/],
    [bytesOf(begin, begin, endFrame(7, { written: 0 })), /begins twice/],
    [bytesOf(begin, records, endFrame(7, { written: 2 })), /2 records were written and 1 came/],
    [bytesOf(begin, records, endFrame(7, { written: 1, lost: 3, reason: 1 })), /full: 3 records/],
    [
      bytesOf(begin, records, endFrame(7, { written: 1, reason: 2, which: 4 })),
      /cannot express what it did: pidfd_getfd/,
    ],
    [bytesOf(begin, endFrame(7, { written: 0, reason: 3 })), /more processes/],
    [bytesOf(begin, endFrame(7, { written: 0 }), records), /more came after its end/],
    [
      bytesOf(begin, Uint8Array.of(1, 2, 3), records, endFrame(7, { written: 1 })),
      /damaged at byte 32, 3 bytes/,
    ],
    [bytesOf(begin, recordsFrame(7, [[6, 0, 0]]), endFrame(7, { written: 1 })), /do not add up/],
  ];
  for (const [bytes, words] of rows) t.match(lacks(bytes), words);
});

t.test('of a trace with a hole only what is before the hole is kept', async (t) => {
  const records = recordsFrame(7, [RECORD]);
  const trace = tracesOf(
    bytesOf(beginFrame(7), records, Uint8Array.of(9), records, endFrame(7, { written: 2 })),
  ).take(7);
  t.match(trace, { records: 1, whole: false });
});

t.test('an op that was entered and gave no record is known', async (t) => {
  const begin = beginFrame(7);
  const entered = enteredFrame(7, [20 << 16, 5, 2048]);
  t.strictSame(tracesOf(bytesOf(begin, entered)).take(7)?.entered, Int32Array.of(20 << 16, 5, 2048));
  t.equal(tracesOf(bytesOf(begin, entered, recordsFrame(7, [RECORD]))).take(7)?.entered, undefined);
});

t.test('places that were reached come with the op that did', async (t) => {
  const frames = [beginFrame(7), coverFrame(7, [0x811f0000, 3, 9, 0]), coverFrame(7, [5, 1])];
  t.strictSame(tracesOf(bytesOf(...frames, endFrame(7, { written: 0 }))).take(7)?.reached, [
    { place: 0x811f0000, op: 3 },
    { place: 9, op: 0 },
    { place: 5, op: 1 },
  ]);
  t.match(itemsOf(coverFrame(7, [1, 2, 3]))[0], { kind: 'damage', reason: /in pairs/ });
});

t.test('headers that cannot be are damage', async (t) => {
  const broken = (at: number, value: number): Uint8Array => {
    const frame = beginFrame(7);
    new DataView(frame.buffer).setUint32(at, value, true);
    return frame;
  };
  for (const [at, value, words] of [
    [0, 1, /no frame begins/],
    [4, 9, /of the kind 9/],
    [8, 0, /pid 0/],
    [12, 1 << 20, /has 1048576 words/],
    [12, 3, /does not begin with 3 words/],
    [16, -1, /no process's/],
  ] as const)
    t.match(itemsOf(broken(at, value))[0], { kind: 'damage', offset: 0, reason: words });
  t.match(itemsOf(GOOD.subarray(0, 40)).at(-1), { kind: 'damage', offset: 32, bytes: 8, reason: /cut off/ });
});

t.test('nothing is made up, however the stream is damaged', async (t) => {
  const original = itemsOf(TWO).length;
  const damage = fc.record({
    at: fc.nat({ max: TWO.length - 1 }),
    remove: fc.nat({ max: 60 }),
    insert: fc.uint8Array({ maxLength: 60 }),
  });
  fc.assert(
    fc.property(
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 99 }),
      (all, chunk) => {
        let bytes = [...TWO];
        for (const { at, remove, insert } of all) bytes.splice(at, remove, ...insert);
        const items = itemsOf(Uint8Array.from(bytes), chunk);
        const traces = new Traces();
        for (const item of items) traces.add(item);
        t.ok(items.length <= original + 2 * bytes.length);
        for (const pid of [7, 8]) {
          const trace = traces.take(pid);
          if (trace?.whole) t.equal(trace.records, 2, 'a trace that is whole has all of its records');
          t.ok(trace === undefined || trace.words.length % RECORD.length === 0 || !trace.whole);
        }
        bytes = [];
      },
    ),
    { numRuns: 2000 },
  );
});

t.test('no bytes make it fail by itself', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const items = itemsOf(bytes);
      const covered = items.reduce((sum, item) => sum + (item.kind === 'damage' ? item.bytes : 0), 0);
      t.equal(covered, bytes.length, 'all of it is damage');
    }),
    { numRuns: 1000 },
  );
});
