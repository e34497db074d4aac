// SPDX-License-Identifier: MIT
import type { Ran } from './runner.js';
import { signatureOf } from './signature.js';

/**
 * A defect of a kernel that is known, with a program that shows it. What a search finds again of it is counted apart and
 * is nothing new. Every row is a hole: it names the finding to the letter, functions that have to be on the stack, and the
 * kernels it was seen on.
 */
export interface Documented {
  readonly signature: string;
  /** All of them are in the report of the kernel. */
  readonly calls: readonly string[];
  /** As `uname -r` says it. */
  readonly release: RegExp;
  /** Shows it; from the project's root. */
  readonly program: string;
  readonly why: string;
}

export const DOCUMENTED: readonly Documented[] = [
  {
    // Seen on 5.10.262 and 6.1.192; the code is the same in 6.12.117 and 7.3.4: sw_sync.c, sync_timeline_signal()
    signature: 'refcount_t: addition on 0; use-after-free in sync_timeline_signal',
    calls: ['sync_timeline_signal', 'sw_sync_ioctl'],
    release: /^(?:5\.10|6\.1|6\.12|7\.3)\./,
    program: 'vm-images/programs/upstream-defects/fence-closed-while-signalled.prog',
    why: 'signalling a timeline takes a reference of a fence whose last one another thread has just dropped, and it is released twice; kernel-patch/upstream mends it',
  },
  {
    // Seen on 6.1.192, 6.12.117 and 7.3.4; sw_sync.c, sw_sync_debugfs_release(); dma-buf.c, dma_buf_poll_cb()
    signature: 'hang in timeline_fence_release',
    calls: ['sw_sync_debugfs_release', 'dma_buf_poll_cb'],
    release: /^(?:6\.1|6\.12|7\.3)\./,
    program: 'vm-images/programs/upstream-defects/timeline-closed-while-polled.prog',
    why: 'closing a timeline signals its fences under its lock; where a poll of a buffer has the last reference of one, its release wants the same lock; kernel-patch/upstream mends it',
  },
];

/** Whether a failure is a defect that is known of the kernel it was seen on. */
export function documentedAs(
  ran: Ran,
  release: string,
  rows: readonly Documented[] = DOCUMENTED,
): Documented | undefined {
  const signature = signatureOf(ran);
  const text = ran.result.splats.map((splat) => splat.text).join('\n');
  const has = (call: string): boolean => new RegExp(`\\b${call}\\b`).test(text);
  return rows.find((row) => row.signature === signature && row.release.test(release) && row.calls.every(has));
}
