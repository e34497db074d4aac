// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { commands } from './commands/commands.js';
import { EXIT, FencelabError } from './errors.js';
import { projectRoot } from './folders.js';

/**
 * The command line. Returns the exit status: 0 holds, 1 does not hold, 2 usage, 125 could not be tested
 * (130 after Ctrl-C), so that every command can be used under `git bisect run` as it is.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const version =
    /"version": "([^"]+)"/.exec(readFileSync(join(projectRoot, 'package.json'), 'utf8'))?.[1] ?? '?';
  let status: number = EXIT.holds;
  const program = new Command('fencelab')
    .description(
      'Builds a Linux kernel, boots it, and tells whether importing and exporting sync files on a dma-buf keeps its promises.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('(fencelab --help shows the commands, fencelab COMMAND --help their options)');
  for (const add of commands)
    add(program, (code) => {
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
