// SPDX-License-Identifier: MIT
import { Cache } from '../cache/cache.js';
import { withLock } from '../cache/lock.js';
import { identify } from './provide.js';
import type { Source } from './source.js';
import { parseKernelSpec } from './spec.js';
import type { KernelContext } from './types.js';

/** Fetch a kernel source if need be, and work in its slot with nobody else in it. */
export async function withSource<T>(
  kernel: string,
  ctx: KernelContext,
  body: (source: Source, slot: string, ctx: KernelContext) => Promise<T>,
): Promise<T> {
  const cache = await Cache.open(ctx.cache);
  const source = await identify(await parseKernelSpec(kernel), kernel, ctx);
  const lock = { what: source.title, progress: ctx.progress, signal: ctx.signal };
  return withLock(cache.lockOf('sources', source.slot), lock, (signal) =>
    body(source, cache.entry('sources', source.slot), { ...ctx, signal }),
  );
}
