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
