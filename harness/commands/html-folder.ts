// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { COVERAGE_FILE, type CoverageReport, parseCoverage } from '../cover/coverage-file.js';
import { UsageError } from '../errors.js';
import { FINDING_TRACE, PROGRAM } from '../explore/findings.js';
import { parseHeader } from '../explore/header.js';
import { parseRows, type SearchRow } from '../explore/row.js';
import type { SavedFinding } from '../html/failure-view.js';
import type { ShownRun } from '../html/of-run.js';
import { shellWord } from '../progress/words.js';
import { RECORD_FILE, RESULTS_FILE, runRecord } from '../record/run-record.js';
import { parseSummary } from '../report/json.js';
import { ROWS_FILE } from './explore-run.js';
import { shortPath } from './short-path.js';

/** Nobody makes a page of more. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** A trace is read to be drawn. */
const MAX_TRACE_BYTES = 64 * 1024 * 1024;

/** The text of a file in a folder; undefined if it is not there. A name that leads out of the folder is none. */
export function textIn(folder: string, file: string, most = MAX_BYTES): string | undefined {
  const path = resolve(folder, file);
  if (!existsSync(path)) return undefined;
  const real = realpathSync(path);
  if (!real.startsWith(`${realpathSync(folder)}${sep}`)) return undefined;
  const { size } = statSync(real);
  if (!statSync(real).isFile()) return undefined;
  if (size > most) {
    if (most < MAX_BYTES) return undefined;
    throw new UsageError(`${path} is too large for a page: ${size} bytes`);
  }
  return readFileSync(real, 'utf8');
}

/** The run in a folder; undefined if there is none. Throws UsageError for results that cannot be read. */
export function runIn(folder: string): ShownRun | undefined {
  const text = textIn(folder, RESULTS_FILE);
  if (text === undefined) return undefined;
  return {
    summary: parseSummary(text, join(folder, RESULTS_FILE)),
    folder: shortPath(folder),
    trace: (file) => textIn(folder, file, MAX_TRACE_BYTES),
  };
}

/** Which fencelab made a run, as its record says. */
export function madeBy(folder: string): string | undefined {
  const text = textIn(folder, RECORD_FILE);
  if (text === undefined) return undefined;
  try {
    const record = runRecord.safeParse(JSON.parse(text));
    return record.success ? record.data.fencelab : undefined;
  } catch {
    return undefined;
  }
}

export function coverageIn(folder: string): CoverageReport | undefined {
  const text = textIn(folder, COVERAGE_FILE);
  return text === undefined ? undefined : parseCoverage(text, join(folder, COVERAGE_FILE));
}

/** The rows of the searches in a folder; undefined if there are none. */
export function searchesIn(folder: string): readonly SearchRow[] | undefined {
  const text = textIn(folder, ROWS_FILE);
  if (text === undefined) return undefined;
  return parseRows(text, join(folder, ROWS_FILE));
}

/** What searches have saved below a folder. */
export function findingsIn(folder: string): SavedFinding[] {
  const parent = join(folder, 'findings');
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .flatMap((slug): SavedFinding[] => {
      const inside = join(parent, slug);
      const program = textIn(folder, join('findings', slug, PROGRAM));
      if (program === undefined) return [];
      const header = parseHeader(program, join(inside, PROGRAM));
      return [
        {
          slug,
          signature: header?.signature ?? slug,
          kernel:
            header === undefined
              ? ''
              : `${header.kernel} (${header.release}), ${header.profile}; ${header.strategy}`,
          report: textIn(folder, join('findings', slug, 'report.txt')) ?? '',
          program,
          trace: textIn(folder, join('findings', slug, FINDING_TRACE), MAX_TRACE_BYTES),
          again: `fencelab rerun ${shellWord(shortPath(join(inside, PROGRAM)))}`,
        },
      ];
    });
}
