// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type ProgramMode, printScript, repeated } from '../../models/index.js';
import { UsageError } from '../errors.js';
import { type FindingHeader, parseHeader } from '../explore/header.js';
import { projectRoot } from '../folders.js';
import { type ProgramFile, readPrograms } from '../programs/read.js';
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
  const header = parseHeader(readFileSync(resolve(file), 'utf8'), file);
  if (read === undefined || header === undefined)
    throw new UsageError(`${file} does not say on what kernel it is to be run again`, {
      remedy: `Programs without such a header are run with: fencelab run ${file}`,
    });
  const programs = triesOf(read, header);
  const plan = programs.map(plannedProgram);
  return testKernel(
    { ...options, ...elsewhere(targetOf(header), given) },
    async () => ({ plan, programs, guests: 1 }),
    showTries(programs, header.signature),
  );
}

/** The options that `fencelab explore` had. */
export function targetOf(header: FindingHeader): TargetOptions {
  const [shift, , seed] = (header.icount ?? '').split(' ').map(Number);
  return {
    kernel: header.kernel,
    ...(header.image === undefined ? {} : { image: header.image }),
    patch: header.patch === 'auto' ? [] : header.patch.split(' ').map(fromProject),
    profile: header.profile,
    gpu: header.gpu,
    cpus: header.cpus,
    ...(shift === undefined || seed === undefined ? {} : { icount: { shift, seed } }),
  };
}

/** Patches were for the kernel that the failure was found on: on another one only "none" and "auto" mean something. */
export function elsewhere(target: TargetOptions, given: Partial<TargetOptions>): TargetOptions {
  const { image: _, ...rest } = target;
  const isOther = given.kernel !== undefined || given.image !== undefined;
  const patch = target.patch.length === 1 && target.patch[0] === 'none' ? target.patch : [];
  if (given.image !== undefined) return { ...rest, patch: [], ...given };
  return isOther ? { ...rest, patch, ...given } : { ...target, ...given };
}

/** Patches of the project are named from its folder, and found from wherever one is. */
const fromProject = (patch: string): string =>
  patch.startsWith('kernel-patch/') ? relative(process.cwd(), resolve(projectRoot, patch)) || '.' : patch;

export function modeOf({ mode, pauses }: FindingHeader): ProgramMode {
  const on = (word: string): boolean => mode.split(' ').includes(word);
  return {
    careful: on('careful'),
    observe: on('observe'),
    faults: on('faults'),
    cover: on('cover'),
    signals: on('signals'),
    ...(pauses === undefined ? {} : { pauses }),
  };
}

/** A clock that counts instructions makes each try the same; other races are tried with other pauses as well. */
function triesOf(program: ProgramFile, header: FindingHeader): (ProgramFile & ProgramMode)[] {
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
