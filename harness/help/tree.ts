// SPDX-License-Identifier: MIT
import type { Command } from 'commander';

/** A command that can be typed, with its name in full: "fencelab series check". */
export interface Typed {
  readonly name: string;
  readonly command: Command;
}

/** Every command below one, in the order of its help; those that only hold others included. */
export function commandsBelow(command: Command, name = command.name()): Typed[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown
    .filter((one) => one.name() !== 'help')
    .flatMap((one) => {
      const full = `${name} ${one.name()}`;
      return [{ name: full, command: one }, ...commandsBelow(one, full)];
    });
}

/** What a command's help says below its options. */
export function remarksOf(command: Command): string {
  let text = '';
  const before = command.configureOutput();
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  command.configureOutput(before);
  const own = command.helpInformation();
  return text.startsWith(own) ? text.slice(own.length) : text;
}

/** The lines below "Examples:", without what they are for. */
export function examplesOf(remarks: string): string[] {
  const [, below = ''] = /^Examples:\n((?: .*\n?)+)/m.exec(remarks) ?? [];
  return below
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/)[0] ?? '')
    .filter((line) => line !== '');
}

/** The words of a line as a shell splits it, with quotes of both kinds. What comes behind a pipe or redirection is left out. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [whole, double, single] of line.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)) {
    if (/^(?:\||>>?|&&)$/.test(whole)) break;
    words.push(double ?? single ?? whole);
  }
  return words;
}
