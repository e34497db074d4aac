// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { ParseError, parseScript, type Script } from '../../models/index.js';
import { UsageError } from '../errors.js';
import { forbidsDefects } from './no-defects.js';

/** A program or trace in text form, as somebody wrote it into a file. */
export interface ProgramFile {
  /** What the guest and all reports call it. */
  readonly name: string;
  /** The path as it was given, for messages. */
  readonly file: string;
  readonly text: string;
  readonly script: Script;
  /** The comment it begins with. */
  readonly purpose: string;
}

const EXTENSION = /\.(?:prog|trace)$/;
/** Nobody writes that much by hand, and a trace of the guest is shorter. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The programs in files and folders (every *.prog and *.trace below), in the order they were given. Throws UsageError for
 * what is missing or cannot be read as a program.
 */
export function readPrograms(paths: readonly string[]): ProgramFile[] {
  const taken = new Set<string>();
  return paths.flatMap(filesIn).map((file) => {
    const base = nameOf(file);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
    taken.add(name);
    const text = textOf(file);
    forbidsDefects(text, file); // refused before anything is built
    return { name, file, text, script: parseProgram(text, file), purpose: purposeOf(text, file) };
  });
}

/** The text of a program, or what is wrong with it and where. */
export function parseProgram(text: string, file: string): Script {
  try {
    return parseScript(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new UsageError(`${file}, line ${error.line}: ${error.reason}`, { remedy: error.remedy });
  }
}

/** The text of a file that somebody names. Throws UsageError if there is none to be read. */
export function textOf(file: string): string {
  const refuse = (why: string): UsageError =>
    new UsageError(`${file} cannot be read: ${why}`, {
      remedy: 'Give a program in text form; vm-images/programs has examples.',
    });
  let bytes: Uint8Array;
  try {
    const found = statSync(resolve(file));
    // A pipe would be waited for, for ever
    if (!found.isFile()) throw refuse('it is no file');
    if (found.size > MAX_BYTES) throw refuse(`it has ${found.size} bytes, which is too large for a program`);
    bytes = readFileSync(resolve(file));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw refuse((error as NodeJS.ErrnoException).code ?? String(error));
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const line = bytes.subarray(0, zero).reduce((count, byte) => count + (byte === 10 ? 1 : 0), 1);
    throw new UsageError(`${file}, line ${line}: this is not text`, {
      remedy: 'Give a program in text form; what a guest recorded (trace.bin) is not.',
    });
  }
  return new TextDecoder().decode(bytes);
}

function filesIn(path: string): string[] {
  const found = statSync(resolve(path), { throwIfNoEntry: false });
  if (found === undefined)
    throw new UsageError(`there is no file or folder ${path}`, {
      remedy: 'Give a program in text form; vm-images/programs has examples.',
    });
  if (!found.isDirectory()) return [path];
  const inside = readdirSync(resolve(path), { recursive: true, withFileTypes: true })
    .filter((entry) => EXTENSION.test(entry.name) && !entry.isDirectory())
    .map((entry) => join(path, relative(resolve(path), join(entry.parentPath ?? entry.path, entry.name))))
    .sort();
  if (inside.length === 0)
    throw new UsageError(`there is no program in ${path}`, {
      remedy: 'Programs in text form end in .prog, traces in .trace.',
    });
  return inside;
}

/** A file's name as a subtest may be called. */
function nameOf(file: string): string {
  const name = basename(file)
    .replace(EXTENSION, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return name === '' ? 'program' : name.slice(0, 60);
}

/** The first line of the file if it is a comment. */
function purposeOf(text: string, file: string): string {
  const first = /^\s*#\s*(\S.*)/
    .exec(text)?.[1]
    ?.replace(/\p{Cc}/gu, ' ')
    .trim();
  return (first ?? `the program in ${basename(file)}`).slice(0, 300);
}
