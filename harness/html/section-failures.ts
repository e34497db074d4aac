// SPDX-License-Identifier: MIT
import type { WorldView } from '../../models/index.js';
import { plural } from '../report/lines.js';
import { type Html, html, raw, text } from './escape.js';
import type { FailureView, FindingView, HtmlReport } from './report.js';
import type { Scene } from './scene.js';
import { toned } from './section-overview.js';
import { svgOf } from './svg.js';

/** Each failure: what the model finds, allowed against got, the drawing, the state before, how to repeat it. */
export function failures({ failures: all, moreFailures }: HtmlReport): Html {
  if (all.length === 0)
    return html`<section id="failures" aria-labelledby="h-failures"><h2 id="h-failures">Failures</h2><p>None.</p></section>`;
  const drawn = all.some(({ scene }) => scene !== undefined);
  return html`<section id="failures" aria-labelledby="h-failures">
<h2 id="h-failures">Failures <span class="count">${text(String(all.length + moreFailures))}</span></h2>
${drawn ? legend() : undefined}
${all.map(failure)}
${moreFailures > 0 ? html`<p>${text(`${moreFailures} more are in the list of results.`)}</p>` : undefined}
</section>`;
}

const key = (symbol: string, words: string): Html =>
  html`<li><svg class="scene key" width="36" height="20" viewBox="0 0 36 20" aria-hidden="true">${raw(symbol)}</svg>${text(words)}</li>`;

const legend = (): Html => html`<details class="legend"><summary>How to read the drawings</summary>
<p>Time goes down, an op a row. A line is a fence, a bar in a box is a slot of a buffer's reservation object that holds it.</p>
<ul class="keys">${[
  key('<path class="life k0" d="M18 4V20"/><circle class="born k0" cx="18" cy="5" r="4"/>', 'made'),
  key('<path class="life k0" d="M18 0V20"/>', 'pending'),
  key(
    '<path class="life k0" d="M18 0V10"/><circle class="dot k0" cx="18" cy="10" r="5"/><path class="held k0" d="M18 10V20"/>',
    'signalled; still held',
  ),
  key(
    '<path class="life k0" d="M18 0V10"/><path class="err k0" d="M13 5l10 10M13 15l10 -10"/>',
    'ended with an error',
  ),
  key(
    '<rect class="file" x="15" y="3" width="6" height="17" rx="3"/><rect class="pill" x="6" y="1" width="24" height="14" rx="3"/>',
    'a sync_file; dots on its row are its fences',
  ),
  key('<rect class="slot k0 open" x="4" y="2" width="28" height="16" rx="3"/>', 'a slot'),
  key(
    '<circle class="ring" cx="18" cy="10" r="8"/><path class="ring" d="M12.4 15.6L23.6 4.4"/>',
    'should be in the result, and is not',
  ),
  key(
    '<circle class="ring" cx="18" cy="10" r="8"/><path class="ring" d="M13 10h10M18 5v10"/>',
    'is in the result, and should not be',
  ),
]}</ul></details>`;

function failure(one: FailureView): Html {
  const { id, name, where, word, promises, purpose, reasons, finding, text: terminal, splats, again } = one;
  const words = [name, where ?? '', ...reasons].join(' ');
  return html`<article class="failure filtered" id="${text(id)}" tabindex="-1" aria-labelledby="${text(id)}-h" data-words="${text(words)}">
<header><h3 id="${text(id)}-h"><a class="anchor" href="#${text(id)}"><bdi>${text(name)}</bdi></a></h3>
<p class="tags">${toned(word, 'bad')}${promises.map((p) => html` <span class="tag">${text(p)}</span>`)}${where === undefined ? undefined : html` <span class="tag">${text(where)}</span>`}</p></header>
${purpose === '' ? undefined : html`<p class="purpose">${text(purpose)}</p>`}
${finding === undefined ? undefined : found(finding)}
${otherReasons(one)}
<div class="sight">${drawing(one)}${finding === undefined ? undefined : stateBefore(finding)}</div>
${splats.map(({ title, text: log }) => html`<details><summary>kernel log: ${text(title)}</summary><pre tabindex="0">${text(log, true)}</pre></details>`)}
${terminal === undefined ? undefined : html`<details><summary>The same as text</summary><pre tabindex="0">${text(terminal, true)}</pre></details>`}
${again === undefined ? undefined : html`<p class="again"><span>again</span> <code tabindex="0">${text(again)}</code></p>`}
</article>`;
}

/** What the model says is told above, in parts. */
function otherReasons({ reasons, finding }: FailureView): Html | undefined {
  const shown = finding === undefined ? reasons : reasons.filter((line) => !line.startsWith('model: '));
  if (shown.length === 0) return undefined;
  return html`<ul class="reasons">${shown.map((line) => html`<li>${text(line)}</li>`)}</ul>`;
}

function found({ promise, words, op, call, got, allowed }: FindingView): Html {
  const results = allowed.length === 0 ? ['nothing: the kernel is down'] : allowed;
  return html`<p class="finding"><strong>${text(promise)}</strong> ${text(words)}</p>
<div class="scroll"><table class="against"><tbody>
<tr><th scope="row">op ${op}</th><td><code>${text(call)}</code></td></tr>
<tr class="got"><th scope="row">got</th><td>${differing(got, results)}</td></tr>
${results.map((result, at) => html`<tr class="allowed"><th scope="row">${text(at === 0 ? 'allowed' : 'or')}</th><td>${differing(result, [got])}</td></tr>`)}
</tbody></table></div>`;
}

/** A result, its words marked that are in none of the others. */
function differing(result: string, others: readonly string[]): Html {
  const known = new Set(others.flatMap((other) => other.split(' ')));
  const parts = result
    .split(' ')
    .map((word) => (known.has(word) ? text(word) : html`<mark>${text(word)}</mark>`));
  return html`<code>${raw(parts.join(' '))}</code>`;
}

function drawing({ id, name, scene, noScene }: FailureView): Html | undefined {
  if (scene === undefined)
    return noScene === undefined ? undefined : html`<p class="note">${text(`Not drawn: ${noScene}`)}</p>`;
  const title = `What happened in ${name}, op by op`;
  return html`<figure><div class="scroll drawn" tabindex="0" role="group" aria-label="${text(title)}">${svgOf(scene, `${id}-d`, title)}</div>
${caption(scene)}</figure>`;
}

function caption({ leftOut, possibilities, states }: Scene): Html | undefined {
  const said: string[] = [];
  if (leftOut.ops > 0)
    said.push(
      `${plural(leftOut.ops, 'op')} of the trace ${leftOut.ops === 1 ? 'is' : 'are'} not drawn: they do not touch what this one is about, or are too far back`,
    );
  if (leftOut.fences > 0) said.push(`${plural(leftOut.fences, 'fence')} and their slots not drawn`);
  if (leftOut.files > 0) said.push(`${plural(leftOut.files, 'sync_file')} not drawn`);
  if (possibilities > 1) said.push(`one of ${possibilities} states that are possible`);
  if (!states) said.push('no single order of these ops explains their results, so that no states are drawn');
  return said.length === 0 ? undefined : html`<figcaption>${text(`${said.join('; ')}.`)}</figcaption>`;
}

const SHOWN_STATES = 4;
/** Rows of a state that is shown without being asked for. */
const SHORT_STATE = 24;

function stateBefore({ before }: FindingView): Html {
  return html`<div class="before">${before.slice(0, SHOWN_STATES).map((view, at) => {
    const head = before.length === 1 ? 'before it:' : `before it, possibility ${at + 1}:`;
    return html`<details class="state"${before.length === 1 && view.rows.length + view.slots.length <= SHORT_STATE ? raw(' open') : undefined}><summary>${text(head)}</summary>${state(view)}</details>`;
  })}${before.length > SHOWN_STATES ? html`<p class="note">${text(`${before.length - SHOWN_STATES} more possibilities are in the text.`)}</p>` : undefined}</div>`;
}

function state({ rows, slots }: WorldView): Html {
  return html`<div class="states"><div class="scroll"><table class="rows mono"><tbody>${rows.map(
    ({ variable, descriptor, words }) =>
      html`<tr><th scope="row">${text(variable)}</th><td>${text(`fd ${descriptor}`)}</td><td>${text(words)}</td></tr>`,
  )}</tbody></table></div>
${
  slots.length === 0
    ? undefined
    : html`<div class="scroll"><table class="rows mono"><thead><tr><th scope="col">buffer</th><th scope="col">usage</th><th scope="col">fence</th></tr></thead><tbody>${slots.map(
        ({ buffer, usage, leaf, copies }) =>
          html`<tr><td>${text(buffer)}</td><td>${text(usage)}</td><td>${text(leaf)}${copies > 1 ? text(` up to ${copies} slots`) : undefined}</td></tr>`,
      )}</tbody></table></div>`
}</div>`;
}
