// SPDX-License-Identifier: MIT
import { availableParallelism } from 'node:os';
import pc from 'picocolors';
import { Cache } from '../cache/cache.js';
import { parsePlan } from '../channel/plan.js';
import { select } from '../drive/select.js';
import { cacheFolder } from '../folders.js';
import { hostHeaders } from '../guest/host-headers.js';
import { provideGuest } from '../guest/provide.js';
import { run } from '../process/run.js';
import { silent } from '../progress/progress.js';
import type { PlannedSubtest } from '../result/result.js';
import type { AddCommand } from './add.js';
import { interruptible } from './interrupt.js';

export const addList: AddCommand = (program, done) => {
  program
    .command('list')
    .description('the test programs and their subtests, with the promise each one defends')
    .argument('[pattern...]', 'PROGRAM, PROGRAM@SUBTEST or a glob of either')
    .option('--json', 'one JSON array on stdout', false)
    .addHelpText(
      'after',
      '\nExamples:\n  fencelab list                 the programs\n  fencelab list import          the subtests of one\n  fencelab list "*@*" --json    everything, for scripts\n\nExit status: 0, 2 nothing is called so, 125 the test programs do not compile.',
    )
    .action(async (patterns: string[], options: { json: boolean }) => {
      const cache = await Cache.open(cacheFolder());
      const binary = await interruptible(async (signal) =>
        provideGuest(await hostHeaders(cache), 'host', availableParallelism(), {
          cache,
          progress: silent,
          signal,
        }),
      );
      const plan = select(parsePlan((await run(binary, ['plan'])).stdout), patterns);
      process.stdout.write(
        options.json ? `${JSON.stringify(plan, null, 2)}\n` : text(plan, patterns.length > 0),
      );
      done(0);
    });
};

/** All subtests of what was asked for, or a line for each program. Pure. */
export function text(plan: readonly PlannedSubtest[], each: boolean): string {
  const programs = new Map<string, PlannedSubtest[]>();
  for (const s of plan) programs.set(s.program, [...(programs.get(s.program) ?? []), s]);
  const lines: string[] = [];
  for (const [name, subtests] of programs) {
    const promises = [...new Set(subtests.flatMap((s) => s.promises))].sort().join(' ');
    if (!each) {
      lines.push(`${name.padEnd(14)} ${String(subtests.length).padStart(3)} subtests   ${promises}`);
      continue;
    }
    lines.push(pc.bold(name));
    for (const s of subtests)
      lines.push(`  ${s.subtest.padEnd(32)} ${s.promises.join(',').padEnd(8)} ${s.purpose}`);
  }
  if (!each)
    lines.push(
      `${plan.length} subtests in ${programs.size} programs; "fencelab list PROGRAM" says what each is for`,
    );
  return `${lines.join('\n')}\n`;
}
