// SPDX-License-Identifier: MIT
// The figures that a guest says in its notes: "figure KIND key=value ...", written by vm-images/guest/bench.
import { z } from 'zod';

const number = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);
const cell = { cell: z.string(), fences: number };

/** Keys of each kind, as the guest writes them. */
const schemas = {
  /** What the processor's clock said. */
  ticks: z.strictObject({ now: number }),
  /** Ticks of one request: quartiles of many. */
  time: z.strictObject({ ...cell, low: number, median: number, high: number }),
  /** The lock of the reservation object in one request: the middle one of many. */
  lock: z.strictObject({ ...cell, acquisitions: number, held_ns: number }),
  /** Bytes that one request allocates, the most that it has at once, and those it has not freed at its end. */
  memory: z.strictObject({ ...cell, allocations: number, bytes: number, peak: number, kept: number }),
  /** Unreclaimable slab before and after so many rounds of export and import, and the time of a round. */
  rounds: z.strictObject({
    access: z.enum(['read', 'write']),
    ...{ rounds: number, before_kib: number, after_kib: number, ns: number },
  }),
  /** The deepest stack of the kernel while a step ran. */
  stack: z.strictObject({ step: z.string(), leaves: number, bytes: number }),
  /** Its frames, the deepest first: "function:bytes". */
  frames: z.strictObject({ step: z.string(), leaves: number, frames: z.string() }),
} as const;

/** All figures of one guest, by their kind, in the order in which they were said. */
export type Figures = { readonly [K in Kind]: readonly z.infer<(typeof schemas)[K]>[] };
type Kind = keyof typeof schemas;
const isKind = (word: string): word is Kind => Object.hasOwn(schemas, word);

const PREFIX = 'figure ';

/** Take the figures out of the notes of a subtest. Throws for a line that begins as a figure and is none. */
export function figuresOf(notes: readonly string[]): Figures {
  const found: { [K in Kind]: z.infer<(typeof schemas)[K]>[] } = {
    ...{ ticks: [], time: [], lock: [], memory: [], rounds: [], stack: [], frames: [] },
  };
  for (const note of notes) {
    if (!note.startsWith(PREFIX)) continue;
    const [kind = '', ...pairs] = note.slice(PREFIX.length).split(' ');
    if (!isKind(kind)) throw new Error(`there is no figure "${kind}": ${note}`);
    const fields = Object.fromEntries(pairs.map(split));
    const read = schemas[kind].safeParse(fields);
    if (!read.success) throw new Error(`not a figure: ${note}\n${z.prettifyError(read.error)}`);
    // The schema of this kind has read it
    (found[kind] as (typeof read.data)[]).push(read.data);
  }
  return found;
}

/** "a=b=c" is "a" and "b=c": the name of a function may have anything in it. */
function split(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
