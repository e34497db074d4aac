// SPDX-License-Identifier: MIT
import type { Clock } from '../clock.js';
import type { Output } from '../screen.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what it is about
const PARTS = /\u001b\[[?0-9;]*[A-Za-z]|\n|\r|[^\u001b\n\r]+|[\s\S]/g;

/** A terminal as a value: keeps what a person would see, with what has scrolled away above it. */
export class FakeTerminal implements Output {
  readonly isTTY = true;
  columns: number;
  rows = 24;
  writes = 0;
  raw = '';
  readonly #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns = 80) {
    this.columns = columns;
  }

  write(text: string): boolean {
    this.writes++;
    this.raw += text;
    for (const part of text.match(PARTS) ?? []) this.#take(part);
    return true;
  }

  /** The lines as they look now, without trailing blanks. */
  text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Lines that are longer than the terminal is wide would have wrapped. */
  longest(): number {
    return Math.max(...this.#lines.map((line) => line.length));
  }

  #take(part: string): void {
    if (part === '\n') this.#move(this.#row + 1, 0);
    else if (part === '\r') this.#column = 0;
    else if (!part.startsWith('\u001b')) this.#put(part);
    else this.#control(part);
  }

  #put(text: string): void {
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }

  #control(sequence: string): void {
    const count = Number(/\d+/.exec(sequence)?.[0] ?? 1);
    const line = this.#lines[this.#row] ?? '';
    switch (sequence.at(-1)) {
      case 'A':
        this.#move(Math.max(0, this.#row - count), this.#column);
        break;
      case 'B':
        this.#move(this.#row + count, this.#column);
        break;
      case 'G':
        this.#column = /\d/.test(sequence) ? count - 1 : 0;
        break;
      case 'K':
        this.#lines[this.#row] = sequence.includes('2') ? '' : line.slice(0, this.#column);
        break;
      case 'm': // colours take no room
      case 'h':
      case 'l':
        break;
      default:
        throw new Error(`the fake terminal does not know ${JSON.stringify(sequence)}`);
    }
  }

  #move(row: number, column: number): void {
    while (this.#lines.length <= row) this.#lines.push('');
    this.#row = row;
    this.#column = column;
  }
}

/** Something that is no terminal: a pipe, a file. */
export class FakePipe implements Output {
  raw = '';
  write(text: string): boolean {
    this.raw += text;
    return true;
  }
}

/** A clock that goes when it is told to. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly ms: number; readonly tick: () => void; due: number }>();

  now(): number {
    return this.#now;
  }

  every(ms: number, tick: () => void): () => void {
    const timer = { ms, tick, due: this.#now + ms };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter((t) => t.due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#now = next.due;
      next.due += next.ms;
      next.tick();
    }
    this.#now = end;
  }
}
