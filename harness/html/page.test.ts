// SPDX-License-Identifier: MIT
import { SaxesParser } from 'saxes';
import t from 'tap';
import { golden } from '../report/testing/golden.js';
import { ReportBuilder } from './builder.js';
import { tableIn } from './markdown-table.js';
import { addNight, nightWord } from './of-night.js';
import { addRun, runColumn, runLines } from './of-run.js';
import { pageOf } from './page.js';
import type { HtmlReport } from './report.js';
import { seededIn } from './seeded.js';
import { sampleNight, sampleRun } from './testing/samples.js';

async function sample(): Promise<HtmlReport> {
  const { summary, traces } = sampleRun();
  const builder = new ReportBuilder();
  addRun(builder, builder.column(runColumn(summary)), {
    summary,
    folder: 'results/run',
    trace: (file) => traces[file],
  });
  return {
    ...(await builder.build()),
    title: 'debian:5.10 (5.10.262)',
    verdict: { word: 'FAILS', tone: 'bad', reason: undefined },
    facts: [{ name: 'profile', value: 'fast' }],
    lines: runLines(summary),
    changes: undefined,
    searches: [],
    coverage: [],
    history: [],
    mutants: undefined,
    designs: undefined,
    terminal: undefined,
    made: 'fencelab 0.1.0',
  };
}

const ASSETS = { style: '', script: '' };

/** The words of a page, an element a line. */
function wordsOf(page: string): string {
  const parts: string[] = [];
  const parser = new SaxesParser({ fragment: true });
  const quiet = new Set(['style', 'script', 'noscript', 'nav']);
  const open: string[] = [];
  parser.on('opentag', ({ name, isSelfClosing }) => {
    if (!isSelfClosing) open.push(name);
    if (/^(?:h\d|p|li|tr|text|summary|svg|dt)$/.test(name)) parts.push('\n');
    else if (/^(?:td|th|dd)$/.test(name)) parts.push(' | ');
  });
  parser.on('closetag', () => open.pop());
  parser.on('text', (text) => {
    if (!open.some((name) => quiet.has(name))) parts.push(text);
  });
  parser.on('error', (error) => {
    throw error;
  });
  const body = page.slice(page.indexOf('<main'), page.indexOf('</main>') + '</main>'.length);
  parser.write(body.replace(/ hidden>/g, ' hidden="">').replace(/ open>/g, ' open="">')).close();
  const lines = parts
    .join('')
    .split('\n')
    .map((line) => line.trim());
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

t.test('what a page of a run says, word by word', async (t) => {
  const said = wordsOf(pageOf(await sample(), ASSETS));
  golden(t, 'page.txt', said);
  t.match(said, /P1 t0 is lost: not there any more, or not waited for/, 'the words of the terminal');
});

t.test('a page loads nothing: its policy has a hash each for what it carries along', async (t) => {
  const page = pageOf(await sample(), { style: 'p{}', script: '1' });
  t.match(
    page,
    /default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; base-uri 'none'/,
  );
  t.notMatch(page, /(?:src|href)="(?!#)/, 'links lead to places in the page only');
  t.notMatch(page, / style="/);
  t.notMatch(page, / on\w+="/);
});

t.test(
  'a night: newly failing comes first, expected failures are no failures, and cells without tests are there',
  async (t) => {
    const night = sampleNight();
    const builder = new ReportBuilder();
    const { summary, traces } = sampleRun();
    const run = { summary, folder: 'results/run', trace: (file: string) => traces[file] };
    addNight(builder, night, (cell) => ({
      run: cell.kernel === 'debian:5.10' ? run : undefined,
      findings: [],
    }));
    const { failures, matrix, results } = await builder.build();
    t.equal(failures[0]?.name, 'import@subtest-0', 'it is new, though its kernel comes second');
    t.equal(failures[0]?.where, 'debian:6.1/fast/2d/check');
    t.ok(failures.some(({ name, scene }) => name === 'import@writer-keeps-readers' && scene !== undefined));
    t.equal(matrix.columns.length, 4);
    t.match(matrix.columns[3], { word: 'COULD NOT BE TESTED', reason: /does not boot/ });
    const order = matrix.rows.find(({ program }) => program === 'order');
    t.match(order?.cells[1], { pass: 3, known: 1, red: 0 });
    t.equal(order?.cells[3], undefined);
    t.equal(results.rows.find(([name]) => name === 'poll@subtest-1')?.[0], 'poll@subtest-1');
    t.same(nightWord(night), { word: 'FAILS', tone: 'bad' });
    t.match(nightWord({ ...night, cells: night.cells.slice(0, 1) }), { word: 'HOLDS' });
    t.match(nightWord({ ...night, cells: night.cells.filter(({ verdict }) => verdict !== 'fails') }), {
      tone: 'open',
    });
  },
);

const MARKDOWN = `text
| mutant | breaks | noticed by |
|---|---|---|
| [fence-leak](x.patch) | P4 | \`growth/a\` |
| live-export | P8 | nobody |

| other | table |
|---|---|
| 1 | 2 |
`;

t.test('a table out of a text, and what a night says of seeded bugs', async (t) => {
  const table = tableIn(MARKDOWN, 'mutant');
  t.same(table, {
    head: ['mutant', 'breaks', 'noticed by'],
    rows: [
      ['fence-leak', 'P4', '`growth/a`'],
      ['live-export', 'P8', 'nobody'],
    ],
  });
  if (table === undefined) return;
  t.equal(tableIn(MARKDOWN, 'nothing'), undefined);
  const night = sampleNight();
  t.equal(seededIn(table, night), table);
  const [, cell] = night.cells;
  if (cell === undefined) return;
  const mutant = (patch: string) =>
    seededIn(table, { cells: [{ ...cell, patch }] }).rows.map((row) => row.at(-1));
  t.same(mutant('linux-5.10 + fence-leak.patch'), ['`import@subtest-0`, `order@subtest-2`', 'not tested']);
  const blind = { ...cell, patch: 'live-export', tests: cell.tests.filter(({ judged }) => judged === 'ok') };
  t.same(seededIn(table, { cells: [blind] }).rows[1]?.at(-1), 'NOT NOTICED');
});
