// SPDX-License-Identifier: MIT
import { relative } from 'node:path';

/** As a person in this folder would name it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
