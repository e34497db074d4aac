// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { run } from '../../process/run.js';
import { exists } from '../source.js';

/** What kernel-doc says of a file, without the line numbers, which any patch moves. */
export function parseWarnings(output: string): string[] {
  return [...output.matchAll(/^\S+?:\d+: ((?:warning|error): .*)$/gim)].map((match) => match[1] ?? '');
}

/** The warnings of `after` that `before` does not have, counting repetitions. */
export function newWarnings(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before];
  return after.filter((warning) => {
    const at = left.indexOf(warning);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Run the tree's own kernel-doc over one file; an absent file has nothing to be warned of. */
export async function kernelDoc(
  tree: string,
  file: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  if (file === undefined) return [];
  const perl = join(tree, 'scripts/kernel-doc');
  const [program, script] = (await exists(perl))
    ? ['perl', perl]
    : ['python3', join(tree, 'scripts/kernel-doc.py')];
  const done = await run(program, [script, '-none', file], { signal, env: { LC_ALL: 'C' } });
  signal.throwIfAborted();
  return parseWarnings(done.output);
}

/** Files in which kernel-doc comments are looked for. */
export const hasKernelDoc = (path: string): boolean => /\.[ch]$/.test(path) && !path.startsWith('tools/');
