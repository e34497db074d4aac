// SPDX-License-Identifier: MIT
import { mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
import { INTERRUPTED, interruptible } from './interrupt.js';
import { judge } from './judge.js';
import { shortPath, withReports } from './reports.js';
import { addRunOptions, type RunOptions } from './run-options.js';
import { type Onlooker, showPrograms } from './show-programs.js';

export const addRerun: AddCommand = (program, done) => {
  const command = program
    .command('rerun')
    .description('repeat a run from its folder, or from a file of "fencelab pack", without building anything')
    .argument('<run>', 'folder or tar.gz')
    .addHelpText(
      'after',
      '\nExamples:\n  fencelab rerun bug.tar.gz\n  fencelab rerun results/latest --only import',
    );
  addRunOptions(command).action(async (what: string, options: RunOptions) =>
    done(await rerun(what, options)),
  );
};

async function rerun(what: string, options: RunOptions): Promise<number> {
  // Resolved now: results/latest will point to the new run as soon as that has a folder.
  const path = await realpath(resolve(what)).catch(() => {
    throw new UsageError(`there is no file or folder ${what}`);
  });
  const found = await stat(path);
  const cache = await Cache.open(cacheFolder());
  const scratch = found.isDirectory() ? undefined : await makeScratch(cache);
  try {
    const origin = scratch === undefined ? path : await unpack(path, scratch);
    const before = await openRun(origin);
    const chosen = select(before.plan, options.only);
    const record: RunRecord = { ...before, plan: before.plan.filter((s) => chosen.includes(s)) };
    return await interruptible((signal) =>
      withReports(options, async (reports) => {
        await ensure(record.machine.gpu === 'virgl' ? [...needs, ...virglNeeds] : needs, reports.progress);
        const parent = resolve(options.results ?? join(projectRoot, 'results'));
        const folder = await makeRunFolder(parent, `rerun-${record.target.release}`, new Date());
        const programs = record.programs?.map(({ file }) => file) ?? [];
        for (const file of [...Object.values(record.files), ...programs])
          if (file !== undefined) await keep(join(origin, file), folder, file);
        await writeFile(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
        const onlooker = onlookerOf(record);
        reports.onBegin(record.plan, folder);
        const summary = await judge(
          {
            record,
            folder,
            shownFolder: shortPath(folder),
            accelerator: options.accel,
            strict: options.strict,
            cache: cache.root,
            ...(onlooker === undefined ? {} : { onJudged: onlooker.onJudged }),
          },
          reports.progress,
          onlooker?.listener(reports) ?? reports.listener,
          signal,
        );
        return reports.onEnd(summary);
      }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
        return INTERRUPTED;
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
