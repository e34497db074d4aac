// SPDX-License-Identifier: MIT
import { duration, grouped } from '../progress/words.js';
import { plural } from '../report/lines.js';
import { escapeText, type Html, html, raw, text } from './escape.js';
import type { HistoryNight } from './history.js';

const WIDTH = 520;
const HEIGHT = 190;
const LEFT = 78;
const RIGHT = 12;
const TOP = 34;
const BOTTOM = 34;

interface Series {
  readonly title: string;
  /** Worse when it grows: drawn in the colour of what fails. */
  readonly bad: boolean;
  value(night: HistoryNight): number | undefined;
  words(value: number): string;
  /** The least that the axis shows. */
  readonly least: number;
  /** Steps of the axis are round multiples of it (default: of a power of ten). */
  readonly unit?: number;
}

/** "25 min", and not "25 min 0 s". */
const spanOf = (ms: number): string => (ms === 0 ? '0' : duration(ms).replace(/ 0 (?:s|min)$/, ''));

const SERIES: readonly Series[] = [
  { title: 'failures', bad: true, value: ({ red }) => red, words: grouped, least: 4, unit: 1 },
  {
    title: 'duration',
    bad: false,
    value: ({ milliseconds }) => milliseconds,
    words: spanOf,
    least: 1000,
    unit: 60_000,
  },
  { title: 'ops that the model judged', bad: false, value: ({ ops }) => ops, words: grouped, least: 10 },
  {
    title: 'coverage of the dma-buf sources',
    bad: false,
    value: ({ coverage }) =>
      coverage === undefined || coverage.of === 0 ? undefined : (100 * coverage.reached) / coverage.of,
    words: (value) => `${Math.round(value * 10) / 10} %`,
    least: 100,
  },
];

/** How failures, duration, ops and coverage went over the nights. */
export function plots(nights: readonly HistoryNight[]): Html | undefined {
  if (nights.length === 0) return undefined;
  const rows = nights.map(
    (night) =>
      html`<tr><th scope="row">${text(night.date)}</th><td>${text(night.night)}</td>${SERIES.map((series) => {
        const value = series.value(night);
        return html`<td>${text(value === undefined ? '-' : series.words(value))}</td>`;
      })}<td>${text(grouped(night.tests))}</td></tr>`,
  );
  return html`<section id="history" aria-labelledby="h-history"><h2 id="h-history">History <span class="count">${text(plural(nights.length, 'night'))}</span></h2>
<div class="plots">${SERIES.map((series) => plot(series, nights))}</div>
<details><summary>The same as a table</summary><div class="scroll" tabindex="0" role="group" aria-label="History"><table class="rows"><thead><tr><th scope="col">date</th><th scope="col">night</th>${SERIES.map(({ title }) => html`<th scope="col">${text(title)}</th>`)}<th scope="col">tests</th></tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}

/** A round number that is no less, and how many steps of it are shown. `unit`: steps are whole multiples of it. */
export function axisOf(most: number, unit?: number): { top: number; step: number } {
  if (!(most > 0)) return { top: unit ?? 1, step: unit ?? 1 };
  const rough = most / 4 / (unit ?? 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = (unit === undefined ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10]).map((n) => n * power);
  const found = round.find((n) => n >= rough) ?? rough;
  const step = unit === undefined ? found : Math.max(1, found) * unit;
  return { top: step * Math.ceil(most / step - 1e-9), step };
}

function plot(series: Series, nights: readonly HistoryNight[]): Html {
  const values = nights.map((night) => series.value(night));
  const known = values.filter((value) => value !== undefined);
  const { top, step } = axisOf(Math.max(series.least, ...known), series.unit);
  const x = (at: number): number =>
    nights.length === 1
      ? (LEFT + WIDTH - RIGHT) / 2
      : LEFT + (at * (WIDTH - LEFT - RIGHT)) / (nights.length - 1);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [`<text class="t" x="0" y="14">${escapeText(series.title)}</text>`];
  for (let value = 0; value <= top + step / 2; value += step)
    parts.push(
      `<path class="${value === 0 ? 'axis' : 'grid'}" d="M${LEFT} ${y(value).toFixed(1)}H${WIDTH - RIGHT}"/><text class="e" x="${LEFT - 8}" y="${(y(value) + 4).toFixed(1)}">${escapeText(series.words(value))}</text>`,
    );
  for (const [at, anchor] of ends(nights.length))
    parts.push(
      `<text class="${anchor}" x="${x(at).toFixed(1)}" y="${HEIGHT - 12}">${escapeText(nights[at]?.date ?? '')}</text>`,
    );
  const tone = series.bad ? ' b' : '';
  parts.push(`<path class="line${tone}" d="${lineOf(values, x, y)}"/>`);
  for (const [at, value] of values.entries()) {
    if (value === undefined) continue;
    const words = `${nights[at]?.date}, ${nights[at]?.night}: ${series.words(value)}`;
    parts.push(
      `<g><title>${escapeText(words)}</title><circle class="hit" cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="9"/><circle class="pt${tone}" cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="${nights.length > 60 ? 2 : 3}"/></g>`,
    );
  }
  const last = known.at(-1);
  const label = `${series.title}: ${last === undefined ? 'not known' : `${series.words(last)} in the last night`}`;
  return raw(
    `<svg class="plot" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(label)}">${parts.join('')}</svg>`,
  );
}

/** Which nights are named below the axis, and how their names lie. */
function ends(length: number): [number, string][] {
  if (length === 1) return [[0, 'm']];
  const middle: [number, string][] = length > 4 ? [[Math.floor((length - 1) / 2), 'm']] : [];
  return [[0, 's'], ...middle, [length - 1, 'e']];
}

/** A line that is broken where nothing is known. */
function lineOf(
  values: readonly (number | undefined)[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let pen = 'M';
  return values
    .map((value, at) => {
      if (value === undefined) {
        pen = 'M';
        return '';
      }
      const part = `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
      return part;
    })
    .join('');
}
