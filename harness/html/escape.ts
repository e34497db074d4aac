// SPDX-License-Identifier: MIT

/** Everything that is shown may come from a guest: what would be read as markup, or would not be seen, is made visible. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that turn the direction of text around, or are not seen at all. */
const UNSEEN = /[\ufff9-\ufffb\p{Zl}\p{Zp}\p{DI}\p{Bidi_C}\p{Cs}\p{Cn}\p{Co}]/gu;

const code = (char: string): string =>
  `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/**
 * A text in which every character can be seen: control characters, and those that turn text around, take no room or are
 * none, by their number. A tab is as wide as people expect; with `lines` a newline stays one.
 */
export function visible(text: string, lines = false): string {
  return text
    .replace(/\p{Cc}/gu, (char) => (char === '\t' || (lines && char === '\n') ? char : code(char)))
    .replace(UNSEEN, code);
}

/** Text for an element or an attribute in double quotes; for SVG as well. */
export const escapeText = (text: string, lines = false): string =>
  visible(text, lines).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** A value as JSON that may stand in a script element: no text in it can end the element or begin a comment. */
export const escapeJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Markup that was made here, not text. */
export type Html = string & { readonly html: unique symbol };

/** Says of a text that it is markup. */
export const raw = (markup: string): Html => markup as Html;

type Part = Html | string | number | undefined | readonly Html[];

const partOf = (part: Part): string => {
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  return typeof part === 'string' ? part : part.join('');
};

/** Text that is not markup, as markup. With `lines` a newline stays one. */
export const text = (words: string | number, lines = false): Html => raw(escapeText(String(words), lines));

/**
 * Markup with what is put in between. Only markup and numbers may be put in: `text` makes markup of words, and the compiler
 * refuses a string that it was not made of.
 */
export function html(
  strings: TemplateStringsArray,
  ...parts: readonly (Html | number | undefined | readonly Html[])[]
): Html {
  return raw(strings.reduce((all, string, at) => `${all}${partOf(parts[at - 1])}${string}`));
}
