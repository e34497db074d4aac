// SPDX-License-Identifier: MIT
import { type Row, within } from '../row.js';
import { culprit } from '../stack.js';

export const fatalRows: readonly Row[] = [
  {
    name: 'bug-at',
    kind: 'bug',
    role: 'opener',
    end: 'trace',
    match: /^kernel BUG at (\S+?):\d+!/,
    example: 'kernel BUG at drivers/dma-buf/dma-buf.c:75!',
    title: (m, lines) => within('kernel BUG', culprit(lines) ?? m[1]),
  },
  {
    name: 'null-deref',
    kind: 'oops',
    role: 'opener',
    end: 'trace',
    match: /^BUG: (?:kernel NULL pointer dereference|unable to handle kernel NULL pointer)/,
    example: 'BUG: kernel NULL pointer dereference, address: 0000000000000010',
    title: (_, lines) => within('NULL pointer dereference', culprit(lines)),
  },
  {
    name: 'page-fault',
    kind: 'oops',
    role: 'opener',
    end: 'trace',
    match: /^BUG: unable to handle (?:page fault|kernel paging request)/,
    example: 'BUG: unable to handle page fault for address: ffffc90000213ff8',
    title: (_, lines) => within('page fault', culprit(lines)),
  },
  {
    name: 'protection-fault',
    kind: 'oops',
    role: 'opener',
    end: 'trace',
    match: /^(?:Oops: )?general protection fault/,
    example:
      'general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1] SMP PTI',
    title: (_, lines) => within('general protection fault', culprit(lines)),
  },
  {
    name: 'stack-guard',
    kind: 'oops',
    role: 'opener',
    end: 'trace',
    match: /^BUG: (?:TASK |IRQ )?stack guard page was hit/,
    example: 'BUG: stack guard page was hit at 00000000d4ee6f0c (stack is 00000000ab8e6ee7..0000000013db)',
    title: (_, lines) => within('kernel stack overflow', culprit(lines)),
  },
  {
    name: 'trap',
    kind: 'oops',
    role: 'tail',
    end: 'trace',
    match: /^(?:traps: PANIC: |PANIC: |Oops: )?([a-z][a-z ]+)(?:, [^:]*)?: [0-9a-f]{4,16} \[#\d+\]/,
    example: 'divide error: 0000 [#1] SMP PTI',
    title: (m, lines) => within(m[1] ?? 'trap', culprit(lines)),
  },
  {
    name: 'oops',
    kind: 'oops',
    role: 'tail',
    end: 'trace',
    match: /^Oops: [0-9a-f]+ \[#\d+\]/,
    example: 'Oops: 0002 [#1] SMP PTI',
    title: (_, lines) => within('kernel oops', culprit(lines)),
  },
];
