// SPDX-License-Identifier: MIT
import { EXIT, UsageError } from '../errors.js';
import { readHistory } from '../history/open.js';
import { lastNights, nightNames } from '../history/past.js';
import { historyLines, testHistoryLines } from '../nightly/history-lines.js';
import { suggestion } from '../nightly/suggest.js';
import type { AddCommand } from './add.js';
import { historyFile } from './night-history.js';
import { HISTORY_HELP } from './nightly.js';
import { wholeNumber } from './numbers.js';
import { withProgress } from './with-progress.js';

const HELP = `
Examples:
  fencelab history                                   the nights that were run last
  fencelab history --night nightly --nights 60       more of one of them
  fencelab history --test export@snapshot            one test in all its cells

Exit status: 0 it is shown, 2 usage (there is none, or it is damaged).`;

interface HistoryOptions {
  readonly history?: string;
  readonly night?: string;
  readonly test?: string;
  readonly nights: number;
}

export const addHistory: AddCommand = (program, done) => {
  program
    .command('history')
    .description('show what came of nights before, or of one test in them')
    .option('--history <file>', HISTORY_HELP)
    .option('--night <name>', "the name of a night's file without .toml (default: the one that was run last)")
    .option('--test <name>', 'one test: PROGRAM@SUBTEST or explore@SLUG')
    .option('--nights <n>', 'so many of them', wholeNumber(1, 1000), 30)
    .addHelpText('after', HELP)
    .action(async (options: HistoryOptions) => done(await history(options)));
};

/** Returns the exit status. */
async function history(options: HistoryOptions): Promise<number> {
  const file = historyFile(options.history);
  return withProgress(process.stdout, async ({ screen, progress }, signal) => {
    const found = await readHistory(file, { progress, signal }, (db) => {
      const names = nightNames(db);
      const name = options.night ?? names[0]?.name ?? '';
      return { names, name, nights: lastNights(db, name, options.nights) };
    });
    if (found === undefined || found.names.length === 0)
      throw new UsageError(`there is no history yet: ${file}`, {
        remedy: '"fencelab nightly" begins one, and so does "fencelab merge".',
      });
    const { names, name, nights } = found;
    if (nights.length === 0) {
      const known = names.map((one) => one.name);
      throw new UsageError(`there was no night "${name}"${suggestion(name, known)}`);
    }
    const width = screen.width();
    const lines =
      options.test === undefined
        ? historyLines(name, nights, width)
        : testHistoryLines(options.test, nights, width);
    if (lines.length === 0) {
      const known = new Set(
        nights.flatMap(({ cells }) => [...cells.values()].flatMap(({ tests }) => [...tests.keys()])),
      );
      const near = [...known].filter((one) => one.includes(options.test ?? '')).slice(0, 8);
      throw new UsageError(`no night of these had a test "${options.test}"`, {
        remedy:
          near.length === 0
            ? '"fencelab list" shows all that there are.'
            : `Some that are like it: ${near.join(', ')}`,
      });
    }
    for (const line of lines) screen.print(line);
    const others = names.filter((one) => one.name !== name);
    if (others.length > 0 && options.night === undefined)
      screen.print(`other nights: ${others.map((one) => `${one.name} (${one.nights})`).join(', ')}`);
    return EXIT.holds;
  });
}
