// SPDX-License-Identifier: MIT
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { Cache, KINDS } from '../cache/cache.js';
import { parsePlan } from '../channel/plan.js';
import { completionScript, SHELLS, type Shell } from '../completion/scripts.js';
import { type Item, type Known, type Suggestion, splitLine, suggest } from '../completion/suggest.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { run } from '../process/run.js';
import { shellWord } from '../progress/words.js';
import type { AddCommand } from './add.js';

const HELP = `
The shell asks fencelab itself what can be typed: commands, options, their choices, subtests behind --only, kernels, names in
the cache, and files that make sense. Where "fencelab" is not in PATH it is made a function that runs this clone.

Examples:
  fencelab completion bash >> ~/.bashrc
  fencelab completion zsh >> ~/.zshrc
  fencelab completion fish > ~/.config/fish/completions/fencelab.fish

Exit status: 0, 2 there is no such shell.`;

/** `fencelab completion`, and what its scripts call. */
export const addCompletion: AddCommand = (program, done) => {
  program
    .command('completion')
    .description('print what makes a shell complete commands, options and names')
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices([...SHELLS]))
    .addHelpText('after', HELP)
    .action((shell: Shell) => {
      const command = [process.execPath, join(projectRoot, 'bin', 'fencelab.js')].map(shellWord).join(' ');
      process.stdout.write(completionScript(shell, command));
      done(0);
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .option('--line <line>', 'all of it up to the cursor')
    .allowUnknownOption()
    .action(async (given: string[], options: { line?: string }) => {
      const words = options.line === undefined ? given : splitLine(options.line).slice(1);
      process.stdout.write(
        lines(await suggest(program as Command, words.slice(0, -1), words.at(-1) ?? '', known)),
      );
      done(0);
    });
};

/** A line each: the value, a tab, what it is; the last says what files can be typed. Pure. */
export function lines({ items, files, extensions }: Suggestion): string {
  const clean = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();
  const said = items
    .filter(({ value }) => value === clean(value) && value !== ':')
    .map(({ value, text }) => `${value}\t${clean(text)}\n`);
  const kind = files === 'files' && extensions.length > 0 ? extensions.join(' ') : files;
  return `${said.join('')}:\t${kind}\n`;
}

/** From what is at hand: nothing is built, fetched or made for it. */
const known: Known = {
  subtests: async () => {
    const guest = compiledGuest();
    const listed = guest === undefined ? undefined : await run(guest, ['plan'], { timeoutMs: 5000 });
    if (listed?.ok !== true) return [];
    const plan = parsePlan(`${listed.stdout}\n`);
    const programs = [...new Set(plan.map(({ program }) => program))];
    return [
      ...programs.map((value) => ({ value, text: 'all of it' })),
      ...plan.map(({ program, subtest, purpose }) => ({ value: `${program}@${subtest}`, text: purpose })),
    ];
  },
  kernels: async () => {
    const asked = readNames(join(cacheFolder(), 'answers')).flatMap(
      (name) => /^debian-(.+)\.json$/.exec(name)?.[1] ?? [],
    );
    return [...new Set(['5.10', '6.1', '6.12', '7.3', ...asked])].map((version) => ({
      value: `debian:${version}`,
      text: asked.includes(version) ? 'used before' : '',
    }));
  },
  entries: async () => {
    const folder = cacheFolder();
    if (!(await Cache.isOne(folder))) return [];
    const kinds: Item[] = Object.entries(KINDS).map(([value, text]) => ({ value, text }));
    return [
      ...kinds,
      ...kinds.flatMap(({ value }) =>
        readNames(join(folder, value)).map((name) => ({ value: name, text: value })),
      ),
    ];
  },
};

const readNames = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
};

/** One that an earlier command has compiled: of this machine's headers, or of any kernel's. */
function compiledGuest(): string | undefined {
  const folder = join(cacheFolder(), 'guests');
  const files = readNames(folder).map((name) => join(folder, name, 'fencelab-guest'));
  return files
    .sort((a, b) => Number(b.includes('/host-')) - Number(a.includes('/host-')))
    .find((file) => existsSync(file));
}
