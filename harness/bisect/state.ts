// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { trialSchema } from './trial.js';

/** What a search is for: the same words, the same search. */
export const askedSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);
export type Asked = z.infer<typeof askedSchema>;

/** All that a search knows, in SEARCH/state.json: enough to go on after it was killed. */
export const stateSchema = z.object({
  formatVersion: z.literal(1),
  asked: askedSchema,
  startedAt: z.string(),
  /** Time at work, all sessions together. */
  milliseconds: z.number(),
  /** How often it was taken up again. */
  resumed: z.number(),
  /** In the order in which they came. */
  trials: z.array(trialSchema),
  /** `git bisect log` as it is now; git can replay it. */
  gitLog: z.string().optional(),
});
export type SearchState = z.infer<typeof stateSchema>;

export const newState = (asked: Asked, now: Date): SearchState => ({
  formatVersion: 1,
  asked,
  startedAt: now.toISOString(),
  milliseconds: 0,
  resumed: 0,
  trials: [],
});
