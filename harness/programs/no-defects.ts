// SPDX-License-Identifier: MIT
import { UsageError } from '../errors.js';

/**
 * A line of a program that shows a defect which a kernel is known to have, and which its profile therefore allows: this
 * program is judged as on a kernel without.
 */
export const NO_DEFECTS = '#! no known defects';

/** Whether a program has that line. Throws UsageError for anything else behind "#!". */
export function forbidsDefects(text: string, file: string): boolean {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const other = lines.findIndex((line) => line.startsWith('#!') && line !== NO_DEFECTS);
  if (other >= 0)
    throw new UsageError(`${file}, line ${other + 1}: nothing is known of "${lines[other]}"`, {
      remedy: `The only line of this kind is "${NO_DEFECTS}". A comment begins with "#" and a blank.`,
    });
  return lines.includes(NO_DEFECTS);
}
