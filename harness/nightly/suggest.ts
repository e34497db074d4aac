// SPDX-License-Identifier: MIT
import { nearNames } from '../reading/near.js';

/** `; is "profiles" meant?` where one of the known words is near; else all of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const [best] = nearNames(word, known, 1);
  return best === undefined ? `; there are: ${known.join(', ')}` : `; is "${best}" meant?`;
}
