// SPDX-License-Identifier: MIT
import { escapeText, type Html, raw } from './escape.js';
import { type Layout, layoutOf } from './layout.js';
import type { BufferLines, FileLine, Interval, Lifeline, OpRow, Scene, SlotLine } from './scene.js';

/** Hues there are in the style sheet: k0 to k7. */
const HUES = 8;

/** A drawing of a scene as SVG. `id` is unique in the page; `title` says in words what is seen. */
export function svgOf(scene: Scene, id: string, title: string): Html {
  const layout = layoutOf(scene);
  const drawing = new Drawing(scene, layout);
  const { width, height } = layout;
  return raw(
    `<svg xmlns="http://www.w3.org/2000/svg" class="scene" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${escapeText(id)}-t"><title id="${escapeText(id)}-t">${escapeText(title)}</title>${drawing.parts()}</svg>`,
  );
}

class Drawing {
  readonly #scene: Scene;
  readonly #at: Layout;
  readonly #hue: ReadonlyMap<string, string>;

  constructor(scene: Scene, layout: Layout) {
    this.#scene = scene;
    this.#at = layout;
    this.#hue = new Map(scene.fences.map(({ key }, n) => [key, `k${n % HUES}`]));
  }

  parts(): string {
    const { rows, fences, files, buffers, lanes } = this.#scene;
    return [
      ...this.#heads(),
      ...rows.map((row, at) => (row.kind === 'op' ? this.#op(row, at) : this.#gap(row.ops, at))),
      ...(lanes.length > 1 ? rows.map((row, at) => (row.kind === 'op' ? this.#running(row, at) : '')) : []),
      ...files.flatMap((file) => this.#links(file)),
      ...buffers.flatMap((buffer, n) => buffer.slots.map((slot) => this.#slotLink(slot, n))),
      ...fences.map((fence, n) => this.#fence(fence, n)),
      ...files.map((file) => this.#file(file)),
      ...buffers.flatMap((buffer, n) => buffer.slots.map((slot) => this.#slot(slot, n))),
    ].join('');
  }

  #hueOf(fence: string): string {
    return this.#hue.get(fence) ?? 'k8';
  }

  #heads(): string[] {
    const { lanes, fences, files, buffers } = this.#scene;
    const { head, rule, height, width, laneX, gotX, fenceX, filesX, filesWidth, fencesWidth } = this.#at;
    const group = (x: number, span: number, words: string): string =>
      `<text class="gr" x="${x + span / 2}" y="14">${escapeText(words)}</text><path class="hr" d="M${x} 20H${x + span}"/>`;
    return [
      `<path class="rule" d="M0 ${rule}H${width}"/>`,
      ...lanes.map(
        (lane, n) =>
          `<text class="hd l" x="${laneX[n] ?? 0}" y="${head}">${lanes.length > 1 ? `thread ${escapeText(lane)}` : 'op'}</text>`,
      ),
      `<text class="hd l" x="${gotX}" y="${head}">got</text>`,
      ...(fences.length === 0 ? [] : [group((fenceX[0] ?? 0) - 20, fencesWidth, 'fences')]),
      ...fences.map(
        ({ name, key }, n) =>
          `<text class="hd m ${this.#hueOf(key)}t" x="${fenceX[n] ?? 0}" y="${head}">${escapeText(name)}</text>`,
      ),
      ...(files.length === 0 ? [] : [group(filesX, filesWidth, 'sync_files')]),
      ...buffers.flatMap((buffer, n) => this.#bufferHead(buffer, n, height)),
    ];
  }

  #bufferHead({ names, columns }: BufferLines, n: number, height: number): string[] {
    const at = this.#at.buffers[n];
    if (at === undefined) return [];
    const { head, rule } = this.#at;
    const usage = (x: number, count: number, words: string): string =>
      `<text class="hd m" x="${x + (Math.max(1, count) * this.#at.slotWidth) / 2}" y="${head}">${words}</text>`;
    return [
      `<rect class="resv" x="${at.x - 4}" y="${rule}" width="${at.width + 8}" height="${height - rule - 8}" rx="4"/>`,
      `<text class="gr" x="${at.x + at.width / 2}" y="14">slots of ${escapeText(names.join(' = '))}</text>`,
      `<path class="hr" d="M${at.x} 20H${at.x + at.width}"/>`,
      usage(at.write, columns.WRITE, 'WRITE'),
      usage(at.read, columns.READ, 'READ'),
      `<path class="div" d="M${at.read - 3} ${rule}V${height - 8}"/>`,
    ];
  }

  #op(row: OpRow, at: number): string {
    const { laneX, gotX, gotChars, laneChars, width, rowY, rowHeight } = this.#at;
    const y = rowY(at);
    const call = cut(row.call, laneChars);
    const got = cut(row.got, gotChars);
    return [
      row.wrong
        ? `<rect class="bad" x="0" y="${y - rowHeight / 2}" width="${width}" height="${rowHeight}"/><text class="bang" x="6" y="${y + 4}">!</text>`
        : `<path class="zebra" d="M0 ${y + rowHeight / 2}H${width}"/>`,
      `<text class="no" x="38" y="${y + 4}">${row.op}</text>`,
      `<text class="op${row.wrong ? ' w' : ''}" x="${(laneX[row.lane] ?? 0) + (laneX.length > 1 ? 10 : 0)}" y="${y + 4}">${full(call, row.call)}${escapeText(call)}</text>`,
      `<text class="got${row.wrong ? ' w' : ''}" x="${gotX}" y="${y + 4}">${full(got, row.got)}${escapeText(got)}</text>`,
    ].join('');
  }

  #gap(ops: number, at: number): string {
    const { rowY, laneX, width } = this.#at;
    const y = rowY(at);
    return `<path class="cut" d="M0 ${y}H${width}"/><text class="gap" x="${laneX[0] ?? 0}" y="${y + 4}">${ops} ${ops === 1 ? 'op' : 'ops'} not drawn</text>`;
  }

  /** While other threads went on. */
  #running({ lane, from, to, wrong }: OpRow, at: number): string {
    const { laneX, rowY, rowHeight } = this.#at;
    const x = laneX[lane] ?? 0;
    const half = rowHeight / 2 - 3;
    const bar =
      from === to
        ? ''
        : `<path class="run${wrong ? ' w' : ''}" d="M${x} ${rowY(from) - half}V${rowY(to) + half}"/>`;
    return `${bar}<circle class="run${wrong ? ' w' : ''}" cx="${x}" cy="${rowY(at)}" r="3"/>`;
  }

  #span({ from, until }: Interval): { y1: number; y2: number } {
    const { rowY, rule, end } = this.#at;
    return { y1: from < 0 ? rule : rowY(from), y2: until === undefined ? end : rowY(until) };
  }

  #fence(line: Lifeline, n: number): string {
    const { fenceX, rowY, end } = this.#at;
    const x = fenceX[n] ?? 0;
    const { y1, y2 } = this.#span(line);
    const { signalled, mark } = line;
    const hue = this.#hueOf(line.key);
    const done = signalled === undefined ? y2 : signalled.row < 0 ? y1 : rowY(signalled.row);
    const ends =
      signalled === undefined
        ? ''
        : signalled.error
          ? cross(x, done, hue)
          : `<circle class="dot ${hue}" cx="${x}" cy="${done}" r="5"/>`;
    const parts = [
      done > y1 ? `<path class="life ${hue}" d="M${x} ${y1}V${done}"/>` : '',
      y2 > done ? `<path class="held ${hue}" d="M${x} ${done}V${y2}"/>` : '',
      line.from >= 0 && (signalled === undefined || signalled.row > line.from)
        ? `<circle class="born ${hue}" cx="${x}" cy="${y1}" r="4"/>`
        : '',
      ends,
      signalled?.error === true
        ? `<text class="st" x="${x + 8}" y="${done + 12}">${escapeText(signalled.status)}</text>`
        : '',
      line.until !== undefined && signalled === undefined
        ? `<path class="gone ${hue}" d="M${x - 5} ${y2}h10"/>`
        : '',
      mark === undefined ? '' : this.#mark(x, end, mark),
    ];
    const how = signalled === undefined ? 'pending' : signalled.status;
    return `<g><title>${escapeText(`${line.name}: ${how}`)}</title>${parts.join('')}</g>`;
  }

  #mark(x: number, end: number, mark: 'missing' | 'extra'): string {
    const y = end - this.#at.rowHeight / 2;
    return mark === 'missing'
      ? `<circle class="ring" cx="${x}" cy="${y}" r="8"/><path class="ring" d="M${x - 5.6} ${y + 5.6}L${x + 5.6} ${y - 5.6}"/>`
      : `<circle class="ring" cx="${x}" cy="${y}" r="8"/><path class="ring" d="M${x - 5} ${y}h10M${x} ${y - 5}v10"/>`;
  }

  #fileX({ column }: FileLine): number {
    return this.#at.filesX + column * this.#at.fileWidth + this.#at.fileWidth / 2;
  }

  #file(file: FileLine): string {
    const { y1, y2 } = this.#span(file);
    const x = this.#fileX(file);
    const top = file.from < 0 ? y1 : y1 - 8;
    const height = Math.max(16, y2 - top);
    const label = file.name.length * 7.4 + 8;
    return `<g><title>${escapeText(file.name)}</title><rect class="file" x="${x - 3}" y="${top}" width="6" height="${height}" rx="3"/><rect class="pill" x="${x - label / 2}" y="${top}" width="${label}" height="16" rx="3"/><text class="pt" x="${x}" y="${top + 12}">${escapeText(file.name)}</text></g>`;
  }

  /** Which fences are in a file when it is made. */
  #links(file: FileLine): string[] {
    if (file.from < 0) return [];
    const y = this.#at.rowY(file.from);
    const to = this.#fileX(file);
    const xs = file.fences.flatMap((key) => this.#fenceX(key) ?? []);
    if (xs.length === 0) return [];
    return [
      `<path class="link" d="M${Math.min(...xs)} ${y}H${to}"/>`,
      ...xs.map((x) => `<circle class="in" cx="${x}" cy="${y}" r="2.5"/>`),
    ];
  }

  #fenceX(key: string): number | undefined {
    const n = this.#scene.fences.findIndex((fence) => fence.key === key);
    return n < 0 ? undefined : this.#at.fenceX[n];
  }

  #slotX(slot: SlotLine, n: number): number {
    const at = this.#at.buffers[n];
    return (slot.usage === 'WRITE' ? (at?.write ?? 0) : (at?.read ?? 0)) + slot.column * this.#at.slotWidth;
  }

  #slotLink(slot: SlotLine, n: number): string {
    const x = this.#fenceX(slot.fence);
    if (x === undefined || slot.from < 0) return '';
    const y = this.#at.rowY(slot.from);
    return `<path class="link" d="M${x} ${y}H${this.#slotX(slot, n)}"/><circle class="in" cx="${x}" cy="${y}" r="2.5"/>`;
  }

  #slot(slot: SlotLine, n: number): string {
    const { slotWidth, rowHeight } = this.#at;
    const x = this.#slotX(slot, n);
    const { y1, y2 } = this.#span(slot);
    const top = slot.from < 0 ? y1 + 2 : y1 - 9;
    const bottom = slot.until === undefined ? y2 : Math.max(top + 18, y2 - rowHeight / 2 + 2);
    const hue = this.#hueOf(slot.fence);
    const open = slot.until === undefined;
    return `<g><title>${escapeText(`${slot.usage}: ${slot.name}`)}</title><rect class="slot ${hue}${open ? ' open' : ''}" x="${x + 2}" y="${top}" width="${slotWidth - 6}" height="${bottom - top}" rx="3"/><text class="slt" x="${x + slotWidth / 2 - 1}" y="${top + 13}">${escapeText(slot.name)}</text></g>`;
  }
}

const cross = (x: number, y: number, hue: string): string =>
  `<path class="err ${hue}" d="M${x - 5} ${y - 5}l10 10M${x - 5} ${y + 5}l10 -10"/>`;

const cut = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, most - 1)}…`;

/** The whole of what was cut, for whoever points at it. */
const full = (shown: string, words: string): string =>
  shown === words ? '' : `<title>${escapeText(words)}</title>`;
