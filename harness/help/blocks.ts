// SPDX-License-Identifier: MIT

/** A line that is shown as it is, with what it says on its right: an example and its purpose, a name and its meaning. */
export interface Row {
  readonly indent: number;
  readonly left: string;
  /** Column at which `right` begins; 0 if there is none. */
  readonly column: number;
  readonly right: string;
}

/** A piece of a help text. */
export type Block =
  | { readonly kind: 'blank' }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] };

const ROW = /^( +)(\S.*?)(?:( {2,})(\S.*))?$/;

/** A help text as people write it: paragraphs, headings that end in ":", and indented lines. Pure. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let rows: Row[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', text: paragraph.join(' ') });
    if (rows.length > 0) blocks.push({ kind: 'rows', rows });
    paragraph = [];
    rows = [];
  };
  for (const line of text
    .replace(/\s+$/, '')
    .split('\n')
    .map((one) => one.trimEnd())) {
    if (line === '') {
      flush();
      blocks.push({ kind: 'blank' });
    } else if (line.startsWith(' ')) {
      if (paragraph.length > 0) flush();
      addRow(rows, line);
    } else if (/^[A-Z][\w ]{0,40}:$/.test(line) && paragraph.length === 0) {
      flush();
      blocks.push({ kind: 'heading', text: line });
    } else {
      if (rows.length > 0) flush();
      paragraph.push(line);
    }
  }
  flush();
  return blocks;
}

/** A line that begins under what the one before says on its right goes on with it. */
function addRow(rows: Row[], line: string): void {
  const [, blanks = '', left = '', gap = '', right = ''] = ROW.exec(line) ?? [];
  const last = rows.at(-1);
  if (last !== undefined && last.column > 0 && blanks.length >= last.column && gap === '') {
    rows[rows.length - 1] = { ...last, right: `${last.right} ${left}` };
    return;
  }
  const column = right === '' ? 0 : blanks.length + left.length + gap.length;
  rows.push({ indent: blanks.length, left, column, right });
}
