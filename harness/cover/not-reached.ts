// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../folders.js';
import { readJson } from '../reading/json.js';

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

/** The reasons in a text. Throws UsageError with the line and the reason. */
export const parseReasons = (text: string, file: string): readonly Reason[] =>
  readJson(text, file, schema, {
    what: 'why code is not reached',
    remedy: 'harness/cover/not-reached.ts says what an entry has.',
  }).reasons;

export const readReasons = (): readonly Reason[] =>
  parseReasons(readFileSync(NOT_REACHED, 'utf8'), NOT_REACHED);
