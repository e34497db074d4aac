// SPDX-License-Identifier: MIT
import { shellWord } from '../progress/words.js';

/** Where to stop in a replay: after `before` markers and one more, in `stop`. */
export interface Stop {
  readonly vmlinux: string;
  readonly socket: string;
  readonly marker: string;
  readonly before: number;
  readonly stop: string;
}

/** gdb's arguments. The marker stays a breakpoint: should the op not come to `stop`, gdb stops at the next op. */
export function gdbArguments({ vmlinux, socket, marker, before, stop }: Stop): string[] {
  const commands = [
    'set pagination off',
    `target remote ${socket}`,
    // With "*" it is the very beginning of the function: its arguments are in rdi, rsi, rdx
    `hbreak *${marker}`,
    `ignore 1 ${before}`,
    'continue',
    `hbreak *${stop}`,
    'continue',
  ];
  return ['-q', '-nx', vmlinux, ...commands.flatMap((command) => ['-ex', command])];
}

/** The same for a person to paste, an argument of gdb a line. */
export function gdbCommand(stop: Stop): string {
  const words = gdbArguments(stop);
  const lines = [`gdb -q -nx ${shellWord(stop.vmlinux)}`];
  for (let at = 3; at < words.length; at += 2) lines.push(`    -ex ${shellWord(words[at + 1] ?? '')}`);
  return lines.join(' \\\n');
}
