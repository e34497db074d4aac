// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { isRedTest, type Night, type NightCell, type NightTest } from '../result/night.js';
import { cellLine, whyLine } from './night-lines.js';
import { oneLine } from './tap-lines.js';

/** A place in the repository. */
export interface SourceLine {
  /** From the repository's root, with "/". */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Where in the repository something is written down. */
export interface SourceLines {
  /** The assertion that `why` names, else where the subtest is declared, else the program of a finding. */
  ofTest(cell: NightCell, test: NightTest): SourceLine;
  /** What plans the night. */
  ofNight(night: Night): SourceLine;
}

/** One remark on a line of a source file, as GitLab's Code Quality report has it. */
export interface Annotation {
  readonly description: string;
  readonly check_name: string;
  /** The same for the same failure in another night, different from all others of this night. */
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const DESCRIPTION_MOST = 500;

/**
 * What is red in a night, as remarks in the diff of a merge request (`artifacts:reports:codequality`). What is expected to
 * fail, or flaky, is left out: it would be shown with each merge request.
 */
export function nightAnnotations(night: Night, lines: SourceLines): readonly Annotation[] {
  const fingerprint = fingerprints();
  return night.cells.flatMap((cell): Annotation[] => {
    const red = cell.tests.filter(isRedTest);
    const tests = red.map(
      (test): Annotation => ({
        description: description(`${test.name} on ${cell.id}: ${whyLine(test)}`),
        check_name: oneLine(test.name),
        fingerprint: fingerprint(cell.id, test.name, test.judged, withoutNumbers(test.why ?? '')),
        severity: severity(test),
        location: location(lines.ofTest(cell, test)),
      }),
    );
    if (cell.verdict === 'holds' || red.length > 0) return tests;
    return [
      {
        description: description(`${cell.id}: ${cellLine(cell)}`),
        check_name: 'cell',
        fingerprint: fingerprint(cell.id, cell.verdict, withoutNumbers(cell.reason ?? '')),
        severity: cell.verdict === 'fails' ? 'major' : 'minor',
        location: location(lines.ofNight(night)),
      },
    ];
  });
}

const location = ({ path, line }: SourceLine): Annotation['location'] => ({ path, lines: { begin: line } });

function severity({ judged, outcome }: NightTest): Annotation['severity'] {
  if (judged === 'unexpected-pass') return 'minor';
  return outcome === 'crash' || outcome === 'hang' ? 'critical' : 'major';
}

const description = (text: string): string => {
  const line = oneLine(text);
  return line.length <= DESCRIPTION_MOST ? line : `${line.slice(0, DESCRIPTION_MOST - 3)}...`;
};

/** Counts, addresses, lines and names of variables are not the same each night. */
const withoutNumbers = (text: string): string => text.replace(/\b0x[0-9a-f]+\b|\d+/gi, 'N');

/** GitLab shows only the first of those that are alike: the second gets one of its own. */
function fingerprints(): (...parts: string[]) => string {
  const seen = new Map<string, number>();
  return (...parts) => {
    const key = JSON.stringify(parts);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return createHash('sha256')
      .update(times === 1 ? key : `${key}#${times}`)
      .digest('hex');
  };
}
