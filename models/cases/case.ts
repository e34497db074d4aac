// SPDX-License-Identifier: MIT
import type { ProfileName } from '../profiles/profile.js';

/** A trace that is known to be right, or wrong, for some kernels. Named after what happens in it. */
export interface Case {
  readonly name: string;
  /** Why it is right: what was read or executed. */
  readonly why: string;
  readonly kernels: readonly ProfileName[];
  readonly trace: string;
}

export const WITH_IOCTLS: readonly ProfileName[] = ['linux-5.10+series', '6.1', '6.12', '7.3'];
export const UPSTREAM: readonly ProfileName[] = ['6.1', '6.12', '7.3'];
export const NAMED: readonly ProfileName[] = ['linux-5.10+series', '6.1', '6.12'];
export const EVERY: readonly ProfileName[] = ['linux-5.10', ...WITH_IOCTLS];

/** A card, one buffer on it and its dma-buf: descriptors 3 and 4. */
export const BUFFER = `
c0 = card -> 3
g0 = dumb c0 -> 1
b0 = prime c0 g0 -> 4
`;
