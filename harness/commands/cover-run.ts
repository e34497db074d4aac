// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramMode } from '../../models/index.js';
import { codeMap } from '../cover/code-map.js';
import { type Coverage, coverageOf } from '../cover/coverage.js';
import { COVERAGE_FILE, coverageFile } from '../cover/coverage-file.js';
import { type Gap, gapsOf, type Stale, staleReasons } from '../cover/explained.js';
import { readReasons } from '../cover/not-reached.js';
import { Reached } from '../cover/reached.js';
import { coverageTable, gapLines } from '../cover/report.js';
import { select } from '../drive/select.js';
import { EXIT } from '../errors.js';
import { projectRoot } from '../folders.js';
import { programBytes } from '../programs/program.js';
import { readPrograms } from '../programs/read.js';
import { planOf } from './check-run.js';
import { interruptible } from './interrupt.js';
import { usualGuests } from './prepare-run.js';
import { plannedProgram } from './run.js';
import type { RunOptions } from './run-options.js';
import type { Ingredients, TargetOptions } from './target.js';
import { testKernel } from './test-kernel.js';
import { withProgress } from './with-progress.js';
import { writableFile } from './writable-file.js';
import { writeHtml } from './write-html.js';

/** The options of `fencelab cover`, as commander hands them over. */
export interface CoverOptions extends TargetOptions, RunOptions {}

/** The exit status, and where the run is, if it came to one. */
interface Covered {
  readonly status: number;
  readonly folder: string | undefined;
}

/** All that is run anyway, and nothing else: programs for defects of unpatched kernels belong to those. */
const PROGRAMS = join(projectRoot, 'vm-images', 'programs');
const DEFECTS = 'defects';

/** Run everything, or the programs that are named, and tell what was reached. Returns the exit status. */
export async function cover(files: readonly string[], { html, ...options }: CoverOptions): Promise<number> {
  if (html !== undefined) writableFile(html);
  const { status, folder } = await coverRun(files, options);
  if (html === undefined || folder === undefined) return status;
  return withProgress(options.tap === true ? process.stderr : process.stdout, async ({ progress }) => {
    await writeHtml(folder, html, progress);
    return status;
  });
}

async function coverRun(files: readonly string[], options: CoverOptions): Promise<Covered> {
  const mode: ProgramMode = { careful: true, observe: true, cover: true };
  const all = files.length === 0;
  const read = readPrograms(all ? [PROGRAMS] : files).filter(({ file }) => !all || !file.includes(DEFECTS));
  for (const { file, script, text } of read) programBytes(file, script, mode, text); // refused before anything is built
  const reasons = readReasons();
  const { json, ...rest } = options;
  const report = json === undefined ? undefined : writableFile(json);
  const reached = new Reached();
  let used: Ingredients | undefined;
  let folder: string | undefined;
  const status = await testKernel(
    rest,
    async (ingredients) => {
      used = ingredients;
      const programs = read.map(plannedProgram);
      const plan = select([...programs, ...(all ? await planOf(ingredients, []) : [])], options.only);
      const names = new Set(plan.map((s) => s.subtest));
      return {
        plan,
        programs: read.filter(({ name }) => names.has(name)).map((one) => ({ ...one, ...mode })),
        guests: usualGuests(),
        cover: true,
      };
    },
    {
      onJudged: (_, judged) => reached.add(judged.reached),
      listener: ({ listener }) => listener,
      onFolder: (made) => {
        folder = made;
      },
    },
  );
  if (used?.vmlinuxFile === undefined || reached.size === 0) return { status, folder };
  const { vmlinuxFile: vmlinux, target } = used;
  const map = await interruptible((signal) => codeMap(vmlinux, signal));
  const coverage = coverageOf(map, reached.places);
  const [gaps, stale] = [gapsOf(coverage, reasons), staleReasons(coverage, reasons)];
  const lines = ['', ...coverageTable(coverage), ...gapLines(gaps, stale), ''];
  (options.tap === true ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  if (folder !== undefined)
    writeFileSync(
      join(folder, COVERAGE_FILE),
      `${JSON.stringify(coverageFile(target, map, coverage, gaps))}\n`,
    );
  report?.write(`${JSON.stringify(asJson(target, coverage, gaps, stale), null, 2)}\n`);
  const isOpen = stale.length > 0 || gaps.some(({ why }) => why === undefined);
  return { status: options.strict && status === EXIT.holds && isOpen ? EXIT.fails : status, folder };
}

/** What a script wants to know; `formatVersion` is raised when it changes. */
const asJson = (
  target: Ingredients['target'],
  { files, stray }: Coverage,
  gaps: readonly Gap[],
  stale: readonly Stale[],
): object => ({
  formatVersion: 1,
  target,
  files: files.map(({ file, covered, lines, functions }) => ({
    file,
    covered,
    lines,
    functions: functions.map(({ name, reached }) => ({ name, reached })),
  })),
  notReached: gaps.map(({ file, func, lines, why }) => ({
    file,
    function: func,
    lines: lines.map(({ line }) => line),
    why: why ?? null,
  })),
  stale: stale.map(({ func, line, reason }) => ({
    file: reason.file,
    function: func,
    line: line ?? null,
    why: reason.why,
  })),
  stray,
});
