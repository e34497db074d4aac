// SPDX-License-Identifier: MIT
import type { z } from 'zod';
import { UsageError } from '../errors.js';
import { lineAt, placeOfValue, whereNoJson } from './json-places.js';

/**
 * A JSON file that somebody may have written or changed, as the schema has it. Throws UsageError with the file, the line and
 * the reason. `what` is what it should be: "the results of a run".
 */
export function readJson<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
  more: { readonly what: string; readonly remedy?: string },
): T {
  const remedy = more.remedy === undefined ? {} : { remedy: more.remedy };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const wrong = whereNoJson(text);
    const line = lineAt(text, wrong?.at ?? 0);
    const why = wrong?.message ?? (cause instanceof Error ? cause.message : String(cause));
    throw new UsageError(`${file}, line ${line}: this is not JSON: ${why}`, { cause, ...remedy });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknown].map((part) =>
    typeof part === 'number' ? part : String(part),
  );
  const line = lineAt(text, placeOfValue(text, path));
  const name = path.length === 0 ? 'it' : path.join('.');
  throw new UsageError(`${file}, line ${line}: ${name}: ${issue?.message ?? 'not as it should be'}`, {
    detail: `It does not describe ${more.what}.`,
    ...remedy,
  });
}
