// SPDX-License-Identifier: MIT
import type { Night, NightCell } from '../result/night.js';
import type { Db } from './open.js';

/**
 * Notes a night. One that shares a run of a cell with it is an earlier state of the same night (a part that came late, a
 * night that went on after Ctrl-C) and is replaced.
 */
export function recordNight(db: Db, night: Night): void {
  for (const id of sameNights(db, night)) db.run('DELETE FROM nights WHERE id = ?', [id]);
  const { lastInsertRowid } = db.run(
    'INSERT INTO nights (name, plan, fencelab, started_at, milliseconds) VALUES (?, ?, ?, ?, ?)',
    [night.name, night.plan, night.fencelab, night.startedAt, night.milliseconds],
  );
  for (const cell of night.cells) recordCell(db, lastInsertRowid, cell);
}

/** Ids of nights that are this one. */
export function sameNights(db: Db, night: Night): number[] {
  const ids = new Set<number>();
  const same = db.prepare(
    'SELECT nights.id FROM cells JOIN nights ON nights.id = cells.night WHERE cells.cell = ? AND cells.started_at = ? AND nights.name = ?',
  );
  try {
    for (const { id, startedAt } of night.cells)
      if (startedAt !== undefined)
        for (const row of same.all([id, startedAt, night.name])) ids.add(Number(row['id']));
  } finally {
    same.finalize();
  }
  const begun = db.all('SELECT id FROM nights WHERE name = ? AND started_at = ?', [
    night.name,
    night.startedAt,
  ]);
  for (const row of begun) ids.add(Number(row['id']));
  return [...ids];
}

function recordCell(db: Db, night: number | bigint, cell: NightCell): void {
  const { tests, folder: _, unmatched: __, ...data } = cell;
  const { lastInsertRowid } = db.run(
    'INSERT INTO cells (night, cell, verdict, started_at, milliseconds, data) VALUES (?, ?, ?, ?, ?, ?)',
    [night, cell.id, cell.verdict, cell.startedAt ?? null, cell.milliseconds, JSON.stringify(data)],
  );
  const name = db.prepare('INSERT INTO names (name) VALUES (?) ON CONFLICT DO NOTHING');
  const insert = db.prepare(
    'INSERT INTO tests SELECT ?, id, ?, ?, ?, ?, ?, ?, ? FROM names WHERE name = ? ON CONFLICT DO NOTHING',
  );
  try {
    for (const test of tests) {
      name.run([test.name]);
      const { outcome, expected, judged, milliseconds, why, runs } = test;
      const row = [lastInsertRowid, outcome, expected, judged, milliseconds, why ?? null];
      insert.run([...row, runs?.of ?? null, runs?.passed ?? null, test.name]);
    }
  } finally {
    name.finalize();
    insert.finalize();
  }
}
