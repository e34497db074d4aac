// SPDX-License-Identifier: MIT
import type { Sink } from '../reporter.js';

/** Keeps what is written. */
export class TextSink implements Sink {
  text = '';
  write(more: string): void {
    this.text += more;
  }
}
