// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { SUBTEST_FLAGS } from '../result/result.js';
import { guestRecordSchema, runSummarySchema, subtestResultSchema } from './json.js';
import type { Reporter, RunEvent, Sink } from './reporter.js';

/** Where a run's events are kept, in its folder: every report can be made from it again. */
export const EVENTS_FILE = 'events.jsonl';

/** Writes each event as a line of JSON, as it comes: a run that is cut short leaves what it had. */
export function eventsReporter(open: (folder: string) => Sink): Reporter {
  let file: Sink | undefined;
  return {
    name: 'events',
    ownsStdout: false,
    on: (event) => {
      if (event.kind === 'begin') file = open(event.plan.folder);
      file?.write(`${JSON.stringify(event)}\n`);
    },
  };
}

const planned = z.object({
  program: z.string(),
  subtest: z.string(),
  flags: z.array(z.enum(SUBTEST_FLAGS)),
  limitSeconds: z.number(),
  promises: z.array(z.string()),
  purpose: z.string(),
});

const runEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('begin'),
    plan: z.object({ subtests: z.array(planned), folder: z.string(), shownFolder: z.string() }),
  }),
  z.object({
    kind: z.literal('boot'),
    guest: z.number(),
    milliseconds: z.number(),
    release: z.string(),
  }),
  z.object({ kind: z.literal('subtest-start'), name: z.string(), guest: z.number() }),
  z.object({ kind: z.literal('subtest-end'), result: subtestResultSchema }),
  z.object({ kind: z.literal('guest-end'), record: guestRecordSchema, again: z.number() }),
  z.object({ kind: z.literal('end'), summary: runSummarySchema }),
  z.object({ kind: z.literal('untestable'), reason: z.string() }),
]);

/** The events of a saved run. A last line that was cut off is left out; any other bad line is refused. */
export function parseEvents(text: string, file: string): RunEvent[] {
  const lines = text.split('\n');
  const last = lines.pop();
  const events = lines.map((line, i) => {
    const read = runEvent.safeParse(parseJson(line));
    if (read.success) return read.data;
    throw new UsageError(`line ${i + 1} of ${file} is not an event of a run`, {
      detail: z.prettifyError(read.error),
    });
  });
  const rest = last === undefined || last === '' ? undefined : runEvent.safeParse(parseJson(last));
  return rest?.success ? [...events, rest.data] : events;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
