// SPDX-License-Identifier: MIT
// What people ask for: the words after `npm run bench -- ioctls`.
import { parseArgs } from 'node:util';

/** `time`: how long a request takes; `lock`: how long it holds it; `memory`, `stack`: how much; `rounds`: what is left behind. */
export const PARTS = ['time', 'lock', 'memory', 'stack', 'rounds'] as const;
export type Part = (typeof PARTS)[number];

/** A kernel, as `fencelab check --kernel` and `--patch` take it. */
export interface KernelOrder {
  readonly kernel: string;
  readonly patch: readonly string[];
}

/** What is to be measured, against what. */
export interface IoctlsOrder {
  readonly ours: KernelOrder;
  readonly theirs: KernelOrder;
  /** Guests of each kernel, for all that has noise. */
  readonly pairs: number;
  /** All of {@link PARTS} if it is empty. */
  readonly parts: readonly Part[];
  /** Where all figures are written to as well. */
  readonly json: string | undefined;
}

export const IOCTLS_USAGE = `npm run bench -- ioctls [--patch WHAT]... [--kernel WHAT] [--against WHAT] [--pairs N] [--part PART]... [--json FILE]
  --kernel   ours, as "fencelab check" takes it (default: debian:5.10)
  --patch    on ours, likewise; may be repeated (default: auto, our series)
  --against  theirs (default: debian:6.1)
  --pairs    guests of each kernel, in turn, for all that has noise (default: 5)
  --part     ${PARTS.join(', ')}; may be repeated (default: all)
  --json     also write all figures there`;

/** Which benches, and the options of this one. Throws for words that mean nothing. */
export function parseWords(words: readonly string[]): {
  readonly names: readonly string[];
  readonly order: IoctlsOrder;
} {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: {
      ...{ patch: { type: 'string', multiple: true }, part: { type: 'string', multiple: true } },
      ...{ kernel: { type: 'string' }, against: { type: 'string' } },
      ...{ pairs: { type: 'string' }, json: { type: 'string' } },
    },
    allowPositionals: true,
  });
  const {
    kernel = 'debian:5.10',
    against = 'debian:6.1',
    patch = ['auto'],
    pairs = '5',
    part = [],
    json,
  } = values;
  if (!/^[1-9]\d?$/.test(pairs)) throw new Error(`--pairs ${pairs}: it must be a number from 1 to 99.`);
  return {
    names: positionals,
    order: {
      ours: { kernel, patch },
      theirs: { kernel: against, patch: ['none'] },
      ...{ pairs: Number(pairs), parts: part.map(partOf), json },
    },
  };
}

function partOf(word: string): Part {
  const part = PARTS.find((known) => known === word);
  if (part === undefined) throw new Error(`--part ${word}: there are ${PARTS.join(', ')}.`);
  return part;
}
