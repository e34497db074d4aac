// SPDX-License-Identifier: MIT
import type { Row } from './row.js';
import { fatalRows } from './rows/fatal.js';
import { lockingRows } from './rows/locking.js';
import { memoryRows } from './rows/memory.js';
import { waitingRows } from './rows/waiting.js';
import { warningRows } from './rows/warnings.js';

/** In order of precedence: of all rows that match a line of a report, the first names it. */
export const ROWS: readonly Row[] = [
  ...memoryRows,
  ...lockingRows,
  ...waitingRows,
  ...fatalRows,
  ...warningRows,
];

/** Words of which every line that begins a report has one: a quick look that spares the table for nearly all lines. */
export const TELLTALE =
  /BUG|WARNING|cut here|panic|refcount_t|list_(?:add|del)|unreferenced|kmemleak|UBSAN|DEBUG_LOCKS|INFO:|LOCKUP|fault|\[#|Fence|ODEBUG|failed with error|FAULT_INJECTION|page allocation|oom-killer|sysrq/;

/** Long reports that only look like trouble, with their example: they are stepped over as a whole. */
export const HARMLESS: readonly { readonly match: RegExp; readonly example: string; readonly why: string }[] =
  [
    {
      match: /^FAULT_INJECTION: forcing a failure/,
      example: 'FAULT_INJECTION: forcing a failure.',
      why: 'a test asked for the failure; the stack only tells where it struck',
    },
    {
      match: /: page allocation failure: order:\d+/,
      example: 'fencelab-guest: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)',
      why: 'memory was short, by accident or by fault injection; what matters is what the code did about it',
    },
    {
      match: / invoked oom-killer: /,
      example: 'fencelab-guest invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=1000',
      why: 'memory ran out, on purpose or not: whoever is killed for it is told by how it ended',
    },
    {
      match: /^sysrq: Show /,
      example: 'sysrq: Show Blocked State',
      why: 'the agent asks where a hung subtest stands',
    },
  ];
