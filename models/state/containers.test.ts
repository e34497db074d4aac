// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { flatten, laterSeqno, leavesOf, legalNesting, type Nested, type NestedLeaf } from './containers.js';

const leaf = (context: bigint, seqno: bigint, pending = true): NestedLeaf => ({
  kind: 'leaf',
  context,
  seqno,
  pending,
});
const array = (...members: Nested[]): Nested => ({ kind: 'array', members });
const chain = (...links: Nested[]): Nested => ({ kind: 'chain', links });

test('seqnos are compared in 32 bits, or in all 64 for a chain', async (t) => {
  t.equal(laterSeqno(2n, 1n, false), true);
  t.equal(laterSeqno(1n, 1n, false), false);
  t.equal(laterSeqno(0n, 0xffffffffn, false), true);
  t.equal(laterSeqno(0n, 0xffffffffn, true), false);
  t.equal(laterSeqno(2n ** 53n + 1n, 2n ** 53n, true), true);
  t.equal(laterSeqno(2n ** 64n - 1n, 2n ** 64n - 2n, true), true);
  t.equal(laterSeqno(2n ** 32n + 5n, 7n, false), false);
});

test('an array holds leaves only, a chain leaves and arrays', async (t) => {
  t.ok(legalNesting(array(leaf(1n, 1n), leaf(2n, 1n))));
  t.ok(legalNesting(chain(array(leaf(1n, 1n)), leaf(2n, 1n))));
  t.notOk(legalNesting(array(array(leaf(1n, 1n)))));
  t.notOk(legalNesting(array(chain(leaf(1n, 1n)))));
  t.notOk(legalNesting(chain(chain(leaf(1n, 1n)))));
});

const anyLeaf = fc
  .record({
    context: fc.bigInt({ min: 1n, max: 5n }),
    seqno: fc.bigInt({ min: 1n, max: 9n }),
    pending: fc.boolean(),
  })
  .map(({ context, seqno, pending }) => leaf(context, seqno, pending));
const anyNested: fc.Arbitrary<Nested> = fc.letrec<{ nested: Nested }>((tie) => ({
  nested: fc.oneof(
    { maxDepth: 3 },
    anyLeaf,
    fc.array(tie('nested'), { maxLength: 3 }).map((m) => array(...m)),
    fc.array(tie('nested'), { maxLength: 3 }).map((m) => chain(...m)),
  ),
})).nested;

test('flattened, every pending leaf is there or a later one of its context, once, in order', async () => {
  fc.assert(
    fc.property(fc.array(anyNested, { maxLength: 3 }), (fences) => {
      const flat = flatten(fences);
      const all = fences.flatMap(leavesOf);
      const covered = all
        .filter((l) => l.pending)
        .every((l) => flat.some((f) => f.context === l.context && f.seqno >= l.seqno));
      const sorted = flat.every((f, at) => at === 0 || (flat[at - 1]?.context ?? 0n) < f.context);
      return (
        covered && sorted && flat.every((f) => f.pending && all.includes(f)) && legalNesting(array(...flat))
      );
    }),
  );
});
