// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { SUBTEST_FLAGS } from '../result/result.js';
import { GPUS } from '../vm/qemu-args.js';

/** A path inside a run's folder: no way out of it, and nothing a shell or tar could take amiss. */
const insidePath = z.string().regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const oneLine = z
  .string()
  .max(2000)
  .regex(/^[^\n\r\0]*$/);
const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/);

/** What a subtest may be called: the test programs' own, and whatever a program's file is called. */
const subtestName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+-]*$/);

/** A subtest as the guest binary declared it when the run was made. */
const planned = z.object({
  program: name,
  subtest: subtestName,
  flags: z.array(z.enum(SUBTEST_FLAGS)),
  limitSeconds: z.number().int().min(1).max(99_999),
  promises: z.array(oneLine),
  purpose: oneLine,
});

/**
 * What a run was made of: enough to make it again on another machine without building anything.
 * Written to run.json in the run's folder before the first guest starts.
 */
export const runRecord = z.object({
  formatVersion: z.literal(1),
  fencelab: oneLine,
  target: z.object({
    kernel: oneLine,
    patch: oneLine,
    profile: oneLine,
    release: oneLine,
  }),
  /** Where the kernel came from: packages, patches and compiler with versions and checksums. */
  provenance: z.record(z.string(), z.unknown()),
  machine: z.object({
    pvh: z.boolean(),
    gpu: z.enum(GPUS),
    cpus: z.number().int().min(1).max(64),
    memoryMiB: z.number().int().min(64).max(65_536),
    append: z.array(z.string().regex(/^[\x21-\x7e]+$/)),
    /** One processor whose clock counts instructions: the same programs run the same way each time. */
    icount: z.object({ shift: z.number().int().min(0).max(8), seed: z.number().int().min(0) }).optional(),
  }),
  limitScale: z.number().positive().max(1000),
  kmemleak: z.boolean(),
  /** All subtests tell what code they reach. */
  cover: z.boolean().optional(),
  guests: z.number().int().min(1).max(64),
  /** The subtests that were chosen, in order. */
  plan: z.array(planned).min(1),
  /** The files that are needed again, by content. */
  files: z.object({ kernel: insidePath, guest: insidePath, config: insidePath.optional() }),
  /** Programs in text form that are run as data; each is the subtest PROGRAM_SUITE@name of the plan. */
  programs: z
    .array(
      z.object({
        name: subtestName,
        file: insidePath,
        careful: z.boolean(),
        observe: z.boolean(),
        faults: z.boolean().optional(),
        cover: z.boolean().optional(),
        signals: z.boolean().optional(),
        pauses: z.number().int().min(0).max(0x7fffffff).optional(),
      }),
    )
    .optional(),
  sha256: z.record(insidePath, sha256),
});
export type RunRecord = z.infer<typeof runRecord>;

/** The program that all programs as data are subtests of. */
export const PROGRAM_SUITE = 'run';

export const RECORD_FILE = 'run.json';
export const RESULTS_FILE = 'results.json';
