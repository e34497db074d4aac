// SPDX-License-Identifier: MIT
import { parse } from 'smol-toml';

/** A place in a TOML document: names of keys, and numbers of elements of arrays. */
export type TomlPath = readonly (string | number)[];

/**
 * On which line (from 1) each key, table and element of a TOML document is. The document must be valid: a parser has
 * read it before. The line of a path that is not there is that of the table around it.
 */
export class TomlLines {
  readonly #lines = new Map<string, number>();
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** How often each [[table]] has come so far. */
  readonly #tables = new Map<string, number>();

  constructor(text: string) {
    this.#text = text.replaceAll('\r\n', '\n');
    let base: TomlPath = [];
    for (this.#skip(true); this.#at < this.#text.length; this.#skip(true)) {
      if (this.#peek('[[')) base = this.#header(2);
      else if (this.#peek('[')) base = this.#header(1);
      else this.#pair(base);
    }
  }

  lineOf(path: TomlPath): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(keyOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }

  #header(brackets: 1 | 2): TomlPath {
    const line = this.#line;
    this.#at += brackets;
    const names = this.#dotted();
    this.#at += brackets;
    const path: (string | number)[] = [];
    for (const [index, name] of names.entries()) {
      path.push(name);
      const key = keyOf(path);
      const isLast = index === names.length - 1;
      if (isLast && brackets === 2) this.#tables.set(key, (this.#tables.get(key) ?? -1) + 1);
      this.#note(path, line);
      const element = this.#tables.get(key);
      if (element !== undefined) path.push(element);
    }
    this.#note(path, line);
    return path;
  }

  /** `a.b = value`, in a table or between braces. */
  #pair(base: TomlPath): void {
    const line = this.#line;
    const path = [...base, ...this.#dotted()];
    for (let length = base.length + 1; length <= path.length; length++)
      this.#note(path.slice(0, length), line);
    this.#skip(false);
    this.#at++; // =
    this.#skip(false);
    this.#value(path);
  }

  #value(path: TomlPath): void {
    this.#note(path, this.#line);
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") this.#string();
    else if (first === '[') this.#list(']', (index) => this.#value([...path, index]));
    else if (first === '{') this.#list('}', () => this.#pair(path));
    else while (this.#at < this.#text.length && !/[,\]}\n#]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #list(end: string, element: (index: number) => void): void {
    this.#at++;
    for (let index = 0; ; index++) {
      this.#skip(true);
      if (this.#peek(',')) {
        this.#at++;
        this.#skip(true);
      }
      if (this.#at >= this.#text.length) return;
      if (this.#peek(end)) {
        this.#at++;
        return;
      }
      element(index);
    }
  }

  /** Keys with dots between them, up to what follows. */
  #dotted(): string[] {
    const names: string[] = [];
    for (;;) {
      this.#skip(false);
      names.push(/["']/.test(this.#text[this.#at] ?? '') ? this.#string() : this.#bare());
      this.#skip(false);
      if (!this.#peek('.')) return names;
      this.#at++;
    }
  }

  #bare(): string {
    const found = /[\w-]*/y;
    found.lastIndex = this.#at;
    const name = found.exec(this.#text)?.[0] ?? '';
    this.#at += Math.max(1, name.length);
    return name;
  }

  /** A string of any of the four kinds; its text without the quotes. */
  #string(): string {
    const quote = this.#text[this.#at] ?? '"';
    const fence = this.#peek(quote.repeat(3)) ? quote.repeat(3) : quote;
    const from = this.#at + fence.length;
    this.#at = from;
    while (this.#at < this.#text.length && !this.#peek(fence)) {
      if (quote === '"' && this.#peek('\\')) this.#step();
      this.#step();
    }
    const inside = this.#text.slice(from, this.#at);
    this.#at += fence.length;
    // Up to two quotes may stand before the closing three
    while (fence.length === 3 && this.#peek(quote)) this.#at++;
    return fence === '"' && inside.includes('\\') ? unescaped(inside) : inside;
  }

  /** Blanks and comments; with `lines` also the ends of lines. */
  #skip(lines: boolean): void {
    for (; this.#at < this.#text.length; this.#step()) {
      const c = this.#text[this.#at] ?? '';
      if (c === '#') while (this.#at < this.#text.length - 1 && this.#text[this.#at + 1] !== '\n') this.#at++;
      else if (c === '\n' ? !lines : !/[ \t]/.test(c)) return;
    }
  }

  #step(): void {
    if (this.#text[this.#at] === '\n') this.#line++;
    this.#at++;
  }

  #peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #note(path: TomlPath, line: number): void {
    const key = keyOf(path);
    if (!this.#lines.has(key)) this.#lines.set(key, line);
  }
}

function unescaped(inside: string): string {
  const { key } = parse(`key = "${inside}"`);
  return typeof key === 'string' ? key : inside;
}

const keyOf = (path: TomlPath): string => JSON.stringify(path);
