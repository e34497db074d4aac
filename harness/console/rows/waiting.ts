// SPDX-License-Identifier: MIT
import { type Row, within } from '../row.js';
import { culprit } from '../stack.js';

export const waitingRows: readonly Row[] = [
  {
    name: 'sleep-in-atomic',
    kind: 'atomic-sleep',
    role: 'opener',
    end: 'stack',
    match: /^BUG: sleeping function called from invalid context/,
    example: 'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:935',
    title: (_, lines) => within('sleeping function called from invalid context', culprit(lines)),
  },
  {
    name: 'schedule-in-atomic',
    kind: 'atomic-sleep',
    role: 'opener',
    end: 'stack',
    match: /^BUG: scheduling (while atomic|in a non-blocking section):/,
    example: 'BUG: scheduling while atomic: fencelab-guest/131/0x00000002',
    title: (m, lines) => within(`scheduling ${m[1]}`, culprit(lines)),
  },
  {
    name: 'hung-task',
    kind: 'hung-task',
    role: 'opener',
    end: 'stack',
    match: /^INFO: task \S+:\d+ blocked.* for more than \d+ seconds\./,
    example: 'INFO: task fencelab-guest:131 blocked for more than 120 seconds.',
    title: (_, lines) => within('hung task', culprit(lines)),
  },
  {
    name: 'rcu-stall',
    kind: 'stall',
    role: 'opener',
    end: 'stack',
    match: /^(?:rcu: )?INFO: rcu\w* (?:self-detected stall|detected (?:expedited )?stalls)/,
    example: 'rcu: INFO: rcu_preempt self-detected stall on CPU',
    title: (_, lines) => within('RCU stall', culprit(lines)),
  },
  {
    name: 'soft-lockup',
    kind: 'stall',
    role: 'opener',
    end: 'stack',
    match: /^(?:watchdog: )?BUG: soft lockup - CPU#\d+ stuck/,
    example: 'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [fencelab-guest:131]',
    title: (_, lines) => within('soft lockup', culprit(lines)),
  },
  {
    name: 'hard-lockup',
    kind: 'stall',
    role: 'opener',
    end: 'stack',
    match: /^(?:NMI )?watchdog: Watchdog detected hard LOCKUP/i,
    example: 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 0',
    title: (_, lines) => within('hard lockup', culprit(lines)),
  },
  {
    name: 'workqueue-lockup',
    kind: 'stall',
    role: 'opener',
    end: 'line',
    match: /^BUG: workqueue lockup/,
    example: 'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!',
    title: () => 'workqueue lockup',
  },
];
