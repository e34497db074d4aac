// SPDX-License-Identifier: MIT
import { setImmediate as turn } from 'node:timers/promises';
import {
  type Analysis,
  analyse,
  DEFAULT_DEPTH,
  DESIGNS,
  designHistories,
  designSummary,
  designTable,
  POLICIES,
} from '../../models/index.js';
import { openProgress } from '../progress/open.js';
import type { AddCommand } from './add.js';
import { wholeNumber } from './numbers.js';

const HELP = `
Two buffers, three jobs and an import each, in every order of submit, move, import, export and signal, up to a number of steps.
Designs are the ways to build the two requests that were discussed from 2020 on; submissions are what a driver waits for.

Examples:
  fencelab design                a row a design, and the shortest history of each broken promise; half a minute
  fencelab design --all          a row for each kind of submission, with the number of states
  fencelab design --depth 3      a quick look
  fencelab design > design.md    the table is Markdown; progress goes to standard error

Exit status: 0, 2 usage.`;

export const addDesign: AddCommand = (program, done) => {
  program
    .command('design')
    .description('compare the designs that were discussed, by exhaustive search in the model')
    .option('--depth <steps>', 'how long histories may be', wholeNumber(1, 8), DEFAULT_DEPTH)
    .option('--all', 'also the table of every design with every kind of submission', false)
    .addHelpText('after', HELP)
    .action(async (options: { depth: number; all: boolean }) => {
      const analyses = await analyseShown(options.depth);
      process.stdout.write(report(analyses, options.all));
      done(0);
    });
};

async function analyseShown(depth: number): Promise<Analysis[]> {
  const shown = openProgress(process.stderr, process.env);
  const stage = shown.progress.stage('Search');
  const pairs = DESIGNS.flatMap((design) => POLICIES.map((policy) => ({ design, policy })));
  const analyses: Analysis[] = [];
  try {
    for (const { design, policy } of pairs) {
      stage.update(`${design.name}, ${policy.name}`, analyses.length, pairs.length);
      await turn();
      analyses.push(analyse(design, policy, depth));
    }
    stage.end(`${pairs.length} designs with their submissions`);
  } finally {
    shown.close();
  }
  return analyses;
}

/** Pure. */
export function report(analyses: readonly Analysis[], all: boolean): string {
  const states = analyses.reduce((sum, one) => sum + one.states, 0);
  return [
    designSummary(analyses),
    ...(all ? [designTable(analyses)] : []),
    `${states.toLocaleString('en')} states. The shortest history of each broken promise:\n`,
    designHistories(analyses),
  ].join('\n');
}
