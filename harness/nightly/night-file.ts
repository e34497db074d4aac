// SPDX-License-Identifier: MIT
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { suggestion } from './suggest.js';
import { TomlLines, type TomlPath } from './toml-lines.js';

const text = z.string().min(1).max(200);
const pathText = z.string().min(1).max(4096);
const span = z.string().regex(/^\d{1,6}[smh]$/, 'must be a number and a unit, as "90s", "10m" or "1h"');
const texts = z.array(text).min(1);
/** One, or several in brackets. */
const some = z.union([text.transform((one) => [one]), texts]);

/** What a cell may say of itself, in [[matrix]] and [[include]]. */
const cellOptions = {
  /** Patterns as `fencelab check --only` takes them. */
  only: texts.optional(),
  cpus: z.number().int().min(1).max(8).optional(),
  /** Of a search: how long, and what is random follows from the seed. */
  time: span.optional(),
  seed: z.number().int().min(0).max(0x7fffffff).optional(),
  /** How long a cell is expected to take, for sharing out. */
  minutes: z.number().positive().max(10_080).optional(),
};
const kernelTable = z.strictObject({
  kernel: pathText,
  patch: z.union([pathText.transform((one) => [one]), z.array(pathText).min(1)]).optional(),
});
const matrixTable = z.strictObject({
  kernels: some,
  profiles: some.optional(),
  gpus: some.optional(),
  strategies: some.optional(),
  ...cellOptions,
});
const includeTable = z.strictObject({
  kernel: text,
  profile: text.optional(),
  gpu: text.optional(),
  strategy: text.optional(),
  ...cellOptions,
});
const excludeTable = z.strictObject({
  kernels: some.optional(),
  profiles: some.optional(),
  gpus: some.optional(),
  strategies: some.optional(),
  why: text,
});
const nightFile = z.strictObject({
  strict: z.boolean().optional(),
  retries: z.number().int().min(0).max(20).optional(),
  time: span.optional(),
  seed: z.number().int().min(0).max(0x7fffffff).optional(),
  expectations: pathText.optional(),
  kernels: z.record(z.string(), kernelTable).optional(),
  matrix: z.array(matrixTable).optional(),
  include: z.array(includeTable).optional(),
  exclude: z.array(excludeTable).optional(),
});

/** A night's file as it was written. */
export type NightFile = z.infer<typeof nightFile>;
export type CellOptions = Pick<NonNullable<NightFile['include']>[number], keyof typeof cellOptions>;

/** Keys of each kind of table, for those who mistyped one. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(nightFile.shape),
  kernels: Object.keys(kernelTable.shape),
  matrix: Object.keys(matrixTable.shape),
  include: Object.keys(includeTable.shape),
  exclude: Object.keys(excludeTable.shape),
};

/** A file that has been read, and a way to say where in it something is wrong. */
export interface ReadFile {
  readonly file: NightFile;
  lineOf(path: TomlPath): number;
  refuse(path: TomlPath, why: string, remedy?: string): never;
}

/** Reads nightly.toml. Throws UsageError with file, line and reason. `name`: as the user named the file. */
export function parseNightFile(toml: string, name: string): ReadFile {
  const value = parsed(toml, name);
  const lines = new TomlLines(toml);
  const refuse = (
    path: TomlPath,
    why: string,
    remedy = 'fencelab nightly --help shows how it is written.',
  ): never => {
    throw new UsageError(`${name}, line ${lines.lineOf(path)}: ${why}`, { remedy });
  };
  const read = nightFile.safeParse(value);
  if (read.success) return { file: read.data, lineOf: (path) => lines.lineOf(path), refuse };
  // The first in the file, not the first that was looked at
  const said = read.error.issues
    .map((issue) => saidOf(issue, value))
    .sort((a, b) => lines.lineOf(a.path) - lines.lineOf(b.path))[0];
  return refuse(said?.path ?? [], said?.why ?? 'it makes no sense');
}

function parsed(toml: string, name: string): unknown {
  try {
    return parse(toml);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const why = cause.message.split('\n')[0]?.replace('Invalid TOML document: ', '') ?? '';
    throw new UsageError(`${name}, line ${cause.line}, column ${cause.column}: ${why}`, {
      detail: cause.codeblock.trimEnd(),
      remedy: 'Not valid TOML (toml.io has the format).',
      cause,
    });
  }
}

type Issue = z.core.$ZodIssue;

function saidOf(issue: Issue, value: unknown): { path: TomlPath; why: string } {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const name = String(path.findLast((part) => typeof part === 'string') ?? '');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = KEYS[String(path[0] ?? '')] ?? [];
    return { path: [...path, key], why: `there is no key "${key}" here${suggestion(key, known)}` };
  }
  if (at(value, path) === undefined) return { path, why: `"${name}" is missing in ${placeOf(path)}` };
  if (path.length === 1 && LISTS.includes(name) && issue.code === 'invalid_type')
    return { path, why: `write [[${name}]], in two pairs of brackets: there may be several` };
  if (issue.code === 'invalid_union') {
    // Of the alternatives the one that has the kind of value that was written
    const deep = issue.errors.flat().find((one) => one.path.length > 0);
    if (deep !== undefined) return saidOf({ ...deep, path: [...issue.path, ...deep.path] } as Issue, value);
    return { path, why: `${name} must be a text, or several in brackets` };
  }
  return { path, why: `${name} ${wordsFor(issue)}` };
}

/** Tables that may come several times. */
const LISTS = ['matrix', 'include', 'exclude'];

function wordsFor(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KIND_WORDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'number'
        ? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
        : 'must not be empty';
    case 'too_big':
      return issue.origin === 'number' ? `must be at most ${issue.maximum}` : 'is too long';
    case 'invalid_format':
      return issue.message;
    default:
      return `cannot be this: ${issue.message}`;
  }
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  string: 'a text, in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'several, in brackets',
  object: 'a table',
  record: 'a table',
};

const placeOf = (path: TomlPath): string =>
  path.length <= 1
    ? 'this file'
    : typeof path[1] === 'number'
      ? `[[${path[0]}]]`
      : `[${path.slice(0, -1).join('.')}]`;

function at(value: unknown, path: TomlPath): unknown {
  let now: unknown = value;
  for (const part of path)
    now =
      typeof now === 'object' && now !== null ? (now as Record<string, unknown>)[String(part)] : undefined;
  return now;
}
