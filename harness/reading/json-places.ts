// SPDX-License-Identifier: MIT

type Path = readonly (string | number)[];

/** Why a text is no JSON, and at which character it stops to be. */
export class NoJson extends Error {
  readonly at: number;

  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

const MOST_DEPTH = 500;
const BLANK = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Goes through a JSON text and tells where each value begins. JSON.parse tells neither that nor, always, where it fails. */
class Places {
  readonly #text: string;
  readonly #visit: (path: Path, at: number) => void;
  #at = 0;

  constructor(text: string, visit: (path: Path, at: number) => void) {
    this.#text = text;
    this.#visit = visit;
  }

  run(): void {
    this.#value([]);
    this.#blank();
    if (this.#at < this.#text.length) throw new NoJson(this.#at, 'there is more behind its end');
  }

  #value(path: Path): void {
    this.#blank();
    this.#visit(path, this.#at);
    if (path.length > MOST_DEPTH) throw new NoJson(this.#at, 'it is nested too deeply');
    const first = this.#text[this.#at];
    if (first === '{') this.#members(path);
    else if (first === '[') this.#elements(path);
    else if (first === '"') this.#string();
    else if (this.#take(WORD) === '')
      throw new NoJson(
        this.#at,
        first === undefined ? 'it breaks off' : `a value was expected, not ${shown(first)}`,
      );
  }

  #members(path: Path): void {
    this.#at++;
    this.#blank();
    if (this.#is('}')) return;
    do {
      this.#blank();
      const key = JSON.parse(this.#string()) as string;
      this.#blank();
      this.#expect(':');
      this.#value([...path, key]);
      this.#blank();
    } while (this.#is(','));
    this.#expect('}', ',');
  }

  #elements(path: Path): void {
    this.#at++;
    this.#blank();
    if (this.#is(']')) return;
    let index = 0;
    do {
      this.#value([...path, index++]);
      this.#blank();
    } while (this.#is(','));
    this.#expect(']', ',');
  }

  #string(): string {
    const found = this.#take(STRING);
    if (found !== '') return found;
    const first = this.#text[this.#at];
    throw new NoJson(
      this.#at,
      first === undefined
        ? 'it breaks off'
        : first === '"'
          ? 'this string has no end, or a character that must be escaped'
          : `a string in double quotes was expected, not ${shown(first)}`,
    );
  }

  #expect(...wanted: readonly string[]): void {
    if (this.#is(wanted[0] ?? '')) return;
    const first = this.#text[this.#at];
    const words = wanted.map((one) => `"${one}"`).join(' or ');
    throw new NoJson(
      this.#at,
      first === undefined ? 'it breaks off' : `${words} was expected, not ${shown(first)}`,
    );
  }

  #is(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #blank(): void {
    this.#take(BLANK);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

const shown = (character: string | undefined): string =>
  character === undefined ? 'the end' : JSON.stringify(character);

/** Where a text stops to be JSON; undefined if it is JSON. */
export function whereNoJson(text: string): NoJson | undefined {
  try {
    new Places(text, () => undefined).run();
    return undefined;
  } catch (error) {
    if (error instanceof NoJson) return error;
    throw error;
  }
}

/** The character at which the value with this path begins, or the innermost value around it that is there. */
export function placeOfValue(text: string, path: Path): number {
  let best = { at: 0, depth: -1 };
  const isAround = (there: Path): boolean => there.every((part, n) => String(part) === String(path[n]));
  try {
    new Places(text, (there, at) => {
      if (there.length <= path.length && there.length >= best.depth && isAround(there))
        best = { at, depth: there.length };
    }).run();
  } catch (error) {
    if (!(error instanceof NoJson)) throw error;
  }
  return best.at;
}

/** The line of a character, from 1. */
export const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;
