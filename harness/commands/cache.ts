// SPDX-License-Identifier: MIT
import { Cache, KINDS } from '../cache/cache.js';
import { choose, clearEntries, humanAge, humanSize, listEntries } from '../cache/contents.js';
import { EXIT, type ExitCode, UsageError } from '../errors.js';
import { cacheFolder } from '../folders.js';
import { silent } from '../progress/progress.js';
import type { AddCommand } from './add.js';
import { statusOf } from './interrupt.js';

const KINDS_TEXT = Object.entries(KINDS)
  .map(([kind, text]) => `  ${kind.padEnd(10)} ${text}`)
  .join('\n');

const HELP = `
What it holds:
${KINDS_TEXT}

Everything in it can be had again; a kernel line takes 2 to 3 GB.
By age and size it is deleted with "fencelab clean".

Examples:
  fencelab cache                  what it holds, the largest first
  fencelab cache path             where it is
  fencelab cache clear sources    sources and build folders; built kernels stay

Exit status: 0, 2 usage.

Files: $FENCELAB_CACHE, else $XDG_CACHE_HOME/fencelab, else ~/.cache/fencelab.`;

const LIST_HELP = `
Examples:
  fencelab cache list

Exit status: 0.`;

const PATH_HELP = `
Examples:
  fencelab cache path

Exit status: 0.`;

const CLEAR_HELP = `
What another run is at work on is waited for.

Examples:
  fencelab cache clear images                  all kernels that are built
  fencelab cache clear debian-5.10.262-1       one entry, as "fencelab cache list" names it
  fencelab cache clear --all

Exit status: 0 done, 2 usage.`;

/** `fencelab cache list`, `clear` and `path`. */
export const addCache: AddCommand = (program, done) => {
  const command = program
    .command('cache')
    .description('list or clear what is kept between runs: sources, build folders, kernels')
    .addHelpText('after', HELP);
  command
    .command('list', { isDefault: true })
    .description('every entry with its size and when it was last used')
    .addHelpText('after', LIST_HELP)
    .action(async () => done(await statusOf(listCache)));
  command
    .command('path')
    .description('print the folder')
    .addHelpText('after', PATH_HELP)
    .action(() => {
      process.stdout.write(`${cacheFolder()}\n`);
      done(EXIT.holds);
    });
  command
    .command('clear')
    .description('delete entries; what is left out is fetched or built again when it is needed')
    .argument('[what...]', 'kinds ("images"), or names of entries as `list` shows them')
    .option('--all', 'everything', false)
    .addHelpText('after', CLEAR_HELP)
    .action(async (words: readonly string[], options: { readonly all: boolean }) =>
      done(await statusOf((signal) => clearCache(words, options.all, signal))),
    );
};

async function listCache(signal: AbortSignal): Promise<ExitCode> {
  const folder = cacheFolder();
  const cache = await Cache.open(folder);
  const entries = await listEntries(cache, signal);
  const now = new Date();
  const lines = entries.map(({ kind, name, bytes, used }) =>
    [humanSize(bytes).padStart(8), humanAge(used, now).padEnd(14), `${kind}/${name}`].join('  '),
  );
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  process.stdout.write([...lines, `${humanSize(total).padStart(8)}  in ${folder}`, ''].join('\n'));
  return EXIT.holds;
}

async function clearCache(words: readonly string[], all: boolean, signal: AbortSignal): Promise<ExitCode> {
  if (all === words.length > 0)
    throw new UsageError('`fencelab cache clear` wants to be told what: names, kinds, or --all.', {
      remedy: '`fencelab cache list` shows what there is.',
    });
  const cache = await Cache.open(cacheFolder());
  const entries = choose(await listEntries(cache, signal), words, all);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  await clearEntries(cache, entries, { ...silent, say }, signal);
  const freed = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const count = `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}`;
  process.stdout.write(`Deleted ${count}, ${humanSize(freed)}.\n`);
  return EXIT.holds;
}
