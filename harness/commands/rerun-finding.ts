// SPDX-License-Identifier: MIT
import { type ProgramMode, printScript, repeated } from '../../models/index.js';
import { UsageError } from '../errors.js';
import { type FindingHeader, parseHeader } from '../explore/header.js';
import { programBytes } from '../programs/program.js';
import { type ProgramFile, readPrograms } from '../programs/read.js';
import { elsewhere, targetOf } from './finding-target.js';
import { plannedProgram } from './run.js';
import type { RunOptions } from './run-options.js';
import { showTries } from './show-tries.js';
import type { TargetOptions } from './target.js';
import { testKernel } from './test-kernel.js';

/** A race is tried so often: it need not show each time. */
const RACE_TRIES = 20;

/**
 * A program that a search has saved is run as it was found: on that kernel, in that machine, in that way, where `given`
 * does not say something else.
 */
export function rerunFinding(
  file: string,
  options: RunOptions,
  given: Partial<TargetOptions> = {},
): Promise<number> {
  const [read] = readPrograms([file]);
  const header = read === undefined ? undefined : parseHeader(read.text, file);
  if (read === undefined || header === undefined)
    throw new UsageError(`${file} does not say on what kernel it is to be run again`, {
      remedy: `Programs without such a header are run with: fencelab run ${file}`,
    });
  programBytes(file, read.script, modeOf(header), read.text); // refused before anything is built
  const programs = triesOf(read, header);
  const plan = programs.map(plannedProgram);
  return testKernel(
    { ...options, ...elsewhere(targetFor(header, file, given), given) },
    async () => ({ plan, programs, guests: 1 }),
    showTries(programs, header.signature),
  );
}

/** Patches that somebody names instead need not be as they were. */
const targetFor = (header: FindingHeader, file: string, given: Partial<TargetOptions>): TargetOptions => {
  const { patches: _, ...rest } = header;
  const isTriedElsewhere = given.patch ?? given.kernel ?? given.image;
  return targetOf(isTriedElsewhere === undefined ? header : rest, file);
};

export function modeOf({ mode, pauses }: FindingHeader): ProgramMode {
  const on = (word: string): boolean => mode.split(' ').includes(word);
  return {
    careful: on('careful'),
    observe: on('observe'),
    faults: on('faults'),
    cover: on('cover'),
    signals: on('signals'),
    pressure: on('pressure'),
    ...(pauses === undefined ? {} : { pauses }),
  };
}

/** A clock that counts instructions makes each try the same; other races are tried with other pauses as well. */
export function triesOf(program: ProgramFile, header: FindingHeader): (ProgramFile & ProgramMode)[] {
  const mode = modeOf(header);
  const script = repeated(program.script, header.times ?? 1);
  const again = header.times === undefined ? program : { ...program, script, text: printScript(script) };
  const races = program.script.events.some(({ thread }) => (thread ?? 0) !== 0);
  if (!races || header.icount !== undefined) return [{ ...again, ...mode }];
  return Array.from({ length: RACE_TRIES }, (_, n) => ({
    ...again,
    ...mode,
    name: `${program.name}-try-${n + 1}`,
    pauses: (mode.pauses ?? 0) + (n >> 1),
  }));
}
