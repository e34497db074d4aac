// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { ERRNO } from '../kernel/errno.js';
import { CRASHED, type Leaf, type Result, WHO } from '../ops/call.js';
import { type Event, OK, type Script } from '../ops/event.js';
import {
  type ArgumentType,
  type Letter,
  NONE,
  type Operation,
  VARIABLES_EACH,
  variable,
} from '../ops/operation.js';
import { OPERATIONS } from '../ops/operations.js';

/** Any script that can be written down, for properties. */

const u32 = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 0xffffffff }));

function someVariable(letters: string, none: boolean): fc.Arbitrary<number> {
  const made = fc
    .tuple(
      fc.constantFrom(...letters),
      fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 })),
    )
    .map(([letter, n]) => variable(letter as Letter, n));
  return none ? fc.oneof({ weight: 9, arbitrary: made }, { weight: 1, arbitrary: fc.constant(NONE) }) : made;
}

function argument(type: ArgumentType): fc.Arbitrary<number> {
  switch (type.kind) {
    case 'variable':
      return someVariable(type.letters, true);
    case 'number':
      return u32;
    case 'flags':
      return fc.oneof(fc.integer({ min: 0, max: 7 }), u32);
    case 'choice':
      return fc.integer({ min: 0, max: type.names.length - 1 });
  }
}

const errors = fc.constantFrom(...Object.values(ERRNO).map((value) => -value), -5, -1234);
const status = fc.oneof(fc.constantFrom(0, 1, 2), errors);
const who = fc.oneof(fc.integer({ min: 0, max: VARIABLES_EACH - 1 }), fc.constantFrom(...Object.values(WHO)));
const leaf: fc.Arbitrary<Leaf> = fc.record({ who, status });
const timedLeaf: fc.Arbitrary<Leaf> = fc.record(
  { who, status, at: fc.integer({ min: 1, max: 0xffffffff }) },
  { requiredKeys: ['who', 'status'] },
);

function result(op: Operation): fc.Arbitrary<Result> {
  const failed = fc.oneof(errors, fc.constant(CRASHED)).map((ret) => ({ ret, outputs: [], lists: [] }));
  const worked = fc.record({
    ret: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(OK)),
    outputs: fc.tuple(
      ...(op.outputs ?? []).map(({ type }) => (type.kind === 'status' ? status : argument(type))),
    ),
    lists: fc.tuple(
      ...(op.lists ?? []).map(() => fc.array(op.timed === true ? timedLeaf : leaf, { maxLength: 4 })),
    ),
  });
  return fc.oneof(failed, worked);
}

function eventOf(op: Operation, results: { minLength: number; maxLength: number }): fc.Arbitrary<Event> {
  const args = fc.tuple(
    ...(op.makes === undefined ? [] : [someVariable(op.makes, op.makesPerhaps === true)]),
    ...op.args.map((arg) => argument(arg.type)),
  );
  const time = fc.option(
    fc.record(
      { start: u32, took: u32, before: fc.integer({ min: 0, max: 0x7fffffff }) },
      { requiredKeys: ['start', 'took'] },
    ),
    { nil: {} },
  );
  const who = fc.option(fc.record({ thread: fc.integer({ min: 1, max: 255 }) }), { nil: {} });
  return fc
    .tuple(args, fc.array(result(op), results), who, time)
    .map(([words, some, thread, when]) => ({ call: { op, args: words }, results: some, ...thread, ...when }));
}

export const anyEvent = (results = { minLength: 0, maxLength: 3 }): fc.Arbitrary<Event> =>
  fc.oneof(...(OPERATIONS as readonly Operation[]).map((op) => eventOf(op, results)));

export const anyScript: fc.Arbitrary<Script> = fc.record({
  setting: fc.record({
    first: fc.integer({ min: 0, max: 20 }),
    limit: fc.integer({ min: 0, max: 2000 }),
    nomem: fc.boolean(),
  }),
  events: fc.array(anyEvent(), { maxLength: 12 }),
});
