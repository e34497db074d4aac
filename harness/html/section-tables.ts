// SPDX-License-Identifier: MIT
import { type Html, html, raw, text } from './escape.js';
import type { Table } from './markdown-table.js';
import type { HtmlReport } from './report.js';

/** Seeded bugs and who notices them; designs and which promises they keep. */
export function tables({ mutants, designs }: HtmlReport): Html {
  return html`${mutants === undefined ? undefined : one('mutants', 'Seeded bugs', 'Each breaks one thing of the series. A test suite that lets one of them pass does not test that promise.', mutants)}
${designs === undefined ? undefined : one('designs', 'Designs', 'Every order of submissions, moves, imports, exports and signals of up to five steps on two buffers; "broken in 3" means that three steps suffice.', designs)}`;
}

const one = (id: string, title: string, intro: string, table: Table): Html =>
  html`<section id="${text(id)}" aria-labelledby="h-${text(id)}"><h2 id="h-${text(id)}">${text(title)}</h2><p>${text(intro)}</p>
<div class="scroll" tabindex="0" role="group" aria-label="${text(title)}"><table class="rows wide"><thead><tr>${table.head.map((cell) => html`<th scope="col">${words(cell)}</th>`)}</tr></thead>
<tbody>${table.rows.map((row) => html`<tr class="filtered" data-words="${text(row.join(' '))}">${row.map((cell, at) => (at === 0 ? html`<th scope="row">${words(cell)}</th>` : html`<td>${words(cell)}</td>`))}</tr>`)}</tbody></table></div></section>`;

/** What is in backticks is code. */
const words = (cell: string): Html =>
  raw(
    cell
      .split('`')
      .map((part, at) => (at % 2 === 1 ? html`<code>${text(part)}</code>` : text(part)))
      .join(''),
  );
