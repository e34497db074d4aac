// SPDX-License-Identifier: MIT

/** Pieces of a TAP 14 stream. */

export const TAP_HEAD = 'TAP version 14\n';

/** A key of a YAML block with its value. */
export type Entry = readonly [key: string, value: unknown];

/** A YAML block of JSON values, which YAML takes as they are; lists of things get a row each. Empty ones are left out. */
export function yaml(entries: readonly Entry[]): string[] {
  const rows = entries.flatMap(([key, value]) => {
    if (value === '' || (Array.isArray(value) && value.length === 0)) return [];
    if (!Array.isArray(value) || value.every((v) => typeof v === 'string' && v.length < 12))
      return [`${key}: ${json(value)}`];
    return [`${key}:`, ...value.flatMap((item) => indent(listItem(item), 2))];
  });
  return indent(['---', ...rows, '...'], 2);
}

function listItem(item: unknown): string[] {
  if (typeof item !== 'object' || item === null) return [`- ${json(item)}`];
  const rows = Object.entries(item).flatMap(([key, value]) =>
    Array.isArray(value) ? [`${key}:`, ...value.map((v) => `  - ${json(v)}`)] : [`${key}: ${json(value)}`],
  );
  return rows.map((row, i) => `${i === 0 ? '- ' : '  '}${row}`);
}

/** JSON is YAML, but for characters that a YAML stream may not hold as they are. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function point(ok: boolean, id: number, name: string): string {
  return `${ok ? 'ok' : 'not ok'} ${id} - ${nameText(name)}`;
}

/** "#" would begin a directive. */
export function nameText(text: string): string {
  return oneLine(text).replace(/[\\#]/g, '\\$&');
}

/** U+2028 and U+2029 end a line for some readers of TAP. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
export const bailOut = (reason: string): string => `Bail out! ${oneLine(reason)}\n`;
export const indent = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => ' '.repeat(by) + line);
