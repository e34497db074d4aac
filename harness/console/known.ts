// SPDX-License-Identifier: MIT
import type { KnownSplat, Splat } from '../result/result.js';

/**
 * A report of the kernel that is not about the interface under test. Every row is a hole: it names the report to the
 * letter, the one program it is let pass in, the kernels it was seen or read in, and why it is not ours.
 */
export interface KnownReport {
  readonly title: string;
  readonly program: string;
  /** As `uname -r` says it. */
  readonly release: RegExp;
  readonly why: string;
}

export const KNOWN: readonly KnownReport[] = [
  {
    // Seen on 5.10.262; read in drm_atomic_helper.c:1538 of 5.10.262, :1659 of 6.1.192, :1689 of 6.12.117, :1904 of 7.3.4
    title: 'KASAN: use-after-free in drm_atomic_helper_wait_for_vblanks',
    program: 'atomic',
    release: /^(?:5\.10|6\.1|6\.12|7\.3)\./,
    why: 'drm_atomic_helper_commit_tail() reads the new state of a CRTC after it has said that the commit is done; a card without vblanks, as virtio-gpu, lets userspace commit again at once, which frees it',
  },
];

/** Tells reports that are known from those that speak against the subtest. */
export function sortOut(
  splats: readonly Splat[],
  program: string,
  release: string | undefined,
  rows: readonly KnownReport[] = KNOWN,
): { readonly splats: readonly Splat[]; readonly known: readonly KnownSplat[] } {
  const against: Splat[] = [];
  const known: KnownSplat[] = [];
  for (const splat of splats) {
    const row = rows.find(
      (r) => r.title === splat.title && r.program === program && r.release.test(release ?? ''),
    );
    if (row === undefined) against.push(splat);
    else known.push({ ...splat, why: row.why });
  }
  return { splats: against, known };
}
