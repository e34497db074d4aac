// SPDX-License-Identifier: MIT

/** An XML element as a value. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Element | string)[];
}

export function element(
  name: string,
  attributes: Element['attributes'],
  ...children: (Element | string)[]
): Element {
  return { name, attributes, children };
}

/** A whole document. */
export function xmlText(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${print(root, '')}`;
}

/** A line break in an attribute would be read back as a space. */
const escapeAttribute = (text: string): string => escapeXml(text).replace(/[\t\n]/g, (c) => ENTITIES[c] ?? c);

function print({ name, attributes, children }: Element, indent: string): string {
  const head = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('');
  if (children.length === 0) return `${indent}<${name}${head}/>\n`;
  const [only] = children;
  if (children.length === 1 && typeof only === 'string')
    return `${indent}<${name}${head}>${escapeXml(only)}</${name}>\n`;
  const inner = children
    .map((c) => (typeof c === 'string' ? escapeXml(c) : print(c, `${indent}  `)))
    .join('');
  return `${indent}<${name}${head}>\n${inner}${indent}</${name}>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/**
 * Text that any XML parser takes. Characters that XML 1.0 forbids (most control characters, lone surrogates, U+FFFE) have
 * no escape in it: they become U+FFFD.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (c) => ENTITIES[c] ?? c);
}
