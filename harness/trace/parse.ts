// SPDX-License-Identifier: MIT
import { HEADER_BYTES, readHeader, readPayload, type TraceItem } from './frame.js';

const FIRST_OF_MAGIC = 0x46;

/**
 * Bytes of the trace channel in, frames and damage out, in the order they came.
 * Nothing the guest sends makes it throw, and where the chunks are cut makes no difference. After damage it goes on with
 * the next thing that looks like a frame.
 */
export class FrameParser {
  /** What has come and is not understood yet: the beginning of a frame, or a piece of damage. */
  #held = new Uint8Array(0);
  /** Where `#held` begins in the stream. */
  #offset = 0;
  /** Bytes before `#offset` that are damage and have not been told of yet, and what was wrong with the first. */
  #bad: { offset: number; reason: string } | undefined;

  push(chunk: Uint8Array): TraceItem[] {
    const bytes = new Uint8Array(this.#held.length + chunk.length);
    bytes.set(this.#held);
    bytes.set(chunk, this.#held.length);
    const items: TraceItem[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const frame = this.#frame(bytes, at);
      if (frame === 'more') break;
      if (typeof frame === 'string') {
        this.#bad ??= { offset: this.#offset + at, reason: frame };
        at = nextMagic(bytes, at + 1);
      } else {
        items.push(...this.#damage(this.#offset + at), frame.item);
        at += frame.bytes;
      }
    }
    this.#held = bytes.slice(at);
    this.#offset += at;
    return items;
  }

  /** The stream is over: what is left is a frame that was cut off, or damage. */
  end(): TraceItem[] {
    const end = this.#offset + this.#held.length;
    if (this.#held.length > 0) this.#bad ??= { offset: this.#offset, reason: 'a frame is cut off' };
    this.#held = new Uint8Array(0);
    this.#offset = end;
    return this.#damage(end);
  }

  /** Damage up to a place in the stream, if there is any. */
  #damage(until: number): TraceItem[] {
    const bad = this.#bad;
    this.#bad = undefined;
    return bad === undefined ? [] : [{ kind: 'damage', ...bad, bytes: until - bad.offset }];
  }

  #frame(bytes: Uint8Array, at: number): { item: TraceItem; bytes: number } | string {
    const header = readHeader(new DataView(bytes.buffer, at, HEADER_BYTES));
    if (typeof header === 'string') return header;
    const length = HEADER_BYTES + header.payloadBytes;
    if (bytes.length - at < length) return 'more';
    // A copy begins at a multiple of four; the guest and every machine that runs it are little-endian.
    const payload = new Int32Array(bytes.slice(at + HEADER_BYTES, at + length).buffer);
    const content = readPayload(header.kind, payload);
    if (typeof content === 'string') return content;
    return { item: { ...content, pid: header.pid, offset: this.#offset + at }, bytes: length };
  }
}

/** Where the next frame may begin: at a byte that its magic begins with, or at the end. */
function nextMagic(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(FIRST_OF_MAGIC, from);
  return at < 0 ? bytes.length : at;
}
