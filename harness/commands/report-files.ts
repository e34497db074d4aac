// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { EXIT, UsageError } from '../errors.js';
import { projectRoot } from '../folders.js';
import { nightLines } from '../nightly/night-lines.js';
import { OpenOutput } from '../progress/screen.js';
import { RESULTS_FILE } from '../record/run-record.js';
import { jsonText, parseSummary } from '../report/json.js';
import { junitXml } from '../report/junit.js';
import { nightAnnotations } from '../report/night-gitlab.js';
import { NIGHT_FILE, parseNight } from '../report/night-json.js';
import { nightJunitXml } from '../report/night-junit.js';
import { nightKcidb } from '../report/night-kcidb.js';
import { nightMail } from '../report/night-mail.js';
import { nightTapText } from '../report/night-tap.js';
import type { Sink } from '../report/reporter.js';
import { runAsNight } from '../report/run-as-night.js';
import { summaryText } from '../report/summary.js';
import { tapText } from '../report/tap.js';
import type { Night } from '../result/night.js';
import type { ReportFiles } from './report.js';
import { shortPath } from './short-path.js';
import { sourceLines } from './source-lines.js';
import { writableFile } from './writable-file.js';

/** What can be made of a folder, each when it is asked for. */
interface Reportable {
  readonly night: Night;
  junit(): string;
  tap(): string;
  summary(): string;
}

const FORMATS = ['junit', 'tap', 'kcidb', 'gitlab', 'mail'] as const;

/** `fencelab report`. Returns the exit status. All files are looked at before the first is written. */
export async function report(folder: string, options: ReportFiles): Promise<number> {
  const what = readFolder(folder);
  const shown = shortPath(resolve(folder));
  const make: Readonly<Record<(typeof FORMATS)[number], () => string>> = {
    junit: what.junit,
    tap: what.tap,
    kcidb: () => jsonText(nightKcidb(what.night, options.kcidbOrigin)),
    gitlab: () => jsonText(nightAnnotations(what.night, linesOf(resolve(folder), what.night))),
    mail: () => nightMail(what.night, shown),
  };
  const wanted = FORMATS.flatMap((format) => {
    const file = options[format];
    return file === undefined ? [] : [{ format, file }];
  });
  const toStdout = wanted.filter(({ file }) => file === '-').map(({ format }) => `--${format}`);
  if (toStdout.length > 1)
    throw new UsageError(`${toStdout.join(' and ')} both want standard output`, {
      remedy: 'Give a file for all but one of them.',
    });
  const stdout = new OpenOutput(process.stdout);
  const sinks = wanted.map(({ format, file }): readonly [() => string, Sink] => [
    make[format],
    file === '-' ? stdout : writableFile(file),
  ]);
  for (const [text, sink] of sinks) sink.write(text());
  if (wanted.length === 0) stdout.write(what.summary());
  return EXIT.holds;
}

function readFolder(folder: string): Reportable {
  const [nightFile, resultsFile] = [join(folder, NIGHT_FILE), join(folder, RESULTS_FILE)];
  const shown = shortPath(resolve(folder));
  const width = process.stdout.isTTY ? process.stdout.columns : 120;
  if (existsSync(nightFile)) {
    const night = parseNight(readText(nightFile), nightFile);
    const part = night.shards.here.length < night.shards.of;
    return {
      night,
      junit: () => nightJunitXml(night),
      tap: () => nightTapText(night),
      summary: () => `${nightLines(night, { folder: shown, part, width }).join('\n')}\n`,
    };
  }
  if (existsSync(resultsFile)) {
    const summary = parseSummary(readText(resultsFile), resultsFile);
    return {
      night: runAsNight(summary),
      junit: () => junitXml(summary),
      tap: () => tapText(summary),
      summary: () => summaryText(summary, { folder: shown, width }),
    };
  }
  throw new UsageError(
    existsSync(folder)
      ? `${folder} has no ${NIGHT_FILE} and no ${RESULTS_FILE}: it is not the folder of a night or a run`
      : `there is no folder ${folder}`,
    { remedy: 'Runs and nights tell their folder at their end; results/latest is the last one.' },
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** Paths as GitLab wants them: from the root of the repository, which for CI is this project. */
function linesOf(folder: string, night: Night): ReturnType<typeof sourceLines> {
  const planned = `ci/${night.name}.toml`;
  return sourceLines(
    projectRoot,
    relative(projectRoot, folder).split(sep).join('/'),
    existsSync(join(projectRoot, planned)) ? planned : 'README.md',
  );
}
