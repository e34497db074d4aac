// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { type Html, html, raw, text } from './escape.js';
import { plots } from './plots.js';
import type { HtmlReport } from './report.js';
import { coverage } from './section-coverage.js';
import { failures } from './section-failures.js';
import { overview, toned } from './section-overview.js';
import { results } from './section-results.js';
import { tables } from './section-tables.js';

/** What the page carries along: its style sheet and its script, as they are in harness/html/assets. */
export interface Assets {
  readonly style: string;
  readonly script: string;
}

const hashOf = (content: string): string =>
  `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/**
 * The whole page: one file that loads nothing. Its policy allows this style sheet and this script by their hashes, and
 * nothing else, so that markup which got in all the same could do nothing. Pure.
 */
export function pageOf(report: HtmlReport, { style, script }: Assets): string {
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${text(`${report.verdict.word}: ${report.title}`)}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skiplink" href="#main">Skip to the content</a>
${head(report)}
${navigation(report)}
<main id="main" tabindex="-1">
${overview(report)}
${failures(report)}
${results(report)}
${coverage(report.coverage)}
${plots(report.history)}
${tables(report)}
</main>
<footer>${text(report.made)}</footer>
<script>${raw(script)}</script>
</body>
</html>
`;
}

function head({ title, verdict, facts }: HtmlReport): Html {
  return html`<header class="top"><h1>${text(title)}</h1>
<p><span class="verdict ${raw(verdict.tone)}">${toned(verdict.word, verdict.tone)}</span>${verdict.reason === undefined ? undefined : text(verdict.reason)}</p>
<dl class="facts">${facts.map(({ name, value }) => html`<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`)}</dl></header>`;
}

function navigation(report: HtmlReport): Html {
  const links: readonly (readonly [string, string, boolean])[] = [
    ['new', 'What is new', report.changes !== undefined],
    ['overview', 'Overview', true],
    ['failures', `Failures (${report.failures.length + report.moreFailures})`, true],
    ['results', 'Results', true],
    ['coverage', 'Coverage', report.coverage.length > 0],
    ['history', 'History', report.history.length > 0],
    ['mutants', 'Seeded bugs', report.mutants !== undefined],
    ['designs', 'Designs', report.designs !== undefined],
  ];
  return html`<nav aria-label="Sections"><div>${links.filter(([, , there]) => there).map(([id, words]) => html`<a href="#${text(id)}">${text(words)}</a>`)}
<div class="find" id="find" hidden><span><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> failures</span><label><span class="sr">Filter everything by words</span><input type="search" id="filter" placeholder="filter" autocomplete="off" spellcheck="false"></label></div></div></nav>`;
}
