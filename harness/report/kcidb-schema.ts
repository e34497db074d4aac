// SPDX-License-Identifier: MIT
import { z } from 'zod';

/**
 * What fencelab writes of the format in which CI systems report to KernelCI: KCIDB I/O, version 5.3 (the newest known
 * when this was written). Stricter than the format itself, and without what needs the address of a file: fencelab does not
 * know where its results will be published.
 */

/** Who reports: agreed upon with KernelCI. */
export const KCIDB_ORIGIN = /^[a-z0-9_]+$/;
export const KCIDB_VERSION = { major: 5, minor: 3 } as const;
/** The format's own limit. */
export const LOG_EXCERPT_MOST = 16_384;

const origin = z.string().regex(KCIDB_ORIGIN);
const id = z.string().regex(/^[a-z0-9_]+:.+$/u);
/** Any text but NUL. */
const text = z.string().regex(/^[^\0]*$/);
const time = z.iso.datetime({ offset: true });
/** "No special meaning apart from data is missing": so nothing is null, and nothing is empty to say so. */
const status = z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP']);
const misc = z.record(z.string(), z.unknown());

const checkout = z.strictObject({
  id,
  origin,
  comment: text.optional(),
  /** Empty: no patch was applied. */
  patchset_hash: z
    .string()
    .regex(/^$|^[0-9a-f]{64}$/)
    .optional(),
  start_time: time.optional(),
  valid: z.boolean().optional(),
  misc: misc.optional(),
});

const build = z.strictObject({
  checkout_id: id,
  id,
  origin,
  comment: text.optional(),
  architecture: z.string().regex(/^[a-z0-9_]*$/),
  config_name: text,
  status: status.optional(),
  misc: misc.optional(),
});

const test = z.strictObject({
  build_id: id,
  id,
  origin,
  environment: z.strictObject({ comment: text.optional(), misc: misc.optional() }).optional(),
  /** Dots between its parts, nothing else than letters, digits, "_" and "-" in them. */
  path: z.string().regex(/^[\w-]+(\.[\w-]+)*$/),
  comment: text.optional(),
  log_excerpt: text.max(LOG_EXCERPT_MOST).optional(),
  status: status.optional(),
  number: z
    .strictObject({
      value: z.number(),
      unit: text.optional(),
      prefix: z.enum(['metric', 'binary']).optional(),
    })
    .optional(),
  start_time: time.optional(),
  /** Seconds. */
  duration: z.number().min(0).optional(),
  misc: misc.optional(),
});

export const kcidbSchema = z.strictObject({
  version: z.strictObject({ major: z.literal(KCIDB_VERSION.major), minor: z.literal(KCIDB_VERSION.minor) }),
  checkouts: z.array(checkout),
  builds: z.array(build),
  tests: z.array(test),
});

export type KcidbReport = z.infer<typeof kcidbSchema>;
export type KcidbCheckout = z.infer<typeof checkout>;
export type KcidbBuild = z.infer<typeof build>;
export type KcidbTest = z.infer<typeof test>;
export type KcidbStatus = z.infer<typeof status>;
