// SPDX-License-Identifier: MIT
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { nightCell } from '../report/night-json.js';
import { EXPECTED, JUDGED, type Night } from '../result/night.js';
import type { PastCell, PastNight, PastTest } from '../result/past.js';
import { OUTCOMES } from '../result/result.js';
import type { Db } from './open.js';
import { sameNights } from './record.js';

const nightRow = z.object({
  id: z.number(),
  name: z.string(),
  plan: z.string(),
  fencelab: z.string(),
  started_at: z.string(),
  milliseconds: z.number(),
});
const cellRow = z.object({ id: z.number(), data: z.string() });
const cellData = nightCell.omit({ tests: true, folder: true, unmatched: true });
const testRow = z.object({
  cell: z.number(),
  name: z.string(),
  outcome: z.enum(OUTCOMES),
  expected: z.enum(EXPECTED),
  judged: z.enum(JUDGED),
  milliseconds: z.number(),
  why: z.string().nullable(),
  runs_of: z.number().nullable(),
  runs_passed: z.number().nullable(),
});

/** The last nights of one name, newest first. */
export function lastNights(db: Db, name: string, most: number): PastNight[] {
  const rows = db.all('SELECT * FROM nights WHERE name = ? ORDER BY started_at DESC, id DESC LIMIT ?', [
    name,
    most,
  ]);
  return rows.map((row) => nightOf(db, row));
}

/** The nights of the same name before this one, newest first; an earlier state of this one is none of them. */
export function nightsBefore(db: Db, night: Night, most: number): PastNight[] {
  const same = sameNights(db, night);
  const rows = db.all(
    `SELECT * FROM nights WHERE name = ? AND started_at < ? AND id NOT IN (${same.map(() => '?').join(', ')})
     ORDER BY started_at DESC, id DESC LIMIT ?`,
    [night.name, night.startedAt, ...same, most],
  );
  return rows.map((row) => nightOf(db, row));
}

/** Names of nights, the one that was run last first, with how many there are. */
export function nightNames(db: Db): { name: string; nights: number }[] {
  return db
    .all('SELECT name, count(*) AS nights FROM nights GROUP BY name ORDER BY max(started_at) DESC, name')
    .map((row) => checked(z.object({ name: z.string(), nights: z.number() }), row));
}

/** How long each cell took in the last nights in which it was tested, in ms: the middle of up to `most`. */
export function cellTimes(db: Db, name: string, most: number): ReadonlyMap<string, readonly number[]> {
  const rows = db.all(
    `SELECT cells.cell, cells.milliseconds FROM cells JOIN nights ON nights.id = cells.night
     WHERE nights.name = ? AND cells.verdict IN ('holds', 'fails') ORDER BY nights.started_at DESC`,
    [name],
  );
  const times = new Map<string, number[]>();
  for (const row of rows) {
    const { cell, milliseconds } = checked(z.object({ cell: z.string(), milliseconds: z.number() }), row);
    const known = times.get(cell) ?? [];
    times.set(cell, known);
    if (known.length < most) known.push(milliseconds);
  }
  return times;
}

function nightOf(db: Db, row: unknown): PastNight {
  const { id, name, plan, fencelab, started_at, milliseconds } = checked(nightRow, row);
  const tests = new Map<number, Map<string, PastTest>>();
  const rows = db.all(
    `SELECT tests.cell, names.name, outcome, expected, judged, tests.milliseconds, why, runs_of, runs_passed
     FROM tests JOIN names ON names.id = tests.name JOIN cells ON cells.id = tests.cell WHERE cells.night = ?`,
    [id],
  );
  for (const each of rows) {
    const test = checked(testRow, each);
    const own = tests.get(test.cell) ?? new Map<string, PastTest>();
    tests.set(test.cell, own);
    const { outcome, expected, judged, milliseconds, why, runs_of, runs_passed } = test;
    own.set(test.name, {
      ...{ outcome, expected, judged, milliseconds },
      ...(why === null ? {} : { why }),
      ...(runs_of === null || runs_passed === null ? {} : { runs: { of: runs_of, passed: runs_passed } }),
    });
  }
  const cells = db
    .all('SELECT id, data FROM cells WHERE night = ? ORDER BY id', [id])
    .map((each): PastCell => {
      const cell = checked(cellRow, each);
      return { ...checked(cellData, json(cell.data)), tests: tests.get(cell.id) ?? new Map() };
    });
  return {
    name,
    plan,
    fencelab,
    startedAt: started_at,
    milliseconds,
    cells: new Map(cells.map((cell) => [cell.id, cell])),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new UsageError('the history has a row that makes no sense', {
    detail: z.prettifyError(read.error),
    remedy: 'Somebody else has written to it: restore it from a backup, or move it away.',
  });
}
