// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { readJson } from '../reading/json.js';
import { CHANGES, EXPECTED, JUDGED, type Night } from '../result/night.js';
import { OUTCOMES } from '../result/result.js';

export const NIGHT_FILE = 'night.json';

const count = z.number().int().min(0);

const nightTest = z.object({
  name: z.string(),
  outcome: z.enum(OUTCOMES),
  expected: z.enum(EXPECTED),
  judged: z.enum(JUDGED),
  milliseconds: z.number().min(0),
  promises: z.array(z.string()),
  why: z.string().optional(),
  runs: z.object({ of: count, passed: count }).optional(),
});

export const nightCell = z.object({
  id: z.string(),
  kernel: z.string(),
  patch: z.string(),
  profile: z.string(),
  gpu: z.string(),
  strategy: z.string(),
  shard: z.number().int().min(1),
  verdict: z.enum(['holds', 'fails', 'untestable', 'notrun', 'missing']),
  reason: z.string().optional(),
  release: z.string().optional(),
  accelerator: z.string().optional(),
  startedAt: z.string().optional(),
  milliseconds: z.number().min(0),
  ops: count,
  programs: count,
  coverage: z.object({ reached: count, of: count }).optional(),
  folder: z
    .string()
    .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[^/\0]+(\/[^/\0]+)*$/)
    .optional(),
  tests: z.array(nightTest),
  kernelKey: z.string().optional(),
  documented: z.array(z.object({ signature: z.string(), times: count, program: z.string() })).optional(),
  unmatched: z.array(z.string()).optional(),
});

/** What a cell's own folder says once it is done, and of what it was made. */
export const doneCell = z.object({ formatVersion: z.literal(1), made: z.string(), cell: nightCell });

const nightSchema = z.object({
  formatVersion: z.literal(1),
  fencelab: z.string(),
  name: z.string(),
  plan: z.string().regex(/^[0-9a-f]{64}$/),
  shards: z.object({ of: z.number().int().min(1), here: z.array(z.number().int().min(1)) }),
  startedAt: z.string(),
  milliseconds: z.number().min(0),
  cells: z.array(nightCell),
  changes: z.array(
    z.object({ kind: z.enum(CHANGES), cell: z.string(), test: z.string().optional(), text: z.string() }),
  ),
});

/** Reads night.json. Throws UsageError with the line and the reason. */
export const parseNight = (text: string, file: string): Night =>
  readJson(text, file, nightSchema, {
    what: 'the results of a night',
    remedy: 'Was the night cut short? Run it again.',
  });
