// SPDX-License-Identifier: MIT
import { type Row, scrub, within } from '../row.js';
import { culprit, functionName } from '../stack.js';

export const memoryRows: readonly Row[] = [
  {
    name: 'kasan',
    kind: 'kasan',
    role: 'opener',
    end: 'rule',
    match: /^BUG: KASAN: (.+?) in (\S+)/,
    example: 'BUG: KASAN: use-after-free in dma_fence_put+0x1c/0x40',
    title: (m, lines) => within(`KASAN: ${m[1]}`, culprit(lines, m[2])),
  },
  {
    name: 'kfence',
    kind: 'kfence',
    role: 'opener',
    end: 'rule',
    match: /^BUG: KFENCE: (.+?) in (\S+)/,
    example: 'BUG: KFENCE: use-after-free read in dma_resv_fini+0x14/0x50',
    title: (m, lines) => within(`KFENCE: ${m[1]}`, culprit(lines, m[2])),
  },
  {
    name: 'kcsan',
    kind: 'kcsan',
    role: 'opener',
    end: 'rule',
    match: /^BUG: KCSAN: (.+?) in (.+)/,
    example: 'BUG: KCSAN: data-race in dma_fence_signal / dma_fence_is_signaled',
    title: (m) => `KCSAN: ${m[1]} in ${(m[2] ?? '').split(' / ').map(functionName).join(' / ')}`,
  },
  {
    name: 'refcount',
    kind: 'refcount',
    role: 'message',
    end: 'trace',
    match: /^refcount_t: (.+?)\.?$/,
    example: 'refcount_t: underflow; use-after-free.',
    title: (m, lines) => within(`refcount_t: ${m[1]}`, culprit(lines)),
  },
  {
    name: 'list',
    kind: 'list',
    role: 'message',
    end: 'trace',
    match: /^(list_(?:add|del)) (?:corruption|double add)/,
    example:
      'list_add corruption. prev->next should be next (ffff888003a41c10), but was dead000000000100. (prev=ffff888003b0).',
    title: (m, lines) => within(`${m[1]} corruption`, culprit(lines)),
  },
  {
    name: 'leak',
    kind: 'leak',
    role: 'opener',
    end: 'leak',
    match: /^(?:kmemleak: )?unreferenced object(?: \(percpu\))? 0x[0-9a-f]+ \(size (\d+)\):/,
    example: 'kmemleak: unreferenced object 0xffff8880046e3c00 (size 64):',
    title: (m, lines) =>
      within(`memory leak of ${m[1]} bytes`, culprit(lines.map((line) => line.replace(/^kmemleak: /, '')))),
  },
  {
    // Says only how many; of use where the reports themselves do not reach the log.
    name: 'leak-count',
    kind: 'leak',
    role: 'opener',
    end: 'line',
    match: /^kmemleak: \d+ new suspected memory leaks?/,
    example: 'kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
    title: () => 'memory leaks, without details in the log',
  },
  {
    name: 'ubsan',
    kind: 'ubsan',
    role: 'opener',
    end: 'rule',
    match: /^UBSAN: (.+?) in (\S+?):\d+/,
    example: 'UBSAN: array-index-out-of-bounds in drivers/dma-buf/dma-resv.c:412:7',
    title: (m, lines) => within(`UBSAN: ${m[1]}`, culprit(lines) ?? m[2]),
  },
  {
    name: 'slab',
    kind: 'bug',
    role: 'opener',
    end: 'stack',
    match: /^BUG (\S+) \((?:Not tainted|Tainted[^)]*)[^)]*\): (.+)/,
    example: 'BUG kmalloc-64 (Not tainted): Poison overwritten',
    title: (m) => `BUG: slab ${m[1]}: ${scrub(m[2] ?? '')}`,
  },
];
