// SPDX-License-Identifier: MIT
import picomatch from 'picomatch';
import { UsageError } from '../errors.js';
import type { Expected } from '../result/night.js';
import type { Beside } from './plan.js';

/** What the files of expectations are called: KERNEL-PROFILE and one of these. As drm-ci has them. */
export const KINDS = { fails: 'fail', flakes: 'flaky', skips: 'skip' } as const;
type Kind = keyof typeof KINDS;

/** A line of such a file. */
interface Row {
  readonly expected: Expected;
  readonly pattern: string;
  readonly matches: (name: string) => boolean;
  readonly why: string;
  /** "ci/expectations/6.1-fast-fails.txt, line 3" */
  readonly place: string;
}

/** What a test is expected to do, and who says so. */
export interface Expectation {
  readonly expected: Expected;
  /** What is written behind the pattern; empty where nothing is. */
  readonly why: string;
}

/** A report in the kernel's log is a test only in nights that have it; so is what a search finds. */
const ONLY_WHEN_SEEN = /^(?:kernel-log|explore)@/;

const AS_THE_REST: Expectation = { expected: 'pass', why: '' };

/** What people expect of the tests on one kernel with one profile. */
export class Expectations {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  /** `skip` counts before `flaky`, `flaky` before `fail`. */
  of(name: string): Expectation {
    const found = this.#rows.filter(({ matches }) => matches(name));
    for (const expected of ['skip', 'flaky', 'fail'] as const) {
      const row = found.find((one) => one.expected === expected);
      if (row !== undefined) return row;
    }
    return AS_THE_REST;
  }

  /** Places of lines that match none of the names. What comes and goes, and is a test only when it comes, may be away. */
  unmatched(names: readonly string[]): string[] {
    return this.#rows
      .filter(({ expected, pattern }) => !(expected === 'flaky' && ONLY_WHEN_SEEN.test(pattern)))
      .filter(({ matches }) => !names.some(matches))
      .map(({ place, pattern }) => `${place}: ${pattern}`);
  }
}

/** The files that belong to a kernel and a profile. */
export const filesOf = (slug: string): { name: string; kind: Kind }[] =>
  (Object.keys(KINDS) as Kind[]).map((kind) => ({ name: `${slug}-${kind}.txt`, kind }));

/**
 * Reads the files of one kernel and profile; those that are not there are no error. `folder`: as the user would name it.
 * Throws UsageError with file, line and reason.
 */
export function readExpectations(slug: string, files: readonly Beside[], folder: string): Expectations {
  const rows = filesOf(slug).flatMap(({ name, kind }) => {
    const text = files.find((file) => file.name === name)?.text;
    return text === undefined ? [] : parseFile(text, `${folder}/${name}`, KINDS[kind]);
  });
  const seen = new Map<string, string>();
  for (const { pattern, place } of rows) {
    const before = seen.get(pattern);
    if (before !== undefined) throw refused(place, `"${pattern}" is there already: ${before}`);
    seen.set(pattern, place);
  }
  return new Expectations(rows);
}

/** A pattern a line; `#` begins a comment, behind a pattern it says why. */
function parseFile(text: string, file: string, expected: Expected): Row[] {
  return text.split('\n').flatMap((line, at): Row[] => {
    const [, before = '', comment = ''] = /^(.*?)(?:(?:^|\s)#\s*(.*))?$/.exec(line.replace(/\r$/, '')) ?? [];
    const pattern = before.trim();
    if (pattern === '') return [];
    const place = `${file}, line ${at + 1}`;
    const wrong = whatIsWrong(pattern);
    if (wrong !== undefined) throw refused(place, `"${pattern}" ${wrong}`);
    const whole = pattern.includes('@') ? pattern : `${pattern}@*`;
    const matches = picomatch(whole, { dot: true, nonegate: true });
    return [{ expected, pattern, matches: (name) => matches(name), why: comment.trim(), place }];
  });
}

function whatIsWrong(pattern: string): string | undefined {
  if (/\s/.test(pattern)) return 'is two words: write one pattern a line, and behind it "# why"';
  if (!/^[\w@.+*?[\]{},!:-]+$/.test(pattern)) return 'has a character that no test has in its name';
  if (/^\*(@\*)?$|^\*\*$/.test(pattern)) return 'is every test: leave out the cell instead ([[exclude]])';
  return undefined;
}

const refused = (place: string, why: string): UsageError =>
  new UsageError(`${place}: ${why}`, {
    remedy: 'A line is PROGRAM, PROGRAM@SUBTEST or a glob of either, then "# why it is expected".',
  });

/** A file of the folder that is none of these is most likely misnamed. */
export function misnamed(names: readonly string[]): string | undefined {
  return names.find((name) => name.endsWith('.txt') && !/-(fails|flakes|skips)\.txt$/.test(name));
}
