// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { test } from 'tap';
import { linux61 } from '../profiles/upstream.js';
import { Context } from '../state/context.js';
import { type Fence, leaf, leafPending } from '../state/fence.js';
import { ClassesResv } from './classes.js';

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

const CONTEXTS = 3;
/** Context, position above its last signalled one, write; 0 above signals one, and below zero the list grows. */
const moves = fc.array(fc.tuple(fc.nat(CONTEXTS - 1), fc.integer({ min: -1, max: 3 }), fc.boolean()), {
  minLength: 5,
  maxLength: 40,
});

test('a kernel that overwrites the first slot that will do shows no more than the model allows', async (t) => {
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
  t.end();
});
