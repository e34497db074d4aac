// SPDX-License-Identifier: MIT
import { Option } from 'commander';
import {
  answerScript,
  checkTrace,
  encodeAll,
  PROFILES,
  type Profile,
  printScript,
  profileNamed,
  type Script,
  type Verdict,
  withoutDefects,
} from '../../models/index.js';
import { EXIT, UsageError } from '../errors.js';
import { listing } from '../model/listing.js';
import { forbidsDefects } from '../programs/no-defects.js';
import { type ProgramFile, readPrograms } from '../programs/read.js';
import type { AddCommand } from './add.js';

const DEFAULT_PROFILE = 'linux-5.10+series';

const HELP = `
Of a program each op is printed with every result that the model allows; where there are several, it goes on with the first.
A trace (each op has one result, as in results/RUN/divergences) is checked as well.

Examples:
  fencelab model vm-images/programs/snapshot.prog
  fencelab model --profile 6.1 vm-images/programs
  fencelab model results/latest/divergences/import@two.trace

Exit status: 0 (of a trace: it holds), 1 a trace violates the model, 2 usage, 125 a trace could not be decided.`;

export const addModel: AddCommand = (program, done) => {
  program
    .command('model')
    .description('let the reference model answer programs in text form, or check traces, without a kernel')
    .argument('<file...>', 'programs (.prog) or traces (.trace), or folders of them')
    .addOption(
      new Option('--profile <name>', 'the kernel whose rules count')
        .choices(PROFILES.map(({ name }) => name))
        .default(DEFAULT_PROFILE),
    )
    .addHelpText('after', HELP)
    .action((files: string[], options: { profile: string }) => {
      const profile = profileNamed(options.profile);
      if (profile === undefined) throw new UsageError(`there is no profile "${options.profile}"`);
      const told = readPrograms(files).map((file) => tell(profile, file));
      process.stdout.write(told.map(({ text }) => text).join('\n'));
      done(exitOf(told.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict.kind]))));
    });
};

/** A program's answers, which are a program again; a trace beside what is allowed. Pure. */
export function tell(
  known: Profile,
  { file, script, text }: ProgramFile,
): { text: string; verdict?: Verdict } {
  const profile = forbidsDefects(text, file) ? withoutDefects(known) : known;
  if (!isTrace(script))
    return { text: `# ${file}, ${profile.name}\n${printScript(answerScript(profile.rules, script))}` };
  const words = encodeAll(script.events);
  const { setting } = script;
  const verdict = checkTrace(profile.rules, words, setting);
  const lines = listing({ profile, setting, words, verdict, lacks: undefined });
  return { text: `${[`${file}, ${profile.name}`, ...lines].join('\n')}\n`, verdict };
}

const isTrace = ({ events }: Script): boolean =>
  events.length > 0 && events.every(({ results }) => results.length === 1);

function exitOf(kinds: readonly Verdict['kind'][]): number {
  if (kinds.includes('violates')) return EXIT.fails;
  return kinds.includes('undecided') ? EXIT.untestable : EXIT.holds;
}
