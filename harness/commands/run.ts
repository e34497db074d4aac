// SPDX-License-Identifier: MIT
import type { ProgramMode } from '../../models/index.js';
import { select } from '../drive/select.js';
import { limitSeconds, programBytes } from '../programs/program.js';
import { type ProgramFile, readPrograms } from '../programs/read.js';
import { PROGRAM_SUITE } from '../record/run-record.js';
import type { PlannedSubtest } from '../result/result.js';
import type { AddCommand } from './add.js';
import { addRunOptions, type RunOptions } from './run-options.js';
import { showPrograms } from './show-programs.js';
import { addTargetOptions, type TargetOptions } from './target.js';
import { testKernel } from './test-kernel.js';

const HELP = `
A program is one op a line; "#" begins a comment. Results, times and the first descriptor that a file names are not looked
at, so that a trace can be run again as it is.

    t0 = timeline             # a sw_sync timeline
    s0 = fence t0 1           # a sync_file for its value 1
    c0 = card                 # vgem
    g0 = dumb c0              # a buffer by handle,
    b0 = prime c0 g0          # and as a dma-buf
    import b0 write s0
    poll b0 in                # must not be ready

What is a known defect of a kernel is allowed there. The line "#! no known defects" makes it red in that program.

Shown is each op, what the kernel gave, and what the model allows where that differs or is a choice. Programs are run one
after the other in one guest; one that kills the kernel costs a fresh guest.

Examples:
  fencelab run vm-images/programs/snapshot.prog                  on Linux 5.10 with our series
  fencelab run bug.prog --kernel debian:6.1                      on upstream's own
  fencelab run vm-images/programs --kernel ~/linux               every program in a folder
  fencelab run race.prog --profile race --icount 7,42            threads: the same each time; 42 is one order of many
  fencelab run vm-images/programs/5.10-defects --patch none      what is wrong with 5.10 as it is
  fencelab run results/latest/divergences/import@two.trace       what a check has found

Exit status: 0 all hold, 1 something does not (also: the kernel died), 2 usage, 125 this kernel could not be tested.`;

interface RunCommandOptions extends TargetOptions, RunOptions {
  readonly observe: boolean;
}

export const addRun: AddCommand = (program, done) => {
  const command = program
    .command('run')
    .description('run programs in text form on a kernel, and show each op beside what the model allows')
    .argument('<file...>', 'programs (.prog) or traces (.trace), or folders of them')
    .option('--no-observe', 'do not look at the buffers after each op, only at what the program asks for')
    .addHelpText('after', HELP);
  addRunOptions(addTargetOptions(command)).action(async (files: string[], options: RunCommandOptions) =>
    done(await runPrograms(files, options)),
  );
};

function runPrograms(files: readonly string[], options: RunCommandOptions): Promise<number> {
  const mode: ProgramMode = {
    careful: true,
    observe: options.observe,
    ...(options.icount === undefined ? {} : { pauses: options.icount.seed }),
  };
  const read = readPrograms(files);
  for (const { file, script, text } of read) programBytes(file, script, mode, text); // refused before anything is built
  const plan = select(read.map(plannedProgram), options.only);
  const names = new Set(plan.map((s) => s.subtest));
  const programs = read.filter(({ name }) => names.has(name)).map((one) => ({ ...one, ...mode }));
  return testKernel(options, async () => ({ plan, programs, guests: 1 }), showPrograms(programs));
}

/** A program as a subtest. */
export const plannedProgram = ({ name, purpose, script }: ProgramFile): PlannedSubtest => ({
  program: PROGRAM_SUITE,
  subtest: name,
  flags: [],
  limitSeconds: limitSeconds(script),
  promises: [],
  purpose,
});
