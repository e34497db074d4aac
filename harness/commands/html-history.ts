// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHistory } from '../history/open.js';
import { lastNights } from '../history/past.js';
import type { HistoryNight } from '../html/history.js';
import type { Progress } from '../progress/progress.js';
import { NIGHT_FILE, parseNight } from '../report/night-json.js';
import { isRedTest } from '../result/night.js';
import type { PastNight } from '../result/past.js';
import { writeHtml } from './write-html.js';

/** So many nights are in the plots of a page. */
const MOST_NIGHTS = 60;

/**
 * The nights of the same name as the one in `folder`, for its plots; none for the folder of something else, and none where
 * there is no history. Throws UsageError for a history that is damaged.
 */
export async function htmlHistory(
  folder: string,
  history: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly HistoryNight[]> {
  const file = join(folder, NIGHT_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return []; // no night: whoever makes the page says what the folder is
  }
  const { name } = parseNight(text, file);
  const found = await readHistory(history, { progress, signal }, (db) => lastNights(db, name, MOST_NIGHTS));
  return plotted(found ?? []);
}

/** The page of what is in `folder`; of a night with the nights before it. Errors as of {@link writeHtml}. */
export async function writePage(
  folder: string,
  file: string,
  history: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await writeHtml(folder, file, progress, await htmlHistory(folder, history, progress, signal));
}

/** Oldest first, as plots have it. A day with several nights has them with their times. */
export function plotted(nights: readonly PastNight[]): HistoryNight[] {
  const inOrder = nights.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const days = inOrder.map(({ startedAt }) => startedAt.slice(0, 10));
  return inOrder.map(({ name, startedAt, milliseconds, cells }) => {
    const day = startedAt.slice(0, 10);
    const several = days.filter((one) => one === day).length > 1;
    const all = [...cells.values()];
    const tests = all.flatMap((cell) => [...cell.tests.values()]);
    const counted = all.flatMap(({ coverage }) => coverage ?? []);
    const sum = (of: (one: { reached: number; of: number }) => number): number =>
      counted.reduce((total, one) => total + of(one), 0);
    return {
      date: several ? `${day} ${startedAt.slice(11, 16)}` : day,
      night: name,
      red: tests.filter(isRedTest).length,
      tests: tests.length,
      milliseconds,
      ops: all.reduce((total, { ops }) => total + ops, 0),
      ...(counted.length === 0
        ? {}
        : { coverage: { reached: sum(({ reached }) => reached), of: sum((one) => one.of) } }),
    };
  });
}
