// SPDX-License-Identifier: MIT
import type { Colors } from './colors.js';

/** "312 ms", "3.2 s", "45 s", "3 min 2 s", "2 h 5 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 1 234 567, as people read it in any language; rounded to a whole number. */
export const grouped = (n: number): string => `${Math.round(n)}`.replace(/\B(?=(\d{3})+$)/g, ' ');

const BAR = 20;

/** "[#######-------------]"; nothing where the share is not known. */
export function bar(done: number | undefined, total: number | undefined): string {
  if (done === undefined || total === undefined || !(total > 0)) return '';
  const filled = Math.min(BAR, Math.max(0, Math.floor((done / total) * BAR)));
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`;
}

/** "412/800", "412", or nothing. */
export function share(done: number | undefined, total: number | undefined): string {
  if (done === undefined) return '';
  return total === undefined ? `${done}` : `${done}/${total}`;
}

/** How far a stage is. */
export interface StageState {
  readonly title: string;
  readonly text: string;
  readonly done: number | undefined;
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

/** A stage that is under way, without its spinner: the same words on a terminal and in a log. */
export function stageText(s: StageState, withBar: boolean): string {
  const parts = [withBar ? bar(s.done, s.total) : '', share(s.done, s.total), s.text].filter((p) => p !== '');
  return `${s.title}${parts.length > 0 ? `: ${parts.join(' ')}` : ' ...'} (${duration(s.elapsedMs)})`;
}

/** The line a stage leaves behind. */
export function stageEnd(how: 'ok' | 'failed', s: StageState, text: string, colors: Colors): string {
  const mark = how === 'ok' ? colors.green('ok    ') : colors.red('FAILED');
  return `${mark} ${s.title}${text === '' ? '' : `: ${text}`} ${colors.dim(`(${duration(s.elapsedMs)})`)}`;
}

/** "once", "3 times" */
export const times = (n: number): string => (n === 1 ? 'once' : `${n} times`);

/** Words on lines of at most `width` characters where they fit: the first line begins with `first`, the others with `rest`. */
export function filled(words: readonly string[], width: number, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of words) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/**
 * The whole text on lines of at most `width` characters, broken at spaces: the first line begins with `first`, the others
 * with `rest`. Cut where it would take more than `most` lines.
 */
export function wrap(text: string, width: number, first = '', rest = '  ', most = 4): string[] {
  const all = filled(fit(text, width * most).split(' '), width, first, rest).map((each) => fit(each, width));
  return all.length <= most ? all : [...all.slice(0, most - 1), fit(`${all[most - 1]} ...`, width)];
}

/**
 * At most `width` characters, the cut shown. Control characters would move the cursor: they become spaces; halves of a
 * character cannot be written at all.
 */
export function fit(text: string, width: number): string {
  const clean = [...text.replace(/\p{Cc}/gu, ' ').replace(/\p{Cs}/gu, '\ufffd')];
  if (clean.length <= width) return clean.join('');
  return width <= 3 ? clean.slice(0, width).join('') : `${clean.slice(0, width - 3).join('')}...`;
}

/** As a shell wants it. */
export function shellWord(word: string): string {
  return /^[\w@./:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
