// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { GPUS } from '../vm/qemu-args.js';

const line = z.string().regex(/^[^\n\r\0]*$/);
const number = z.coerce.number().int().min(0);

/** What a saved failure says of itself: all that it takes to repeat it. */
export const findingHeader = z.strictObject({
  signature: line,
  kernel: line.min(1),
  /** As given with --patch, separated by blanks: "auto", "none", or paths. */
  patch: line.min(1),
  /** The sha256 of the patches that are saved beside the program; absent where `patch` says all. */
  patches: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** A kernel that was built elsewhere. */
  image: line.optional(),
  profile: line.min(1),
  release: line,
  gpu: z.enum(GPUS),
  cpus: number.min(1).max(8),
  /** "7 seed 42": see MachineSpec.icount. */
  icount: z
    .string()
    .regex(/^\d+ seed \d+$/)
    .optional(),
  /** Of "careful observe faults cover signals pressure", what was on. */
  mode: z
    .string()
    .regex(
      /^(plain|(careful|observe|faults|cover|signals|pressure)( (observe|faults|cover|signals|pressure))*)$/,
    ),
  pauses: number.optional(),
  /** So often it is done in one run. */
  times: number.min(1).max(10_000).optional(),
  strategy: line,
  seed: number.optional(),
  /** How often it was seen. */
  count: number.min(1),
});
export type FindingHeader = z.infer<typeof findingHeader>;

const LINE = /^#: (\S+)(?: (.*))?$/;

/** Comment lines for the top of a program. */
export function printHeader(header: FindingHeader): string {
  return Object.entries(header)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `#: ${key} ${value}\n`)
    .join('');
}

/** The header of a saved failure; undefined if the text has none. Throws UsageError for one that makes no sense. */
export function parseHeader(text: string, file: string): FindingHeader | undefined {
  const found = new Map<string, { value: string; at: number }>();
  for (const [at, one] of text.split('\n').entries()) {
    const match = LINE.exec(one.trimEnd());
    const [, key, value = ''] = match ?? [];
    if (key === undefined) continue;
    if (found.has(key)) throw new UsageError(`${file}, line ${at + 1}: "${key}" is there twice`);
    found.set(key, { value, at: at + 1 });
  }
  if (found.size === 0) return undefined;
  const parsed = findingHeader.safeParse(
    Object.fromEntries([...found].map(([key, { value }]) => [key, value])),
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const key = unknown ?? String(issue?.path[0] ?? '');
  const where = found.get(key);
  const why = unknown === undefined ? (issue?.message ?? 'it makes no sense') : 'there is no such key';
  throw new UsageError(
    where === undefined
      ? `${file}, line ${Math.min(...[...found.values()].map(({ at }) => at))}: the header lacks "${key}"`
      : `${file}, line ${where.at}: ${key}: ${why}`,
    { remedy: 'Lines that begin with "#:" say on what kernel and how a saved program is run again.' },
  );
}
