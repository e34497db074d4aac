// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { ProgramMode } from '../../models/index.js';
import { UsageError } from '../errors.js';
import { parseHeader } from '../explore/header.js';
import { readPatches } from '../kernel/patches.js';
import { parseKernelSpec } from '../kernel/spec.js';
import { programBytes } from '../programs/program.js';
import { type ProgramFile, readPrograms } from '../programs/read.js';
import { sha256Text } from '../record/folder.js';
import { planOf } from './check-run.js';
import { elsewhere, targetOf } from './finding-target.js';
import { usualGuests, type Work } from './prepare-run.js';
import { triesOf } from './rerun-finding.js';
import { plannedProgram } from './run.js';
import { addRunOptions, type RunOptions } from './run-options.js';
import { addTargetOptions, type Ingredients, type TargetOptions } from './target.js';

/** What is run on each kernel: what stands behind the `--`. */
export interface Check {
  /** Of the kernel only what does not say which it is. */
  readonly options: TargetOptions & RunOptions;
  readonly given: Partial<TargetOptions>;
  /** Where a saved failure is looked for: its signature. */
  readonly signature: string | undefined;
  /** All of it as words, for the search's name: the same words, the same check. */
  readonly words: readonly string[];
  work(ingredients: Ingredients): Promise<Work>;
}

const TARGET = ['kernel', 'image', 'patch', 'profile', 'gpu', 'guests', 'cpus', 'icount', 'jobs'] as const;

/** Read the words behind `--`. `refused`: options that the search itself decides on, with the reason. */
export function readCheck(words: readonly string[], refused: Readonly<Record<string, string>>): Check {
  const command = new Command('check').exitOverride().configureOutput({ writeErr: () => undefined });
  addRunOptions(addTargetOptions(command)).argument('[file...]');
  try {
    command.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`behind "--": ${error.message.replace(/^error: /, '')}`, {
      remedy: 'There go options of "fencelab check" (--only ...), or a saved program (FILE.prog).',
    });
  }
  const options = command.opts<TargetOptions & RunOptions>();
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  for (const [name, why] of Object.entries({ ...REPORTS, ...refused }))
    if (isGiven(name)) throw new UsageError(`behind "--": --${name} is not for a search: ${why}`);
  const given: Partial<TargetOptions> = Object.fromEntries(
    TARGET.filter(isGiven).map((name) => [name, options[name]]),
  );
  return command.args.length === 0
    ? checkOf(options, given, words)
    : programsOf(command.args, options, given, words);
}

/**
 * What is in the patches that are put on every kernel, by their sha256: a verdict of before an edit is none of now. Throws
 * UsageError for one that cannot be read.
 */
export async function patchDigests(patch: readonly string[], kernel: string): Promise<string[]> {
  const wanted = patch.length === 0 ? ['auto'] : patch;
  return (await readPatches(wanted, await parseKernelSpec(kernel))).map(({ sha256 }) => sha256);
}

const REPORTS = {
  image: 'each kernel is built',
  tap: 'many kernels are judged',
  junit: 'many kernels are judged',
  json: 'many kernels are judged; state.json has the verdicts',
  html: 'many kernels are judged; "fencelab html" makes a page of each run in the folder of the search',
  results: 'give it before the "--"',
};

function checkOf(options: Check['options'], given: Check['given'], words: readonly string[]): Check {
  return {
    options,
    given,
    signature: undefined,
    words,
    work: async (ingredients) => ({
      plan: await planOf(ingredients, options.only),
      programs: [],
      guests: usualGuests(),
    }),
  };
}

function programsOf(
  files: readonly string[],
  options: Check['options'],
  given: Check['given'],
  words: readonly string[],
): Check {
  if (options.only.length > 0)
    throw new UsageError('behind "--": either --only or programs, not both', {
      remedy: 'A program in text form is run whole.',
    });
  const read = readPrograms(files);
  const texts = read.map(({ text }) => sha256Text(text));
  const headers = read.map(({ file }) => parseHeader(readFileSync(resolve(file), 'utf8'), file));
  const [header] = headers;
  const [first] = read;
  if (header !== undefined && read.length > 1)
    throw new UsageError('behind "--": one saved failure at a time', {
      remedy: `Search with ${read[0]?.file} alone.`,
    });
  const programs =
    header === undefined ? asWritten(read, options) : read.flatMap((one) => triesOf(one, header));
  for (const { name, script, ...mode } of programs) programBytes(name, script, mode);
  const plan = programs.map(plannedProgram);
  const target =
    header === undefined || first === undefined
      ? options
      : elsewhere(targetOf(header, first.file), { kernel: '', ...given });
  return {
    options: { ...options, ...target },
    given,
    signature: header?.signature,
    words: [...words, ...texts],
    work: async () => ({ plan, programs, guests: 1 }),
  };
}

/** As `fencelab run` does it. */
function asWritten(read: readonly ProgramFile[], { icount }: TargetOptions): (ProgramFile & ProgramMode)[] {
  const mode = { careful: true, observe: true, ...(icount === undefined ? {} : { pauses: icount.seed }) };
  return read.map((one) => ({ ...one, ...mode }));
}
