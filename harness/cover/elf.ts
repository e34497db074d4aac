// SPDX-License-Identifier: MIT

/** A stretch of machine code in a kernel's file. */
export interface Code {
  /** ".text", ".init.text" … */
  readonly section: string;
  /** The address of its first byte, low half: a kernel's code lies within 2 GiB. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A place where compiled code tells KCOV that it was reached. */
export interface Call {
  /** Of the call instruction, low half. */
  readonly address: number;
  readonly section: string;
}

const SYMTAB = 2;
const PROGBITS = 1;
const EXECUTABLE = 4;
const SYMBOL_BYTES = 24;
const CALL = 0xe8;
/** Bytes of a call instruction: what KCOV is told is the address behind it. */
export const CALL_BYTES = 5;

interface Section {
  readonly name: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** An x86-64 ELF file of this machine's byte order: as much of it as a search for calls needs. */
export class ElfFile {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #sections: readonly Section[];
  readonly #names: Section | undefined;

  /** Throws RangeError for what is no such file, or is cut off. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 64 || this.#view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1)
      throw new RangeError('it is no ELF file of 64 bits');
    const [start, each, count, names] = [
      Number(this.#view.getBigUint64(40, true)),
      this.#view.getUint16(58, true),
      this.#view.getUint16(60, true),
      this.#view.getUint16(62, true),
    ];
    this.#sections = Array.from({ length: count }, (_, n) => this.#section(start + n * each));
    this.#names = this.#sections[names];
  }

  #section(at: number): Section {
    const wide = (offset: number): number => Number(this.#view.getBigUint64(at + offset, true));
    return {
      name: this.#view.getUint32(at, true),
      type: this.#view.getUint32(at + 4, true),
      flags: wide(8),
      address: this.#view.getUint32(at + 16, true),
      offset: wide(24),
      size: wide(32),
      link: this.#view.getUint32(at + 40, true),
    };
  }

  #string(table: Section | undefined, at: number): string {
    if (table === undefined) return '';
    const start = table.offset + at;
    const end = this.#bytes.indexOf(0, start);
    return String.fromCharCode(...this.#bytes.subarray(start, end));
  }

  /** Its sections of machine code. */
  code(): Code[] {
    return this.#sections
      .filter(({ type, flags }) => type === PROGBITS && (flags & EXECUTABLE) !== 0)
      .map(({ name, address, offset, size }) => ({
        section: this.#string(this.#names, name),
        address,
        bytes: this.#bytes.subarray(offset, offset + size),
      }));
  }

  /** The address of a symbol, low half; undefined if there is none of that name. */
  address(symbol: string): number | undefined {
    const symbols = this.#sections.find(({ type }) => type === SYMTAB);
    if (symbols === undefined) return undefined;
    const strings = this.#sections[symbols.link];
    for (let at = symbols.offset; at < symbols.offset + symbols.size; at += SYMBOL_BYTES) {
      const name = this.#view.getUint32(at, true);
      if (name !== 0 && this.#is(strings, name, symbol)) return this.#view.getUint32(at + 8, true);
    }
    return undefined;
  }

  #is(table: Section | undefined, at: number, text: string): boolean {
    if (table === undefined) return false;
    const start = table.offset + at;
    for (let n = 0; n < text.length; n++) if (this.#bytes[start + n] !== text.charCodeAt(n)) return false;
    return this.#bytes[start + text.length] === 0;
  }
}

/** Every call of the function at `target`. Jumps to it are none: KCOV is then told of another place. */
export function callsTo(code: readonly Code[], target: number): Call[] {
  const found: Call[] = [];
  for (const { section, address, bytes } of code) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = bytes.indexOf(CALL); at >= 0 && at + CALL_BYTES <= bytes.length; ) {
      const to = (address + at + CALL_BYTES + view.getInt32(at + 1, true)) >>> 0;
      if (to === target) found.push({ address: address + at, section });
      at = bytes.indexOf(CALL, at + 1);
    }
  }
  return found;
}
