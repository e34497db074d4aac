// SPDX-License-Identifier: MIT

/** A program or trace that cannot be read: which line, what is wrong there, what to write instead. */
export class ParseError extends Error {
  readonly line: number;
  readonly reason: string;
  readonly remedy: string;

  constructor(line: number, reason: string, remedy: string) {
    super(`line ${line}: ${reason}\n${remedy}`);
    this.name = 'ParseError';
    this.line = line;
    this.reason = reason;
    this.remedy = remedy;
  }
}
