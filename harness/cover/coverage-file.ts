// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { readJson } from '../reading/json.js';
import type { CodeMap } from './code-map.js';
import type { Coverage, FileCoverage } from './coverage.js';
import type { Gap } from './explained.js';

/** Where a run on a kernel of the profile cover leaves what was reached, in its folder. */
export const COVERAGE_FILE = 'coverage.json';

const count = z.number().int().min(0);

const file = z.object({
  /** "drivers/dma-buf/dma-resv.c" */
  file: z.string(),
  covered: count,
  lines: count,
  functions: z.array(
    z.object({
      name: z.string(),
      reached: z.boolean(),
      /** Lines that count, rising. `why`: why it is not reached; absent where it is, or where nobody has said. */
      lines: z.array(z.object({ line: count, reached: z.boolean(), why: z.string().optional() })),
    }),
  ),
  /** Pieces of the source with the functions in them; none where the source was not at hand. */
  source: z.array(z.object({ first: count, text: z.array(z.string()) })),
});

const coverageReport = z.object({
  formatVersion: z.literal(1),
  target: z.object({ kernel: z.string(), release: z.string(), patch: z.string(), profile: z.string() }),
  files: z.array(file),
});
export type CoverageReport = z.infer<typeof coverageReport>;
export type FileReport = CoverageReport['files'][number];

/** Reads coverage.json, or says what in it is wrong. */
export const parseCoverage = (text: string, name: string): CoverageReport =>
  readJson(text, name, coverageReport, {
    what: "a run's coverage",
    remedy: 'Was the run cut short? Run it again.',
  });

/** Lines around those that count, so that a function can be read. */
const AROUND = 6;

/** What was reached, with the pieces of the sources that it is about: all that a page needs, and no kernel. Pure. */
export function coverageFile(
  target: CoverageReport['target'],
  { sources }: Pick<CodeMap, 'sources'>,
  { files }: Coverage,
  gaps: readonly Gap[],
): CoverageReport {
  return {
    formatVersion: 1,
    target,
    files: files.map((one) =>
      fileReport(
        one,
        sources[one.file]?.split('\n'),
        gaps.filter((gap) => gap.file === one.file),
      ),
    ),
  };
}

function fileReport(
  { file: name, covered, lines, functions }: FileCoverage,
  source: readonly string[] | undefined,
  gaps: readonly Gap[],
): FileReport {
  const why = new Map(gaps.flatMap((gap) => gap.lines.map(({ line }) => [line, gap.why] as const)));
  return {
    file: name,
    covered,
    lines,
    functions: functions.map((one) => ({
      name: one.name,
      reached: one.reached,
      lines: one.lines.map(({ line, reached }) => {
        const reason = reached ? undefined : why.get(line);
        return reason === undefined ? { line, reached } : { line, reached, why: reason };
      }),
    })),
    source:
      source === undefined
        ? []
        : pieces(
            source,
            functions.flatMap((one) => one.lines.map(({ line }) => line)),
          ),
  };
}

/** The source around some lines, put together where they are near each other. */
function pieces(source: readonly string[], lines: readonly number[]): FileReport['source'] {
  const found: { first: number; last: number }[] = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const [from, to] = [Math.max(1, line - AROUND), Math.min(source.length, line + AROUND)];
    const last = found.at(-1);
    if (last !== undefined && from <= last.last + 1) last.last = Math.max(last.last, to);
    else found.push({ first: from, last: to });
  }
  return found.map(({ first, last }) => ({ first, text: source.slice(first - 1, last) }));
}
