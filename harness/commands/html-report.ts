// SPDX-License-Identifier: MIT
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { UsageError } from '../errors.js';
import type { SearchRow } from '../explore/row.js';
import { projectRoot } from '../folders.js';
import { ReportBuilder } from '../html/builder.js';
import { viewOfFinding } from '../html/failure-view.js';
import type { HistoryNight } from '../html/history.js';
import { tableIn } from '../html/markdown-table.js';
import { addNight, nightWord } from '../html/of-night.js';
import { addRun, runColumn, runLines, VERDICT_TONE } from '../html/of-run.js';
import type { HtmlReport } from '../html/report.js';
import { seededIn } from '../html/seeded.js';
import type { Stage } from '../progress/progress.js';
import { duration, grouped } from '../progress/words.js';
import { plural, VERDICTS } from '../report/lines.js';
import { NIGHT_FILE, parseNight } from '../report/night-json.js';
import { failsBecause, summaryText } from '../report/summary.js';
import type { Night } from '../result/night.js';
import { coverageIn, findingsIn, madeBy, runIn, searchesIn, textIn } from './html-folder.js';
import { shortPath } from './short-path.js';

type Parts = Omit<HtmlReport, 'history' | 'mutants' | 'designs'>;

/** Throws UsageError for what is no folder. */
export function requireFolder(folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UsageError(`there is no folder ${folder}`, {
      remedy: 'Give the folder of a run: results/latest.',
    });
}

/** What is in the folder of a run, of a search or of a night, for a page. Throws UsageError for a folder of none. */
export async function reportOf(
  folder: string,
  history: readonly HistoryNight[],
  stage: Stage,
): Promise<HtmlReport> {
  requireFolder(folder);
  const night = textIn(folder, NIGHT_FILE);
  const read = night === undefined ? undefined : parseNight(night, join(folder, NIGHT_FILE));
  const parts =
    read !== undefined
      ? await nightParts(folder, read, stage)
      : ((await runParts(folder, stage)) ?? (await searchParts(folder, stage)));
  if (parts === undefined)
    throw new UsageError(`${folder} has no results: no night.json, results.json or explore.json`, {
      remedy: 'Was the run cut short? "fencelab check" writes them when it ends.',
    });
  const tables = projectTables();
  const mutants =
    tables.mutants === undefined || read === undefined ? tables.mutants : seededIn(tables.mutants, read);
  return { ...parts, history, ...tables, mutants };
}

/** Tables that are the same for every run, out of the project's own texts. */
function projectTables(): Pick<HtmlReport, 'mutants' | 'designs'> {
  const of = (file: string, head: string) => tableIn(readFileSync(join(projectRoot, file), 'utf8'), head);
  return { mutants: of('kernel-patch/README.md', 'mutant'), designs: of('README.md', 'design') };
}

const drawing =
  (stage: Stage) =>
  (done: number, total: number): Promise<void> => {
    stage.update('drawing failures', done, total);
    return turn(); // or nobody would see it
  };

const fact = (name: string, value: string | undefined): HtmlReport['facts'] =>
  value === undefined || value === '' ? [] : [{ name, value }];

/** "2026-11-24 12:03 UTC" */
const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

async function runParts(folder: string, stage: Stage): Promise<Parts | undefined> {
  const run = runIn(folder);
  if (run === undefined) return undefined;
  const { summary } = run;
  const { kernel, release, patch, profile, gpu, accelerator } = summary.target;
  const builder = new ReportBuilder();
  addRun(builder, builder.column(runColumn(summary)), run);
  const found = coverageIn(folder);
  const reason = summary.reason ?? (summary.verdict === 'fails' ? failsBecause(summary) : undefined);
  return {
    ...(await builder.build(drawing(stage))),
    title: `${kernel} (${release})`,
    verdict: { word: VERDICTS[summary.verdict], tone: VERDICT_TONE[summary.verdict], reason },
    facts: [
      ...fact('patch', patch),
      ...fact('profile', profile),
      ...fact('gpu', gpu),
      ...fact('accelerator', accelerator),
      ...fact('started', moment(summary.startedAt)),
      ...fact('took', duration(summary.milliseconds)),
    ],
    lines: runLines(summary),
    changes: undefined,
    searches: [],
    coverage: found === undefined ? [] : [found],
    terminal: summaryText(summary, { folder: run.folder }),
    made: `fencelab ${madeBy(folder) ?? ''}, ${run.folder}`,
  };
}

async function searchParts(folder: string, stage: Stage): Promise<Parts | undefined> {
  const searches = searchesIn(folder);
  if (searches === undefined) return undefined;
  const findings = findingsIn(folder);
  const failures = searches.reduce((sum, row) => sum + row.failures, 0);
  const blind = searches.every((row) => row.programs + row.failures === 0);
  const milliseconds = searches.reduce((sum, row) => sum + row.milliseconds, 0);
  const word = failures > 0 ? 'FINDINGS' : blind ? 'COULD NOT TELL' : 'NOTHING FOUND';
  const tone = failures > 0 ? 'bad' : blind ? 'open' : 'good';
  const reason = leftOpen(searches);
  const builder = new ReportBuilder();
  const [kernel = 'a search'] = searches.map((row) => row.kernel);
  const column = builder.column({
    title: kernel,
    under: plural(searches.length, 'search').replace(/hs$/, 'hes'),
    ...{ word, tone, reason, milliseconds },
  });
  for (const one of findings)
    builder.add(column, {
      program: 'explore',
      name: one.signature,
      counts: 'red',
      word: 'FOUND',
      tone: 'bad',
      milliseconds: 0,
      why: one.kernel,
      failure: { first: false, view: () => viewOfFinding(one) },
    });
  return {
    ...(await builder.build(drawing(stage))),
    title: kernel,
    verdict: { word, tone, reason },
    facts: [
      ...fact(
        'seed',
        searches
          .map(({ seed }) => seed)
          .find((seed) => seed !== undefined)
          ?.toString(),
      ),
      ...fact('took', duration(milliseconds)),
    ],
    lines: [],
    changes: undefined,
    searches,
    coverage: [],
    terminal: undefined,
    made: `fencelab, ${shortPath(folder)}`,
  };
}

/** What the searches cannot say, in a few words: whether that is a failure depends on who asks. */
function leftOpen(searches: readonly SearchRow[]): string | undefined {
  const lost = searches.reduce((sum, row) => sum + row.lost, 0);
  const undecided = searches.flatMap((row) => Object.values(row.undecided)).reduce((sum, n) => sum + n, 0);
  const parts = [
    ...(lost === 0 ? [] : [`of ${plural(lost, 'program')} nothing is known`]),
    ...(undecided === 0 ? [] : [`${plural(undecided, 'program')} could not be decided`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

async function nightParts(folder: string, night: Night, stage: Stage): Promise<Parts> {
  const builder = new ReportBuilder();
  const inside = (cell: Night['cells'][number]): string | undefined => {
    const path = cell.folder === undefined ? undefined : resolve(folder, cell.folder);
    return path !== undefined && existsSync(path) ? path : undefined;
  };
  addNight(builder, night, (cell) => {
    const path = inside(cell);
    return path === undefined
      ? { run: undefined, findings: [] }
      : { run: runIn(path), findings: findingsIn(path) };
  });
  const paths = night.cells.flatMap((cell) => inside(cell) ?? []);
  const { word, tone } = nightWord(night);
  const count = (verdict: string): number => night.cells.filter((cell) => cell.verdict === verdict).length;
  const ops = night.cells.reduce((sum, cell) => sum + cell.ops, 0);
  const missing = count('missing') + count('notrun');
  return {
    ...(await builder.build(drawing(stage))),
    title: `${night.name}, ${night.startedAt.slice(0, 10)}`,
    verdict: {
      word,
      tone,
      reason:
        missing === 0
          ? undefined
          : `${plural(missing, 'cell')} of ${night.cells.length} ${missing === 1 ? 'is' : 'are'} not here or not run`,
    },
    facts: [
      ...fact('started', moment(night.startedAt)),
      ...fact('took', duration(night.milliseconds)),
      ...fact('cells', String(night.cells.length)),
      ...fact('shards', `${night.shards.here.join(', ')} of ${night.shards.of}`),
      ...fact('ops judged', grouped(ops)),
      ...fact('plan', night.plan.slice(0, 12)),
    ],
    lines: [
      `${plural(night.cells.length, 'cell')}: ${count('holds')} hold, ${count('fails')} fail, ${count('untestable')} could not be tested`,
    ],
    changes: night.changes,
    searches: paths.flatMap((path) => searchesIn(path) ?? []),
    coverage: paths.flatMap((path) => coverageIn(path) ?? []),
    terminal: undefined,
    made: `fencelab ${night.fencelab}, ${shortPath(folder)}`,
  };
}
