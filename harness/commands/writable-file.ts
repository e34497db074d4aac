// SPDX-License-Identifier: MIT
import { accessSync, appendFileSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import type { Sink } from '../report/reporter.js';

/** A file for a report, looked at before any work is done: an hour's run must not end in a report that cannot be written. */
export function writableFile(name: string): Sink {
  const file = resolve(name);
  const folder = dirname(file);
  const refuse = (why: string): never => {
    throw new UsageError(`a report cannot be written to ${name}: ${why}`);
  };
  if (!existsSync(folder)) refuse(`there is no folder ${folder}`);
  if (existsSync(file) && statSync(file).isDirectory()) refuse('it is a folder');
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
  } catch {
    refuse('it may not be written');
  }
  let first = true;
  return {
    write: (text) => {
      if (first) writeFileSync(file, text);
      else appendFileSync(file, text);
      first = false;
    },
  };
}
