// SPDX-License-Identifier: MIT
import { escapeJson, type Html, html, raw, text, visible } from './escape.js';
import type { HtmlReport, Results } from './report.js';

/** Every result: rows are made by script.js of those that are looked at. */
export function results({ results: all }: HtmlReport): Html {
  return html`<section id="results" aria-labelledby="h-results">
<h2 id="h-results">Results <span class="count">${text(String(all.rows.length))}</span></h2>
<noscript><p>This list needs JavaScript. What failed is above; all of it is in the folder of the run as JSON.</p></noscript>
<div id="list" hidden>
<p class="tools"><label>show <select id="which"><option value="">all</option>${[...new Set(all.words.map(({ word }) => word))].map((word) => html`<option>${text(word)}</option>`)}</select></label>
<label>sort <select id="sort"><option value="">as they ran</option><option value="name">by name</option><option value="time">slowest first</option></select></label>
<span id="shown" role="status"></span></p>
<div id="table" role="table" aria-label="Results" tabindex="0"><div id="space"></div></div>
</div>
<script type="application/json" id="data">${raw(escapeJson(shown(all)))}</script>
</section>`;
}

/** What the script puts on the page is text, but what cannot be seen in it has to be made visible here. */
const shown = ({ cells, words, rows }: Results): Results => ({
  cells: cells.map((cell) => visible(cell)),
  words,
  rows: rows.map(([name, cell, word, ms, why, failure]) => [
    visible(name),
    cell,
    word,
    ms,
    visible(why),
    failure,
  ]),
});
