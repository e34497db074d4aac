// SPDX-License-Identifier: MIT
import type { CodeMap } from './code-map.js';

/** A line with code of its own. */
export interface Line {
  readonly line: number;
  /** The source, without the blanks around it; undefined if it is not at hand. */
  readonly text: string | undefined;
  /** Some of its code was reached. */
  readonly reached: boolean;
}

/** A function as it is written, whatever it was compiled into. */
export interface FunctionCoverage {
  readonly name: string;
  readonly reached: boolean;
  readonly lines: readonly Line[];
}

export interface FileCoverage {
  /** "drivers/dma-buf/dma-resv.c" */
  readonly file: string;
  readonly functions: readonly FunctionCoverage[];
  readonly covered: number;
  readonly lines: number;
}

/**
 * What was reached, by file, function and line. `stray` is how many places were reached that the map does not have: code
 * that ends in a jump to KCOV, which is told of as its caller.
 */
export interface Coverage {
  readonly files: readonly FileCoverage[];
  readonly stray: number;
}

/** How many of the places of a map were reached. */
export const reachedOf = (
  { places }: Pick<CodeMap, 'places'>,
  reached: ReadonlySet<number>,
): { reached: number; of: number } => ({
  reached: places.filter(({ place }) => reached.has(place)).length,
  of: places.length,
});

/** A line counts once, and for the function that it is first found in. */
export function coverageOf({ places, sources }: CodeMap, reached: ReadonlySet<number>): Coverage {
  const known = new Set(places.map(({ place }) => place));
  const files = [...new Set(places.map(({ file }) => file))].sort().map((file) => {
    const source = sources[file]?.split('\n');
    const lines = new Map<number, { func: string; reached: boolean }>();
    for (const { place, line, func } of places.filter((one) => one.file === file)) {
      const seen = lines.get(line) ?? { func, reached: false };
      lines.set(line, { func: seen.func, reached: seen.reached || reached.has(place) });
    }
    const byFunction = new Map<string, Line[]>();
    for (const [line, one] of [...lines].sort(([a], [b]) => a - b)) {
      const of = byFunction.get(one.func) ?? [];
      byFunction.set(one.func, of);
      of.push({ line, text: source?.[line - 1]?.trim(), reached: one.reached });
    }
    return {
      file,
      functions: [...byFunction].map(([name, of]) => ({
        name,
        reached: of.some((line) => line.reached),
        lines: of,
      })),
      covered: [...lines.values()].filter((line) => line.reached).length,
      lines: lines.size,
    };
  });
  return { files, stray: [...reached].filter((place) => !known.has(place)).length };
}
