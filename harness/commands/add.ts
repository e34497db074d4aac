// SPDX-License-Identifier: MIT
import type { Command } from 'commander';

/** Puts one command on the command line; its action hands its exit status to `done`. */
export type AddCommand = (program: Command, done: (exitCode: number) => void) => void;

/** An option that may be given several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
