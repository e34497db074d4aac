// SPDX-License-Identifier: MIT
import { openProgress } from '../progress/open.js';
import type { Progress } from '../progress/progress.js';
import type { Output, Screen } from '../progress/screen.js';
import { statusOf } from './interrupt.js';

/** What a command shows itself with while it works. */
export interface Shown {
  readonly progress: Progress;
  readonly screen: Screen;
}

/**
 * Run `body` with progress on `output`, which is closed whatever happens; Ctrl-C aborts its signal. Returns the exit status.
 */
export const withProgress = (
  output: Output,
  body: (shown: Shown, signal: AbortSignal) => Promise<number>,
): Promise<number> =>
  statusOf(async (signal) => {
    const { close, ...shown } = openProgress(output, process.env);
    try {
      return await body(shown, signal);
    } finally {
      close();
    }
  });
