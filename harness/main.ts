// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Help } from 'commander';
import { commands } from './commands/commands.js';
import { EXIT, FencelabError } from './errors.js';
import { projectRoot } from './folders.js';
import { reflow } from './help/reflow.js';
import { commandsBelow } from './help/tree.js';

/** A line is never longer, however wide the terminal: it would not be read. */
const MOST_COLUMNS = 120;

/** The whole command line; the exit status of what is run is handed to `done`. */
export function commandLine(done: (exitCode: number) => void): Command {
  const version =
    /"version": "([^"]+)"/.exec(readFileSync(join(projectRoot, 'package.json'), 'utf8'))?.[1] ?? '?';
  const program = new Command('fencelab')
    .description(
      'Builds a Linux kernel, boots it, and tells whether importing and exporting sync files on a dma-buf keeps its promises.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      getOutHelpWidth: columns,
      writeOut: (text) => void process.stdout.write(reflow(text, columns())),
    })
    .configureHelp({
      optionDescription: (option) => new Help().optionDescription(option).replace(NO_DEFAULT, ''),
    })
    .showHelpAfterError('(fencelab --help shows the commands, fencelab COMMAND --help their options)');
  for (const add of commands) add(program, done);
  for (const { command } of commandsBelow(program))
    if (command.options.some(({ long }) => long === '--results')) command.addHelpText('after', FILES);
  return program.addHelpText('after', EXAMPLES);
}

/** What says nothing: that what is not asked for is not done. */
const NO_DEFAULT = / \(default: (?:\[\]|false)\)$/;

const columns = (): number => Math.min(process.stdout.columns ?? 80, MOST_COLUMNS);

const FILES = `
Files: a folder results/TIME-NAME in the project or below --results, with run.json, results.json or explore.json and each
guest's log; results/latest leads to the newest. Kernels are kept in ~/.cache/fencelab ($FENCELAB_CACHE).`;

const EXAMPLES = `
Examples:
  fencelab check                  test Linux 5.10 with our series; builds what is missing
  fencelab help check             what a command does, its options, examples, exit status and files
  fencelab man | man -l -         the same of all commands, as a manual page

Exit status: 0 all hold, 1 something does not, 2 usage, 125 this kernel could not be tested.`;

/**
 * Runs a command line. Returns the exit status: 0 holds, 1 does not hold, 2 usage, 125 could not be tested
 * (130 after Ctrl-C), so that every command can be used under `git bisect run` as it is.
 */
export async function main(argv: readonly string[]): Promise<number> {
  let status: number = EXIT.holds;
  const program = commandLine((code) => {
    status = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.holds : EXIT.usage;
    if (error instanceof FencelabError) {
      process.stderr.write(errorText(error));
      return error.exitCode;
    }
    process.stderr.write(
      `[fencelab bug] ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT.untestable;
  }
}

/** What was asked and why not, the evidence, what to do. */
function errorText(error: FencelabError): string {
  const detail = error.detail === undefined ? '' : `${error.detail.replace(/^/gm, '    ')}\n`;
  const remedy = error.remedy === undefined ? '' : `${error.remedy}\n`;
  return `fencelab: ${error.message}\n${detail}${remedy}`;
}
