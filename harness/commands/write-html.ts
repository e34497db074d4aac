// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot } from '../folders.js';
import type { HistoryNight } from '../html/history.js';
import { type Assets, pageOf } from '../html/page.js';
import type { Progress } from '../progress/progress.js';
import { reportOf, requireFolder } from './html-report.js';
import { writableFile } from './writable-file.js';

/** The style sheet and the script, which are not compiled: from the sources. */
function assets(): Assets {
  const of = (file: string): string =>
    readFileSync(join(projectRoot, 'harness', 'html', 'assets', file), 'utf8');
  return { style: of('style.css'), script: of('script.js') };
}

/**
 * Makes one self-contained page of what is in the folder of a run, a search or a night, with the nights of the past if
 * they are given. Throws UsageError for a folder without results, and for a file that cannot be written.
 */
export async function writeHtml(
  folder: string,
  file: string,
  progress: Progress,
  history: readonly HistoryNight[] = [],
): Promise<void> {
  requireFolder(resolve(folder));
  const sink = writableFile(file);
  const stage = progress.stage('Page');
  try {
    const page = pageOf(await reportOf(resolve(folder), history, stage), assets());
    sink.write(page);
    stage.end(`${file}, ${(page.length / 1e6).toFixed(1)} MB`);
  } catch (error) {
    stage.fail('it could not be made');
    throw error;
  }
}
