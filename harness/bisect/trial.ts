// SPDX-License-Identifier: MIT
import { z } from 'zod';

const seen = z.object({
  /** "export@snapshot", "run@race". */
  test: z.string(),
  /** What makes two failures the same: promise, op and words; the title of a kernel's report; how it ended. */
  how: z.string(),
  /** For people, one line. */
  text: z.string(),
  /** All that the model has to say: the op, what is allowed, the state before. */
  finding: z.string().optional(),
  /** The trace that shows it, in the run's folder. */
  trace: z.string().optional(),
});

/** One way in which a kernel failed. */
export type Seen = z.infer<typeof seen>;

/** What became of one candidate: a commit, so many patches, a configuration. Kept in the search's state. */
export const trialSchema = z.object({
  /** The sha of the commit, "patches 7", "options 1,4". */
  id: z.string(),
  title: z.string(),
  /** `skip`: it could not be tested. */
  outcome: z.enum(['holds', 'fails', 'skip']),
  /** Why it fails or was skipped, in one line; empty where it holds. */
  reason: z.string(),
  failures: z.array(seen),
  /** It fails in another way than the kernel that is known to be bad. */
  differs: z.boolean(),
  /** Runs that came to a verdict. */
  runs: z.number(),
  /** Content of what was booted; undefined where nothing was built. */
  kernel: z.string().optional(),
  /** `same`: it is, byte for byte, a kernel that has been judged before. */
  built: z.enum(['full', 'incremental', 'cached', 'same', 'not']),
  buildMilliseconds: z.number(),
  runMilliseconds: z.number(),
  /** Folder of the run that decided it. */
  folder: z.string().optional(),
  /** Its .config, where configurations are what is searched among. */
  config: z.string().optional(),
});
export type Trial = z.infer<typeof trialSchema>;

/** How many kernels were built, and how many were there already. */
export function countBuilds(trials: readonly Trial[]): { built: number; reused: number } {
  const built = trials.filter((trial) => trial.built === 'full' || trial.built === 'incremental').length;
  const reused = trials.filter((trial) => trial.built === 'cached' || trial.built === 'same').length;
  return { built, reused };
}

/** Milliseconds that `steps` more are likely to take; undefined where nothing is known. */
export function remaining(trials: readonly Trial[], steps: number | undefined): number | undefined {
  if (steps === undefined || trials.length === 0) return undefined;
  const times = trials.map((trial) => trial.buildMilliseconds + trial.runMilliseconds);
  // The first build is of everything and says nothing of the next
  const usual = times.length > 2 ? times.slice(1) : times;
  return steps * (usual.reduce((sum, time) => sum + time, 0) / usual.length);
}
