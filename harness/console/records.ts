// SPDX-License-Identifier: MIT

/** One record of the kernel log, or a piece of text that a process wrote to the same console. */
export interface ConsoleRecord {
  /** The line of the console it came on, from 1. */
  readonly line: number;
  /** As logged, time stamp and all. */
  readonly raw: string;
  /** Without time stamp and caller. */
  readonly text: string;
  /** "T12", "C0" where the kernel tells (CONFIG_PRINTK_CALLER), else "". Records of one report have one caller. */
  readonly caller: string;
  readonly fromKernel: boolean;
}

/** The rest of a longer line is thrown away; the kernel cuts its own at 1024. */
export const MAX_LINE_CHARS = 4096;

const STAMP = /\[ *\d+\.\d{6}\](?:\[ *([TC]\d+)\])? ?/;
const STAMP_FIRST = new RegExp(`^${STAMP.source}`);
// Terminal control sequences: firmware and shells write them to the same port.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /\u001b(?:\[[0-9;?]*[A-Za-z]|.)|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/**
 * Cuts the text of a serial console into records. Processes write to the same port, without a stamp and sometimes in
 * the middle of a line: a stamp begins a record wherever it stands. Where no line has had a stamp yet, every line counts
 * as the kernel's (CONFIG_PRINTK_TIME may be off in somebody's own kernel).
 */
export class RecordSplitter {
  #held = '';
  #line = 0;
  #stamped = false;

  push(text: string): ConsoleRecord[] {
    const records: ConsoleRecord[] = [];
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      this.#held += text.slice(from, Math.min(to, from + MAX_LINE_CHARS - this.#held.length));
      if (newline >= 0) records.push(...this.#take());
      from = to + 1;
    }
    return records;
  }

  /** The log is over; its last line may lack a newline. */
  end(): ConsoleRecord[] {
    return this.#held === '' ? [] : this.#take();
  }

  #take(): ConsoleRecord[] {
    const raw = this.#held.replace(CONTROL, '');
    this.#held = '';
    this.#line++;
    const stamp = STAMP.exec(raw);
    if (stamp === null) return [this.#record(raw, raw, '', !this.#stamped)];
    this.#stamped = true;
    const before = raw.slice(0, stamp.index);
    const own = raw.slice(stamp.index);
    const record = this.#record(own, own.replace(STAMP_FIRST, ''), stamp[1] ?? '', true);
    return before === '' ? [record] : [this.#record(before, before, '', false), record];
  }

  #record(raw: string, text: string, caller: string, fromKernel: boolean): ConsoleRecord {
    return { line: this.#line, raw, text: text.trimEnd(), caller, fromKernel };
  }
}
