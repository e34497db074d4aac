// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { linux61 } from '../profiles/upstream.js';
import { Context } from '../state/context.js';
import { type Fence, leaf, leafPending } from '../state/fence.js';
import { ClassesResv } from './classes.js';
import type { Gate } from './resv.js';

interface Slot {
  readonly leaf: Fence;
  readonly write: boolean;
}

/** dma_resv_add_fence(), dma-resv.c of 6.1.192 to 7.3.4, slot by slot. */
function addFence(slots: Slot[], fence: Fence, write: boolean): void {
  const at = slots.findIndex(
    (old) =>
      !leafPending(old.leaf) ||
      (old.leaf.context === fence.context && (write || !old.write) && fence.position >= old.leaf.position),
  );
  slots[at < 0 ? slots.length : at] = { leaf: fence, write };
}

const isOnce = ({ copies }: Gate): boolean => copies.every((n) => n === 1);

/** Whether what is shown comes in the order that the model claims to know, if it does. */
function inOrder(gate: Gate, shown: readonly Slot[]): boolean {
  if (!gate.ordered || !isOnce(gate)) return true;
  const known = gate.leaves.filter(leafPending);
  return known.length === shown.length && known.every((one, at) => one.context === shown[at]?.leaf.context);
}

const CONTEXTS = 3;
/** Context, position above its last signalled one, write; 0 above signals one, and below zero the list grows. */
const moves = fc.array(fc.tuple(fc.nat(CONTEXTS - 1), fc.integer({ min: -1, max: 3 }), fc.boolean()), {
  minLength: 5,
  maxLength: 40,
});

test('a kernel that overwrites the first slot that will do shows no more than the model allows', async (t) => {
  let claimed = 0;
  fc.assert(
    fc.property(moves, (all) => {
      const contexts = Array.from({ length: CONTEXTS }, (_, id) => new Context(id + 1, id));
      const model = new ClassesResv(linux61.rules);
      let slots: Slot[] = [];
      for (const [which, above, write] of all) {
        const context = contexts[which] as Context;
        // dma_resv_reserve_fences() drops signalled fences when the list grows
        if (above < 0) slots = slots.filter((slot) => leafPending(slot.leaf));
        else if (above === 0) context.position++;
        else {
          const fence = leaf(context, context.position + above);
          addFence(slots, fence, write);
          model.import(fence, write);
        }
        for (const reads of [false, true]) {
          const shown = slots.filter((slot) => leafPending(slot.leaf) && (reads || slot.write));
          const gate = model.gate(reads);
          if (!inOrder(gate, shown)) return false;
          if (gate.ordered && gate.leaves.length > 1) claimed++;
          for (const one of contexts) {
            const mine = shown.filter((slot) => slot.leaf.context === one);
            const at = gate.leaves.findIndex((fence) => fence.context === one && leafPending(fence));
            const latest = Math.max(0, ...mine.map((slot) => slot.leaf.position));
            if (latest !== (gate.leaves[at]?.position ?? 0)) return false;
            if (mine.length > (at < 0 ? 0 : (gate.copies[at] ?? 0))) return false;
          }
        }
      }
      return true;
    }),
    { numRuns: 3000 },
  );
  t.ok(claimed > 1000, `in ${claimed} exports the order is known`);
  t.end();
});

test('nor what two buffers may that are exported and imported into each other', (t) => {
  const contexts = [1, 2].map((id) => new Context(id, id));
  const add = fc.tuple(fc.nat(1), fc.nat(1), fc.integer({ min: 1, max: 3 }), fc.boolean());
  const move = fc.tuple(fc.nat(1), fc.constant(-1), fc.nat(1), fc.boolean());
  const signal = fc.tuple(fc.constant(-1), fc.nat(1), fc.constant(0), fc.boolean());
  const ops = fc.array(fc.oneof({ weight: 5, arbitrary: add }, move, signal), { maxLength: 14 });
  fc.assert(
    fc.property(ops, (all) => {
      for (const context of contexts) context.position = 0;
      const buffers = [0, 1].map(() => ({ model: new ClassesResv(linux61.rules), slots: [] as Slot[] }));
      for (const [at, which, above, write] of all) {
        const [into, from] = [buffers[at], buffers[1 - at]];
        const context = contexts[which];
        if (context !== undefined && at < 0) context.position++;
        else if (into !== undefined && context !== undefined) {
          const fence = leaf(context, context.position + above);
          addFence(into.slots, fence, write);
          into.model.import(fence, write);
        } else if (into !== undefined && from !== undefined) {
          const reads = above === 1;
          const gate = from.model.gate(reads);
          for (const slot of from.slots.slice())
            if (leafPending(slot.leaf) && (reads || slot.write)) addFence(into.slots, slot.leaf, write);
          const known = gate.ordered && isOnce(gate);
          for (const [n, one] of gate.leaves.entries())
            into.model.import(one, write, known ? undefined : Math.abs(gate.copies[n] ?? 1));
        }
        for (const { model, slots } of buffers) {
          const gate = model.gate(true);
          const shown = slots.filter((slot) => leafPending(slot.leaf));
          if (!inOrder(gate, shown)) return false;
          for (const one of contexts) {
            const mine = slots.filter((slot) => slot.leaf.context === one && leafPending(slot.leaf));
            const place = gate.leaves.findIndex((fence) => fence.context === one && leafPending(fence));
            if (mine.length > (place < 0 ? 0 : (gate.copies[place] ?? 0))) return false;
          }
        }
      }
      return true;
    }),
    { numRuns: 3000 },
  );
  t.end();
});
