// SPDX-License-Identifier: MIT
import type { Command } from 'commander';
import type { AddCommand } from './add.js';
import { collect } from './add.js';
import { debugProgram } from './debug-program.js';
import { wholeNumber } from './numbers.js';
import { addCpusOption, addKernelOptions, type KernelOptions } from './target.js';

const HELP = `
The program is run once while QEMU records everything that makes the guest run as it does. Then the same run is played
again, under a debugger, which stops in the kernel's code of one op: the one the model does not allow, or the one that killed
the kernel, or --op. The gdb command is printed, to be pasted into another terminal; Ctrl-C ends the replay.

However often it is debugged, the program does the same; QEMU 7.2 cannot go back (reverse-continue), so start again for what
came before. The second breakpoint is the function; the first one is passed once for each op, so "continue" ends at the next op.

Examples:
  fencelab debug bug.prog --kernel debian:6.1                     what fencelab run has shown to be wrong
  fencelab debug vm-images/programs/snapshot.prog --op 12          any op, by its place in what fencelab run shows
  fencelab debug bug.prog --batch --ex 'info registers'            gdb's own output, and nothing to type

Exit status: 0 it stopped there (or you ended it), 1 it did not, 2 usage, 125 this kernel could not be tested.`;

export interface DebugOptions extends KernelOptions {
  readonly cpus: number;
  readonly op?: number;
  readonly observe: boolean;
  readonly batch: boolean;
  readonly ex: readonly string[];
}

export const addDebug: AddCommand = (program, done) => {
  const command: Command = program
    .command('debug')
    .description('play a program again under gdb, stopped in the kernel at the op that goes wrong')
    .argument('<file>', 'a program (.prog) or trace (.trace)')
    .option(
      '--op <n>',
      'stop in this op instead: its number among all ops of the trace, from 0',
      wholeNumber(0, 10_000_000),
    )
    .option('--no-observe', 'do not look at the buffers after each op, only at what the program asks for')
    .option('--batch', 'run gdb here, show where it stops, and end', false)
    .option(
      '--ex <command>',
      'with --batch: a gdb command for when it has stopped; may be repeated',
      collect,
      [],
    )
    .addHelpText('after', HELP);
  addCpusOption(addKernelOptions(command)).action(async (file: string, options: DebugOptions) =>
    done(await debugProgram(file, options)),
  );
};
