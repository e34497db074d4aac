// SPDX-License-Identifier: MIT
import { type Row, scrub, within } from '../row.js';
import { culprit } from '../stack.js';

export const warningRows: readonly Row[] = [
  {
    name: 'fence-pending',
    kind: 'warning',
    role: 'message',
    end: 'trace',
    match: /^Fence .* released with pending signals!/,
    example: 'Fence vgem:unbound:2f:1 released with pending signals!',
    title: () => 'WARNING: fence released with pending signals',
  },
  {
    name: 'odebug',
    kind: 'warning',
    role: 'message',
    end: 'trace',
    match: /^ODEBUG: (\w+) (?:active|not available)?.*object type: (\w+)/,
    example: 'ODEBUG: free active (active state 0) object type: timer_list hint: vgem_fence_timeout+0x0/0x40',
    title: (m, lines) => within(`ODEBUG: ${m[1]} ${m[2]}`, culprit(lines)),
  },
  {
    // Since 7.0: "WARNING: FILE:LINE at FUNCTION, CPU#0: COMM/PID".
    name: 'warning-at',
    kind: 'warning',
    role: 'opener',
    end: 'trace',
    match: /^WARNING: (?:CPU: \d+ PID: \d+ at (?:\S+:\d+ )?|(?:\S+:\d+ )?at )([A-Za-z_][\w.]*\+0x)/,
    example: 'WARNING: CPU: 0 PID: 131 at drivers/dma-buf/dma-fence.c:588 dma_fence_release+0x113/0x120',
    title: (m, lines) => `WARNING: ${culprit(lines, m[1])}`,
  },
  {
    name: 'selftest',
    kind: 'selftest',
    role: 'opener',
    end: 'line',
    match: /^dma-buf\/(\S+): (\S+) failed with error/,
    example: 'dma-buf/dma_fence_chain: find_seqno failed with error -22',
    title: (m) => `selftest ${m[1]}/${m[2]} failed`,
  },
  {
    name: 'bug',
    kind: 'bug',
    role: 'opener',
    end: 'stack',
    match: /^BUG: (.+)/,
    example: 'BUG: Bad page state in process fencelab-guest  pfn:03c41',
    title: (m) => `BUG: ${scrub(m[1] ?? '')}`,
  },
  {
    name: 'warning',
    kind: 'warning',
    role: 'opener',
    end: 'stack',
    match: /^WARNING: (.+)/,
    example: 'WARNING: stack recursion on stack type 4',
    title: (m) => `WARNING: ${scrub(m[1] ?? '')}`,
  },
  {
    name: 'panic',
    kind: 'panic',
    role: 'opener',
    end: 'panic',
    match: /^Kernel panic - not syncing: (.*)/,
    example: 'Kernel panic - not syncing: sysrq triggered crash',
    title: (m) => `Kernel panic: ${scrub(m[1] ?? '')}`,
  },
];
