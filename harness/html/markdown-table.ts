// SPDX-License-Identifier: MIT

/** A table of words; a part of a cell in backticks is code. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));

/** The table of a Markdown text whose head begins with a certain word; undefined if there is none. Links are left out. */
export function tableIn(markdown: string, firstHead: string): Table | undefined {
  const lines = markdown.split('\n');
  const at = lines.findIndex(
    (line, n) =>
      line.startsWith('|') && cellsOf(line)[0] === firstHead && /^\|[\s|:-]+$/.test(lines[n + 1] ?? ''),
  );
  if (at < 0) return undefined;
  const end = lines.findIndex((line, n) => n > at && !line.startsWith('|'));
  const body = lines.slice(at + 2, end < 0 ? lines.length : end);
  return { head: cellsOf(lines[at] ?? ''), rows: body.map(cellsOf) };
}
