// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { projectRoot } from '../folders.js';

const reason = z.strictObject({
  /** The name of the file, without folders. */
  file: z.string().regex(/^[\w-]+\.c$/),
  functions: z.array(z.string().regex(/^\w+$/)).min(1),
  /** Lines of these functions as they are in the source, without the blanks around them; absent: all of them. */
  lines: z.array(z.string().min(1)).min(1).optional(),
  why: z.string().min(10).max(300),
});
const schema = z.strictObject({ formatVersion: z.literal(1), reasons: z.array(reason) });

/** Why code is not reached by any program: somebody has read it and says so. */
export type Reason = z.infer<typeof reason>;

export const NOT_REACHED = join(projectRoot, 'vm-images', 'cover', 'not-reached.json');

/** The reasons in a text. Throws UsageError, which names the file and what is wrong in it. */
export function parseReasons(text: string, file: string): readonly Reason[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data.reasons;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as it should be'}`,
    {
      remedy: 'harness/cover/not-reached.ts says what an entry has.',
    },
  );
}

export const readReasons = (): readonly Reason[] =>
  parseReasons(readFileSync(NOT_REACHED, 'utf8'), NOT_REACHED);
