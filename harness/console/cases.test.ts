// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { parseConsole } from './console.js';

/** cases/NAME: README.md says what it is, console.log what came, expected.json what it means (UPDATE_EXPECTED=1 writes it). */
const cases = new URL('../../../harness/console/cases/', import.meta.url);
const names = readdirSync(cases).sort();

/** Everything but the lines of a splat's text: its size, its first and its last line tell whether it was cut right. */
function digest(log: string): unknown {
  const report = parseConsole(log);
  return JSON.parse(
    JSON.stringify({
      ...report,
      splats: report.splats.map(({ text, ...splat }) => {
        const lines = text.split('\n');
        return { ...splat, lines: lines.length, first: lines[0], last: lines.at(-1) };
      }),
      markers: report.markers.map((m) => Object.values(m).join(' ')),
    }),
  );
}

for (const name of names)
  t.test(name, async (t) => {
    const folder = new URL(`${name}/`, cases);
    t.match(readFileSync(new URL('README.md', folder), 'utf8'), /^(Recorded: |Written by hand )/m);
    const got = digest(readFileSync(new URL('console.log', folder), 'utf8'));
    const expected = new URL('expected.json', folder);
    if (process.env['UPDATE_EXPECTED']) writeFileSync(expected, `${JSON.stringify(got, null, 2)}\n`);
    t.same(got, JSON.parse(readFileSync(expected, 'utf8')));
  });

t.test('the corpus is large enough', async (t) => {
  t.ok(names.length >= 20, `${names.length} cases`);
});
