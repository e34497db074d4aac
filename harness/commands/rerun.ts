// SPDX-License-Identifier: MIT
import { mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { Cache } from '../cache/cache.js';
import { select } from '../drive/select.js';
import { UsageError } from '../errors.js';
import { cacheFolder, projectRoot } from '../folders.js';
import { keep, makeRunFolder } from '../record/folder.js';
import { openRun, unpack } from '../record/pack.js';
import { RECORD_FILE, type RunRecord } from '../record/run-record.js';
import { needs, virglNeeds } from '../setup/packages.js';
import { ensure } from '../setup/set-up.js';
import type { AddCommand } from './add.js';
import { statusOf } from './interrupt.js';
import { judgeRun } from './judge-run.js';
import { withReports } from './reports.js';
import { rerunFinding } from './rerun-finding.js';
import { addRunOptions, type RunOptions } from './run-options.js';
import { type Onlooker, showPrograms } from './show-programs.js';
import { addTargetOptions, type TargetOptions } from './target.js';

export const addRerun: AddCommand = (program, done) => {
  const command = program
    .command('rerun')
    .description(
      'repeat a run from its folder, or from a file of "fencelab pack", without building anything; or a failure that was saved',
    )
    .argument('<run>', 'folder or tar.gz, or a .prog that "fencelab explore" has saved')
    .addHelpText('after', HELP);
  addRunOptions(addTargetOptions(command)).action(async (what: string, options: RunOptions & TargetOptions) =>
    done(await rerun(what, options, givenOf(command, options))),
  );
};

const HELP = `
A run is repeated as it was. Of a saved failure the file says on what kernel, in what machine and how it was found; --kernel,
--patch, --profile, --gpu, --cpus and --icount try it elsewhere. A race is tried many times.

Examples:
  fencelab rerun bug.tar.gz
  fencelab rerun results/latest --only import
  fencelab rerun results/latest/findings/p1-observe-t-is-lost/program.prog
  fencelab rerun program.prog --kernel debian:7.3

Exit status: 0 all hold, or the failure is gone; 1 something does not; 2 usage; 125 this kernel could not be tested.`;

const TARGET = ['kernel', 'image', 'patch', 'profile', 'gpu', 'guests', 'cpus', 'icount', 'jobs'] as const;

/** What of a target was said on the command line: all else is as it was. */
function givenOf(command: Command, options: TargetOptions): Partial<TargetOptions> {
  const given = TARGET.filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

async function rerun(what: string, options: RunOptions, given: Partial<TargetOptions>): Promise<number> {
  // Resolved now: results/latest will point to the new run as soon as that has a folder.
  const path = await realpath(resolve(what)).catch(() => {
    throw new UsageError(`there is no file or folder ${what}`);
  });
  const found = await stat(path);
  if (found.isFile() && path.endsWith('.prog')) return rerunFinding(what, options, given);
  const [other] = Object.keys(given);
  if (other !== undefined)
    throw new UsageError(`--${other} is not for ${what}: a run is repeated with its own kernel and machine`, {
      remedy:
        'Only a saved failure (.prog) can be tried elsewhere. Other kernels are tested with: fencelab check',
    });
  const cache = await Cache.open(cacheFolder());
  const scratch = found.isDirectory() ? undefined : await makeScratch(cache);
  try {
    const origin = scratch === undefined ? path : await unpack(path, scratch);
    const before = await openRun(origin);
    const chosen = select(before.plan, options.only);
    const record: RunRecord = { ...before, plan: before.plan.filter((s) => chosen.includes(s)) };
    return await statusOf((signal) =>
      withReports(options, async (reports) => {
        await ensure(
          record.machine.gpu === 'virgl' ? [...needs, ...virglNeeds] : needs,
          reports.progress,
          signal,
        );
        const parent = resolve(options.results ?? join(projectRoot, 'results'));
        const folder = await makeRunFolder(parent, `rerun-${record.target.release}`, new Date());
        const programs = record.programs?.map(({ file }) => file) ?? [];
        for (const file of [...Object.values(record.files), ...programs])
          if (file !== undefined) await keep(join(origin, file), folder, file);
        await writeFile(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
        const run = { record, folder, cache: cache.root };
        return judgeRun(run, options, onlookerOf(record), reports, signal);
      }),
    );
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

async function makeScratch(cache: Cache): Promise<string> {
  await mkdir(join(cache.root, 'packs'), { recursive: true });
  return mkdtemp(join(cache.root, 'packs', 'unpack-'));
}

/** Programs as data are shown op by op, as "fencelab run" does. */
function onlookerOf(record: RunRecord): Onlooker | undefined {
  if (record.programs === undefined) return undefined;
  const purposes = new Map(record.plan.map((s) => [s.subtest, s.purpose]));
  return showPrograms(record.programs.map((p) => ({ ...p, purpose: purposes.get(p.name) ?? '' })));
}
