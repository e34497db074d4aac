// SPDX-License-Identifier: MIT
import { table as searchTable } from '../explore/table.js';
import { duration } from '../progress/words.js';
import { CHANGES, type NightChange } from '../result/night.js';
import { type Html, html, raw, text } from './escape.js';
import type { Column, HtmlReport, Matrix, Tally, Tone } from './report.js';

/** A sign that can be told without colour. */
export const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', skip: '–', open: '?', warn: '!' };

/** A word with its sign. */
export const toned = (word: string, tone: Tone): Html =>
  html`<span class="tone ${raw(tone)}"><span class="sign" aria-hidden="true">${text(SIGNS[tone])}</span>${text(word)}</span>`;

/** What is new, the matrix, the searches: what a person looks at first. */
export function overview(report: HtmlReport): Html {
  return html`<section id="overview" aria-labelledby="h-overview">
<h2 id="h-overview">Overview</h2>
${report.changes === undefined ? undefined : changes(report.changes)}
${report.lines.length === 0 ? undefined : html`<ul class="plain">${report.lines.map((line) => html`<li>${text(line)}</li>`)}</ul>`}
${report.matrix.rows.length + report.matrix.columns.length === 0 ? undefined : matrix(report.matrix)}
${report.searches.length === 0 ? undefined : html`<h3>Searches</h3><pre tabindex="0">${text(searchTable(report.searches), true)}</pre>`}
${report.terminal === undefined ? undefined : html`<details><summary>The same as text</summary><pre tabindex="0">${text(report.terminal, true)}</pre></details>`}
</section>`;
}

const CHANGE_TONE: Readonly<Record<NightChange['kind'], Tone>> = {
  'newly failing': 'bad',
  fixed: 'good',
  flaky: 'warn',
  slower: 'warn',
  'coverage lost': 'warn',
  'unexpected pass': 'bad',
  'not tested any more': 'open',
  'tested again': 'good',
};

function changes(all: readonly NightChange[]): Html {
  if (all.length === 0)
    return html`<h3 id="new">What is new</h3><p>Nothing has changed since the night before.</p>`;
  const sorted = CHANGES.flatMap((kind) => all.filter((one) => one.kind === kind));
  const rows = sorted.map(
    ({ kind, cell, test, text: words }) =>
      html`<tr class="filtered" data-words="${text([kind, test ?? '', cell, words].join(' '))}"><td>${toned(kind, CHANGE_TONE[kind])}</td><td class="name">${test === undefined ? undefined : text(test)}</td><td>${text(cell)}</td><td>${text(words)}</td></tr>`,
  );
  const table = (some: readonly Html[]): Html =>
    html`<div class="scroll" tabindex="0" role="group" aria-label="What is new"><table class="rows"><thead><tr><th scope="col">what</th><th scope="col">test</th><th scope="col">kernel</th><th scope="col">how</th></tr></thead><tbody>${some}</tbody></table></div>`;
  return html`<h3 id="new">What is new <span class="count">${text(String(all.length))}</span></h3>
${table(rows.slice(0, SHOWN_CHANGES))}
${rows.length > SHOWN_CHANGES ? html`<details><summary>${text(`${rows.length - SHOWN_CHANGES} more`)}</summary>${table(rows.slice(SHOWN_CHANGES))}</details>` : undefined}`;
}

/** More than these are folded. */
const SHOWN_CHANGES = 40;

function matrix({ columns, rows }: Matrix): Html {
  return html`<h3>Programs and kernels</h3>
<div class="scroll" tabindex="0" role="group" aria-label="Programs and kernels"><table class="matrix">
<thead><tr><th scope="col">program</th>${columns.map(columnHead)}</tr></thead>
<tbody>${rows.map(
    ({ program, cells }) =>
      html`<tr class="filtered" data-words="${text(program)}"><th scope="row">${text(program)}</th>${cells.map(cell)}</tr>`,
  )}</tbody></table></div>`;
}

const columnHead = ({ title, under, word, tone, reason, milliseconds }: Column): Html =>
  html`<th scope="col"><span class="kernel">${text(title)}</span><span class="under">${text(under)}</span>${toned(word, tone)}<span class="under">${text(reason ?? duration(milliseconds))}</span></th>`;

function cell(tally: Tally | undefined): Html {
  if (tally === undefined) return html`<td class="none"><span class="sr">not in this run</span></td>`;
  const { pass, red, skip, undecided, known, notrun, failure } = tally;
  const parts: Html[] = [];
  if (red > 0) {
    const words = toned(`${red} red`, 'bad');
    parts.push(failure === undefined ? words : html`<a href="#${text(failure)}">${words}</a>`);
  }
  if (undecided > 0) parts.push(toned(`${undecided} undecided`, 'open'));
  if (known > 0) parts.push(toned(`${known} expected`, 'warn'));
  if (pass > 0) parts.push(toned(`${pass} pass`, 'good'));
  if (skip > 0) parts.push(toned(`${skip} skip`, 'skip'));
  if (notrun > 0) parts.push(toned(`${notrun} not run`, 'open'));
  return html`<td>${parts}</td>`;
}
