// SPDX-License-Identifier: MIT
import type { Requirement } from './fragments.js';

/**
 * The objects that tell what of them was reached, on a kernel with CONFIG_KCOV: scripts/Makefile.lib looks for a variable
 * of each object, so that the tree need not be changed. All that any kernel has: of 5.10 seqno-fence, of our series
 * dma-fence-leaves, of 6.1 and later dma-fence-unwrap.
 */
const OBJECTS = [
  ...['dma-buf', 'dma-resv', 'dma-fence', 'dma-fence-array', 'dma-fence-chain', 'dma-fence-leaves'],
  ...['dma-fence-unwrap', 'seqno-fence', 'sync_file', 'sw_sync', 'sync_debug', 'vgem_fence'],
];

/** Variables for make's command line; none for a kernel that is built without KCOV. */
export function instrumentation(requirements: readonly Requirement[]): Readonly<Record<string, string>> {
  const wanted = requirements.some(({ symbol, value }) => symbol === 'KCOV' && value === 'y');
  return wanted ? Object.fromEntries(OBJECTS.map((name) => [`KCOV_INSTRUMENT_${name}.o`, 'y'])) : {};
}

/** What it adds to the name of an image: nothing where nothing is instrumented. */
export const instrumentationKey = (requirements: readonly Requirement[]): string =>
  Object.keys(instrumentation(requirements)).join(' ');
