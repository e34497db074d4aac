// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { projectRoot } from '../folders.js';
import { pack } from '../record/pack.js';
import type { AddCommand } from './add.js';
import { writableFile } from './writable-file.js';

export const addPack: AddCommand = (program, done) => {
  program
    .command('pack')
    .description('make one tar.gz of a run that a colleague can rerun without building')
    .argument('[run]', 'folder of a run (default: the newest, results/latest)')
    .option('-o, --output <file>', 'the archive to write (default: RUN.tar.gz in this folder)')
    .option('-f, --force', 'overwrite the archive if it exists', false)
    .addHelpText(
      'after',
      '\nWhat the test programs did, op by op, goes along (guest-N/trace.bin) up to 32 MiB a guest; of a longer trace only what is\nred does, in text form (divergences, traces).\n\nExamples:\n  fencelab pack\n  fencelab pack results/2026-11-22-191500-5.10-patched-fast -o bug.tar.gz\n\nExit status: 0 it is written, 2 usage.',
    )
    .action(async (folder: string | undefined, options: { output?: string; force: boolean }) => {
      const run = await realpath(resolve(folder ?? join(projectRoot, 'results', 'latest'))).catch(() => {
        throw new UsageError(`there is no run at ${folder ?? 'results/latest'}`, {
          remedy: 'Run "fencelab check" first, or give the folder of a run.',
        });
      });
      const file = resolve(options.output ?? `${basename(run)}.tar.gz`);
      if (existsSync(file) && !options.force)
        throw new UsageError(`${file} exists already`, {
          remedy: 'Give another name with --output, or --force to overwrite it.',
        });
      writableFile(file); // refused before anything is read
      const { bytes } = await pack(run, file);
      process.stdout.write(
        `${file} (${(bytes / 1e6).toFixed(1)} MB)\nagain, on any x86-64 machine: fencelab rerun ${basename(file)}\n`,
      );
      done(0);
    });
};
