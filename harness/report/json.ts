// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { readJson } from '../reading/json.js';
import { GUEST_ENDS, OUTCOMES, type RunSummary, SPLAT_KINDS } from '../result/result.js';
import type { Reporter, Sink } from './reporter.js';

/** The summary as it is. A u64 (bigint in memory) is a decimal string: a JSON number would lose its last digits. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v), 2)}\n`;
}

export function jsonReporter(file: Sink): Reporter {
  return {
    name: 'json',
    ownsStdout: false,
    on: (event) => {
      if (event.kind === 'end') file.write(jsonText(event.summary));
    },
  };
}

/** JSON has no `undefined`: a key that is left out reads as one. */
const maybe = <T extends z.ZodType>(type: T) =>
  type
    .or(z.undefined())
    .optional()
    .default(undefined as never);

const modelVerdict = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('holds'), ops: z.number().int().min(0) }),
  z.object({
    kind: z.literal('violates'),
    ops: z.number().int().min(0),
    promise: z.string(),
    words: z.string(),
    call: z.string(),
    got: z.string(),
    allowed: z.array(z.string()),
    text: z.string(),
    trace: z.string(),
    again: z.string(),
  }),
  z.object({ kind: z.literal('undecided'), ops: z.number().int().min(0), reason: z.string() }),
]);

const modelSummary = z.object({
  profile: z.string(),
  doubts: z.array(z.string()),
  traces: z.number().int().min(0),
  ops: z.number().int().min(0),
  violates: z.number().int().min(0),
  undecided: z.number().int().min(0),
});

const splat = z.object({ title: z.string(), kind: z.enum(SPLAT_KINDS), text: z.string() });

export const subtestResultSchema = z.object({
  program: z.string(),
  subtest: z.string(),
  dynamic: maybe(z.string()),
  promises: z.array(z.string()),
  purpose: z.string(),
  outcome: z.enum(OUTCOMES),
  milliseconds: z.number().min(0),
  failures: z.array(z.object({ where: z.string(), text: z.string() })),
  skipReason: maybe(z.string()),
  notes: z.array(z.string()),
  splats: z.array(splat),
  known: z.array(splat.extend({ why: z.string() })),
  model: maybe(modelVerdict),
  guest: z.number().int(),
});

export const guestRecordSchema = z.object({
  index: z.number().int(),
  command: z.array(z.string()),
  bootMilliseconds: maybe(z.number()),
  ended: z.enum(GUEST_ENDS),
  reason: maybe(z.string()),
  devices: z.array(z.object({ name: z.string(), path: maybe(z.string()), text: z.string() })),
  splats: z.array(splat),
});

export const runSummarySchema = z.object({
  formatVersion: z.literal(1),
  target: z.object({
    kernel: z.string(),
    release: z.string(),
    patch: z.string(),
    profile: z.string(),
    gpu: z.string(),
    accelerator: z.string(),
  }),
  startedAt: z.string(),
  milliseconds: z.number().min(0),
  verdict: z.enum(['holds', 'fails', 'untestable']),
  reason: maybe(z.string()),
  counts: z.record(z.enum(OUTCOMES), z.number().int().min(0)),
  model: maybe(modelSummary),
  results: z.array(subtestResultSchema),
  guests: z.array(guestRecordSchema),
});

/** Reads results.json. Throws UsageError with the line and the reason. */
export const parseSummary = (text: string, file: string): RunSummary =>
  readJson(text, file, runSummarySchema, {
    what: 'the results of a run',
    remedy: 'Was the run cut short? Run it again.',
  });
