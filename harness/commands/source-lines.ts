// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import type { SourceLine, SourceLines } from '../report/night-gitlab.js';
import { programOf, subtestOf } from '../report/night-lines.js';

const GUEST = 'vm-images/guest';
/** An assertion says only the name of its file; where two have the same, it is more likely of a test. */
const FIRST = `${GUEST}/tests/`;

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

/**
 * Where in the sources of the test programs something is.
 *
 * @param root the project's folder
 * @param night the folder of the night or run, relative to the root: programs of findings are in it
 * @param file what plans the night, relative to the root
 */
export function sourceLines(root: string, night: string, file: string): SourceLines {
  const sources = readSources(root);
  return {
    ofTest: (cell, { name, why }) => {
      if (programOf(name) === 'explore')
        return {
          path: posix.join(night, cell.folder ?? '', 'findings', subtestOf(name), 'program.prog'),
          line: 1,
        };
      const at = asserted(sources, why ?? '');
      // What tests have in common asserts for all of them: the test itself says more
      if (at?.path.startsWith(FIRST)) return at;
      return declared(sources, programOf(name), subtestOf(name)) ?? at ?? START;
    },
    ofNight: () => ({ path: file, line: 1 }),
  };
}

const START: SourceLine = { path: `${GUEST}/main.c`, line: 1 };

function readSources(root: string): readonly Source[] {
  const names = readdirSync(join(root, GUEST), { recursive: true, encoding: 'utf8' });
  const paths = names.filter((name) => name.endsWith('.c')).map((name) => posix.join(GUEST, name));
  const sources = paths
    .sort()
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n') }));
  return [
    ...sources.filter(({ path }) => path.startsWith(FIRST)),
    ...sources.filter(({ path }) => !path.startsWith(FIRST)),
  ];
}

/** "own check: import.c:120: ..." */
function asserted(sources: readonly Source[], why: string): SourceLine | undefined {
  const [, file, digits] = /(?:^|[\s/])([\w-]+\.c):(\d{1,6})\b/.exec(why) ?? [];
  const line = Number(digits);
  const found = sources.find(
    ({ path, lines }) => basename(path) === file && line >= 1 && line <= lines.length,
  );
  return found === undefined ? undefined : { path: found.path, line };
}

/** The row of the table of a program's subtests; where only the program is found, its beginning. */
function declared(sources: readonly Source[], program: string, subtest: string): SourceLine | undefined {
  const [name] = subtest.split('@', 1);
  const suites = sources.filter(({ lines }) =>
    lines.some((text) => text.startsWith('FL_SUITE') && text.includes(`"${program}"`)),
  );
  for (const { path, lines } of suites) {
    const at = lines.findIndex((text) => text.includes(`{ "${name}",`));
    if (at >= 0) return { path, line: at + 1 };
  }
  const [suite] = suites;
  return suite === undefined ? undefined : { path: suite.path, line: 1 };
}
