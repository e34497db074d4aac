// SPDX-License-Identifier: MIT
import { Option } from 'commander';
import { expectations, expectedTogether, PROFILES, type Profile, profileNamed } from '../../models/index.js';
import { UsageError } from '../errors.js';
import { type FindingHeader, parseHeader } from '../explore/header.js';
import { chooseFor } from '../model/kernel.js';
import { type ProgramFile, readPrograms } from '../programs/read.js';
import { refuseForC, scriptForC } from '../standalone/script.js';
import { standalone } from '../standalone/source.js';
import type { AddCommand } from './add.js';
import { writableFile } from './writable-file.js';

const DEFAULT_PROFILE = 'linux-5.10+series';

const HELP = `
The C program needs nothing but libc and the kernel's headers, so that it can be mailed. It does one op after the other, as
the program says, and compares each result with those that the reference model allows. Threads work side by side, in many
rounds with other pauses. It exits with 0 if all is as it should be, 1 if not, 77 if something that it needs is missing.

What is allowed is what the kernel may do on which a search found the program, or by the rules of --model.

Examples:
  fencelab c results/latest/findings/p1-info-s-is-lost/program.prog -o bug.c
  fencelab c vm-images/programs/snapshot.prog --model 6.1 | gcc -x c -O2 -o snapshot -

Exit status: 0 it is written, 2 usage.`;

interface COptions {
  readonly output?: string;
  readonly model?: string;
  readonly observe: boolean;
}

export const addC: AddCommand = (program, done) => {
  program
    .command('c')
    .description('turn a program in text form into a C program that needs nothing of fencelab')
    .argument('<file>', 'a program (.prog)')
    .option('-o, --output <file>', 'where it is written (default: standard output)')
    .addOption(
      new Option(
        '--model <name>',
        'the kernel whose rules say what is right (default: the one that the file names, or 5.10 with our series)',
      ).choices(PROFILES.map(({ name }) => name)),
    )
    .option('--observe', 'look at the buffers after each op', false)
    .addHelpText('after', HELP)
    .action((file: string, options: COptions) => {
      const [read, ...more] = readPrograms([file]);
      if (read === undefined || more.length > 0)
        throw new UsageError(`${file} is a folder`, { remedy: 'Give one program.' });
      const text = sourceOf(read, options);
      if (options.output === undefined) process.stdout.write(text);
      else writableFile(options.output).write(text);
      done(0);
    });
};

/** The C program. Throws UsageError for what it cannot do. */
export function sourceOf(
  { name, file, text, script, purpose }: ProgramFile,
  options: Pick<COptions, 'model' | 'observe'>,
): string {
  const header = parseHeader(text, file);
  if (/\b(faults|pressure)\b/.test(header?.mode ?? ''))
    throw new UsageError(`${file} fails where allocations fail, which is not to be had in plain C`, {
      remedy: `Run it again with: fencelab rerun ${file}`,
    });
  const profile = rulesFor(header, options.model);
  const observes = options.observe || header?.mode.split(' ').includes('observe') === true;
  const shown = scriptForC(script, observes);
  refuseForC(shown, file);
  const expected = expectations(profile.rules, shown);
  return standalone({
    name,
    remarks: remarksOf(text, purpose, header, profile),
    script: shown,
    expected,
    together: expectedTogether(profile.rules, shown, expected),
  });
}

function rulesFor(header: FindingHeader | undefined, named: string | undefined): Profile {
  const name = named ?? (header === undefined ? DEFAULT_PROFILE : undefined);
  if (name === undefined && header !== undefined) {
    const plain = header.patch === 'none' && header.release.startsWith('5.10.');
    return chooseFor({ release: header.release, traits: plain ? { ioctls: 'no' } : {} }).profile;
  }
  const profile = profileNamed(name ?? '');
  if (profile === undefined) throw new UsageError(`there is no profile "${name}"`);
  return profile;
}

/** The comment that the file begins with, or what a search has found. */
function remarksOf(
  text: string,
  purpose: string,
  header: FindingHeader | undefined,
  profile: Profile,
): string[] {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const comment = lines.slice(0, Math.max(0, end)).map((line) => line.replace(/^#\s*/, ''));
  const found = header === undefined ? [] : [`Found on Linux ${header.release}: ${header.signature}`];
  const about = header !== undefined ? found : comment.length > 0 ? comment : [purpose];
  return [...about, '', `Results are compared with what is right on: ${profile.title}.`];
}
