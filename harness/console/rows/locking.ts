// SPDX-License-Identifier: MIT
import { type Row, within } from '../row.js';
import { culprit, functionName } from '../stack.js';

/** lockdep tells where each lock is taken: "at: dma_resv_lock+0x1/0x2". The first is the one that is wrong. */
function acquiredIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const at = /(?:, at: |\bat: (?:\[<[^>]*>\] )?)([A-Za-z_][\w.]*\+0x)/.exec(line)?.[1];
    if (at !== undefined) return functionName(at);
  }
  return culprit(lines);
}

const locking = (name: string, match: RegExp, example: string, what: string): Row => ({
  name,
  kind: 'lockdep',
  role: 'opener',
  end: 'stack',
  match,
  example,
  title: (_, lines) => within(`lockdep: ${what}`, acquiredIn(lines)),
});

export const lockingRows: readonly Row[] = [
  locking(
    'lockdep-circular',
    /^WARNING: possible circular locking dependency detected/,
    'WARNING: possible circular locking dependency detected',
    'possible circular locking',
  ),
  locking(
    'lockdep-recursive',
    /^WARNING: possible recursive locking detected/,
    'WARNING: possible recursive locking detected',
    'possible recursive locking',
  ),
  locking(
    'lockdep-irq-inversion',
    /^WARNING: possible irq lock inversion dependency detected/,
    'WARNING: possible irq lock inversion dependency detected',
    'possible irq lock inversion',
  ),
  locking(
    'lockdep-irq-order',
    /^WARNING: \S+-safe -> \S+-unsafe lock order detected/,
    'WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected',
    'irq-safe to irq-unsafe lock order',
  ),
  locking(
    'lockdep-inconsistent',
    /^WARNING: inconsistent lock state/,
    'WARNING: inconsistent lock state',
    'inconsistent lock state',
  ),
  locking(
    'lockdep-wait-context',
    /^\[ BUG: Invalid wait context \]/,
    '[ BUG: Invalid wait context ]',
    'invalid wait context',
  ),
  locking('lockdep-freed', /^WARNING: held lock freed!/, 'WARNING: held lock freed!', 'held lock freed'),
  locking(
    'lockdep-unlock',
    /^WARNING: bad (?:unlock balance|contention) detected!/,
    'WARNING: bad unlock balance detected!',
    'bad unlock balance',
  ),
  locking(
    'lockdep-nested',
    /^WARNING: Nested lock was not taken/,
    'WARNING: Nested lock was not taken',
    'nested lock was not taken',
  ),
  locking(
    'lockdep-user-space',
    /^WARNING: lock held when returning to user space!/,
    'WARNING: lock held when returning to user space!',
    'lock held on return to user space',
  ),
  locking(
    'lockdep-still-held',
    /^WARNING: \S+\/\d+ still has locks held!/,
    'WARNING: fencelab-guest/131 still has locks held!',
    'locks still held',
  ),
  {
    name: 'lockdep-rcu',
    kind: 'lockdep',
    role: 'opener',
    end: 'stack',
    match: /^WARNING: suspicious RCU usage/,
    example: 'WARNING: suspicious RCU usage',
    title: (_, lines) => {
      const file = lines
        .map((line) => /^(\S+?):\d+ .*(?:suspicious|Illegal)/.exec(line)?.[1])
        .find((f) => f !== undefined);
      return within('lockdep: suspicious RCU usage', file ?? culprit(lines));
    },
  },
  {
    name: 'lockdep-limit',
    kind: 'lockdep',
    role: 'opener',
    end: 'stack',
    match: /^BUG: (MAX_\w+) too low!/,
    example: 'BUG: MAX_LOCKDEP_CHAINS too low!',
    title: (m) => `lockdep: gave up, ${m[1]} too low`,
  },
  {
    name: 'lockdep-warn-on',
    kind: 'lockdep',
    role: 'message',
    end: 'trace',
    match: /^DEBUG_LOCKS_WARN_ON\((.*)\)/,
    example: 'DEBUG_LOCKS_WARN_ON(lock->magic != lock)',
    title: (m, lines) => within(`lockdep: ${m[1]}`, culprit(lines)),
  },
  {
    // Alone it means that lockdep watches no more, so that a pass says nothing about locks.
    name: 'lockdep-off',
    kind: 'lockdep',
    role: 'opener',
    end: 'line',
    match: /^INFO: lockdep is turned off\.$/,
    example: 'INFO: lockdep is turned off.',
    title: () => 'lockdep is turned off',
  },
];
