// SPDX-License-Identifier: MIT
import { basename } from 'node:path/posix';
import type { CoverageReport, FileReport } from '../cover/coverage-file.js';
import { escapeText, type Html, html, raw, text } from './escape.js';

/** The dma-buf sources line by line: reached, not reached and why, or not told by anybody. */
export function coverage(all: readonly CoverageReport[]): Html | undefined {
  if (all.length === 0) return undefined;
  return html`<section id="coverage" aria-labelledby="h-coverage"><h2 id="h-coverage">Coverage</h2>
<p>A line is counted where a piece of code begins that runs as a whole. ${raw('<span class="good">+</span>')} reached, ${raw('<span class="bad">✕</span>')} not reached and nobody has said why, ${raw('<span>–</span>')} not reached, with the reason behind it.</p>
${all.map(one)}</section>`;
}

function one({ target, files }: CoverageReport): Html {
  const covered = files.reduce((sum, file) => sum + file.covered, 0);
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  return html`<h3>${text(`${target.kernel} (${target.release}), patch ${target.patch}`)}</h3>
<div class="scroll"><table class="rows"><thead><tr><th scope="col">file</th><th scope="col">lines</th><th scope="col"></th><th scope="col">functions</th></tr></thead><tbody>${files.map(
    (file) =>
      html`<tr><th scope="row" class="mono">${text(basename(file.file))}</th><td>${text(`${file.covered}/${file.lines}`)}</td><td>${text(percent(file.covered, file.lines))}</td><td>${text(`${file.functions.filter(({ reached }) => reached).length}/${file.functions.length}`)}</td></tr>`,
  )}<tr><th scope="row">all</th><td>${text(`${covered}/${lines}`)}</td><td>${text(percent(covered, lines))}</td><td></td></tr></tbody></table></div>
${files.map(source)}`;
}

const percent = (part: number, whole: number): string =>
  `${whole === 0 ? 0 : Math.floor((100 * part) / whole)} %`;

type Counted = FileReport['functions'][number]['lines'][number];

function source(file: FileReport): Html {
  const counted = new Map(
    file.functions.flatMap(({ lines }) => lines.map((line) => [line.line, line] as const)),
  );
  const open = [...counted.values()].filter(({ reached, why }) => !reached && why === undefined).length;
  const words = `${file.file}: ${percent(file.covered, file.lines)}${open === 0 ? '' : `, ${open} not reached and not explained`}`;
  if (file.source.length === 0)
    return html`<details class="filtered" data-words="${text(file.file)}"><summary>${text(words)}</summary><p class="note">Its source was not at hand when the kernel was tested.</p></details>`;
  const parts = file.source.map(({ first, text: lines }) =>
    lines.map((words, n) => lineOf(first + n, words, counted.get(first + n))).join(''),
  );
  return html`<details class="filtered" data-words="${text(file.file)}"><summary>${text(words)}</summary><div class="source" tabindex="0" role="group" aria-label="${text(file.file)}">${raw(parts.join('<div class="skip-lines">…</div>'))}</div></details>`;
}

function lineOf(number: number, words: string, counted: Counted | undefined): string {
  if (counted === undefined) return `<div><b>${number}</b><i></i>${escapeText(words)}</div>`;
  const { reached, why } = counted;
  const [kind, sign] = reached ? ['y', '+'] : why === undefined ? ['n', '✕'] : ['e', '–'];
  return `<div class="${kind}"><b>${number}</b><i>${sign}</i>${escapeText(words)}${why === undefined || reached ? '' : `<em>${escapeText(why)}</em>`}</div>`;
}
