// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { readJson } from '../reading/json.js';

const count = z.number().int().min(0);

/** What came of one search: a row of the table, and of explore.json. */
export const searchRow = z.object({
  /** "exhaustive, 5 ops", "race, 2 processors". */
  search: z.string(),
  /** "debian:5.10 (5.10.262), series (19 patches), debug". */
  kernel: z.string(),
  seed: count.optional(),
  /** Programs that were judged, and those that were not: nothing is known of them. */
  programs: count,
  lost: count,
  ops: count,
  /** Distinct states of the model that were meant to be reached. */
  states: count,
  /** Lines of the dma-buf sources that were reached, of those that could be; where the kernel counts them. */
  coverage: z.object({ reached: count, of: count }).optional(),
  /** Signatures, and how often all of them were seen. */
  findings: count,
  failures: count,
  /** Times that a defect was met that is known of this kernel, and programs that were lost to it. */
  documented: z.object({ times: count, lost: count }).optional(),
  undecided: z.record(z.string(), count),
  guests: count,
  /** Programs that were under way when time was up, and guests whose kernel was not scanned for leaks any more. */
  cut: count.optional(),
  unscanned: count.optional(),
  milliseconds: count,
  /** All there was to try was tried. */
  complete: z.boolean(),
  /** Why it could not be done at all. */
  untestable: z.string().optional(),
});
export type SearchRow = z.infer<typeof searchRow>;

const rowsFile = z.object({ formatVersion: z.literal(1), rows: z.array(searchRow) });

/** Reads explore.json, or says what in it is wrong. */
export const parseRows = (text: string, file: string): readonly SearchRow[] =>
  readJson(text, file, rowsFile, {
    what: 'the results of a search',
    remedy: 'Was the search cut short? Run it again.',
  }).rows;
