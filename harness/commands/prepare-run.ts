// SPDX-License-Identifier: MIT
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ProgramMode } from '../../models/index.js';
import { projectRoot } from '../folders.js';
import { run } from '../process/run.js';
import type { ProgramFile } from '../programs/read.js';
import { keep, makeRunFolder, sha256Of } from '../record/folder.js';
import { RECORD_FILE, type RunRecord } from '../record/run-record.js';
import type { PlannedSubtest } from '../result/result.js';
import { profileAppend, profileMachine } from './profiles.js';
import type { Ingredients, TargetOptions } from './target.js';

/** What is to be done in the guests. */
export interface Work {
  readonly plan: readonly PlannedSubtest[];
  /** Programs as data: each is a subtest of the plan. */
  readonly programs: readonly (ProgramFile & ProgramMode)[];
  /** Guests side by side, where nobody asks for a number. */
  readonly guests: number;
  /** Whether all of it tells what code it reaches. */
  readonly cover?: boolean;
}

/** One guest for each two processors, at least two: most of a guest's time is spent waiting. */
export const usualGuests = (): number => Math.max(2, Math.floor(availableParallelism() / 2));

/** The run's folder with its record and the files the record names; nothing has been started yet. */
export async function prepareRun(
  options: Pick<TargetOptions, 'gpu' | 'cpus' | 'guests' | 'icount'> & { readonly results?: string },
  ingredients: Ingredients,
  work: Work,
): Promise<{ folder: string; record: RunRecord }> {
  const { target } = ingredients;
  const name = `${target.kernel.replace(/^.*[/:]/, '')}-${target.patch === 'none' ? 'plain' : 'patched'}-${target.profile}`;
  const parent = resolve(options.results ?? join(projectRoot, 'results'));
  const folder = await makeRunFolder(parent, name, new Date());
  const files = {
    kernel: ingredients.pvh ? 'kernel/vmlinux' : 'kernel/bzImage',
    guest: 'guest/fencelab-guest',
  };
  await keep(ingredients.kernelFile, folder, files.kernel);
  await mkdir(join(folder, 'guest'), { recursive: true });
  await copyFile(ingredients.guestFile, join(folder, files.guest)); // a link would change with the next compile
  if (ingredients.configFile !== undefined) await keep(ingredients.configFile, folder, 'kernel/config');
  const programs = work.programs.map(({ name, careful, observe, faults, cover, signals, pauses }) => ({
    ...{ name, file: `programs/${name}.prog`, careful, observe },
    ...(faults === undefined ? {} : { faults }),
    ...(cover === undefined ? {} : { cover }),
    ...(signals === undefined ? {} : { signals }),
    ...(pauses === undefined ? {} : { pauses }),
  }));
  for (const [at, { file }] of programs.entries())
    await put(join(folder, file), work.programs[at]?.text ?? '');
  const profile = profileMachine(target.profile);
  const record: RunRecord = {
    formatVersion: 1,
    fencelab: await version(),
    target,
    provenance: ingredients.provenance,
    machine: {
      pvh: ingredients.pvh,
      gpu: options.gpu,
      cpus: options.cpus,
      memoryMiB: profile.memoryMiB,
      append: [...profileAppend(target.profile)],
      ...(options.icount === undefined ? {} : { icount: options.icount }),
    },
    limitScale: profile.limitScale,
    kmemleak: profile.kmemleak,
    ...(work.cover === undefined ? {} : { cover: work.cover }),
    guests: options.guests ?? work.guests,
    plan: work.plan.map((s) => ({ ...s, flags: [...s.flags], promises: [...s.promises] })),
    files: ingredients.configFile === undefined ? files : { ...files, config: 'kernel/config' },
    ...(programs.length === 0 ? {} : { programs }),
    sha256: {
      [files.kernel]: await sha256Of(join(folder, files.kernel)),
      [files.guest]: await sha256Of(join(folder, files.guest)),
      ...Object.fromEntries(
        await Promise.all(programs.map(async ({ file }) => [file, await sha256Of(join(folder, file))])),
      ),
    },
  };
  await writeFile(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
  return { folder, record };
}

/** The project's version, and the commit where there is one. */
export async function version(): Promise<string> {
  const text = await readFile(join(projectRoot, 'package.json'), 'utf8');
  const commit = await run('git', ['-C', projectRoot, 'rev-parse', '--short=12', 'HEAD']);
  const released = /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
  return commit.ok ? `${released} (${commit.stdout})` : released;
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
