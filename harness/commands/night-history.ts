// SPDX-License-Identifier: MIT
import { join, resolve } from 'node:path';
import { stateFolder } from '../folders.js';
import { changeHistory, type HistoryMeans, readHistory } from '../history/open.js';
import { cellTimes, nightsBefore } from '../history/past.js';
import { recordNight } from '../history/record.js';
import { changesOf, LOOK_BACK } from '../nightly/changes.js';
import { median } from '../nightly/numbers.js';
import type { Took } from '../nightly/plan-table.js';
import type { Night } from '../result/night.js';

const HISTORY_FILE = 'history.sqlite';
/** Nights that say how long a cell takes. */
const NIGHTS_FOR_TIMES = 5;

export const historyFile = (given: string | undefined): string =>
  given === undefined ? join(stateFolder(), HISTORY_FILE) : resolve(given);

/** How long cells took before. Throws UsageError for a file that is damaged: before anything is run. */
export async function tookBefore(file: string, name: string, means: HistoryMeans): Promise<Took> {
  const times = await readHistory(file, means, (db) => cellTimes(db, name, NIGHTS_FOR_TIMES));
  return (cell) => {
    const known = times?.get(cell);
    return known === undefined ? undefined : median(known);
  };
}

/** The night with what is new in it; nothing is noted. */
export async function withChanges(file: string, night: Night, means: HistoryMeans): Promise<Night> {
  const past = await readHistory(file, means, (db) => nightsBefore(db, night, LOOK_BACK));
  return { ...night, changes: past === undefined ? [] : changesOf(night, past) };
}

/** Notes a night, if anything of it was tried. */
export async function noteNight(file: string, night: Night, means: HistoryMeans): Promise<void> {
  if (night.cells.every(({ verdict }) => verdict === 'missing' || verdict === 'notrun')) return;
  await changeHistory(file, means, (db) => recordNight(db, night));
}
