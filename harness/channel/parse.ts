// SPDX-License-Identifier: MIT
import type { ChannelItem, DamageReason } from './event.js';
import { LINES, MAX_LINE_BYTES, PREFIX } from './wire.js';

const NEWLINE = 10;
const kinds = new Map(LINES.map((kind) => [kind.keyword as string, kind]));

/**
 * Bytes of the results channel in, events and damage out, in the order they came.
 * Nothing the guest sends makes it throw, and where the chunks are cut makes no difference.
 */
export class ChannelParser {
  // invariant: at most MAX_LINE_BYTES; the rest of a longer line is counted and thrown away
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes of the line at hand, also those that were thrown away. */
  #lineBytes = 0;
  /** Where the line at hand begins. */
  #offset = 0;

  push(chunk: Uint8Array): ChannelItem[] {
    const items: ChannelItem[] = [];
    for (let from = 0; from < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, from);
      const to = newline < 0 ? chunk.length : newline;
      this.#hold(chunk.subarray(from, to));
      if (newline >= 0) items.push(this.#take());
      from = to + 1;
    }
    return items;
  }

  /** The stream is over: what is left is a line that was cut off. */
  end(): ChannelItem[] {
    if (this.#lineBytes === 0) return [];
    return [this.#damage('cut off', decode(this.#heldLine()))];
  }

  #hold(part: Uint8Array): void {
    this.#lineBytes += part.length;
    const room = MAX_LINE_BYTES - this.#heldBytes;
    if (part.length === 0 || room === 0) return;
    const kept = part.slice(0, room); // a copy: the caller may use its buffer again
    this.#held.push(kept);
    this.#heldBytes += kept.length;
  }

  #heldLine(): Uint8Array {
    const line = new Uint8Array(this.#heldBytes);
    let at = 0;
    for (const part of this.#held) {
      line.set(part, at);
      at += part.length;
    }
    return line;
  }

  #take(): ChannelItem {
    const line = decode(this.#heldLine());
    const item = this.#lineBytes > MAX_LINE_BYTES ? this.#damage('too long', line) : this.#read(line);
    this.#offset += this.#lineBytes + 1;
    this.#held = [];
    this.#heldBytes = 0;
    this.#lineBytes = 0;
    return item;
  }

  #read(raw: string): ChannelItem {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (!line.startsWith(PREFIX)) return this.#damage('not a result line', line);
    const [keyword = '', ...fields] = line.slice(PREFIX.length).split('\t');
    const kind = kinds.get(keyword);
    if (kind === undefined) return this.#damage('unknown line', line);
    const said = kind.read(fields);
    return said === undefined ? this.#damage('wrong fields', line) : { ...said, offset: this.#offset };
  }

  #damage(reason: DamageReason, line: string): ChannelItem {
    return { kind: 'damage', offset: this.#offset, reason, detail: excerpt(line) };
  }
}

/** Bytes that are not UTF-8 become U+FFFD: free text may hold them (the guest may cut a character in two), names may not. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The beginning of a line, fit for a report. */
function excerpt(line: string): string {
  const printable = line.replace(/\p{Cc}/gu, ' ').trim();
  return printable.length > 80 ? `${printable.slice(0, 79)}…` : printable;
}
