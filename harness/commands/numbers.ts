// SPDX-License-Identifier: MIT
import { InvalidArgumentError } from 'commander';

/** A commander parser for a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (!/^\d+$/.test(text) || n < least || n > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return n;
  };
}

/** A commander parser for --icount. */
export function icountOf(text: string): { shift: number; seed: number } {
  const match = /^([0-8])(?:,(\d{1,9}))?$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('Write a shift from 0 to 8, and a seed if you like: 6 or 6,42.');
  return { shift: Number(match[1]), seed: Number(match[2] ?? 0) };
}
