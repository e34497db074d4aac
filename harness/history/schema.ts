// SPDX-License-Identifier: MIT

/** Says that a SQLite file is a history of nights: "fncl". */
export const APPLICATION_ID = 0x666e636c;
/** Raised when tables change; a file of a later one is not touched. */
export const SCHEMA_VERSION = 1;

export const SCHEMA = `
CREATE TABLE nights (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  fencelab TEXT NOT NULL,
  started_at TEXT NOT NULL,
  milliseconds REAL NOT NULL
) STRICT;
CREATE INDEX nights_by_name ON nights (name, started_at);
-- What a test is called, once
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
-- data: all of the cell but its tests, as JSON; the other columns are for whoever asks in SQL
CREATE TABLE cells (
  id INTEGER PRIMARY KEY,
  night INTEGER NOT NULL REFERENCES nights (id) ON DELETE CASCADE,
  cell TEXT NOT NULL,
  verdict TEXT NOT NULL,
  started_at TEXT,
  milliseconds REAL NOT NULL,
  data TEXT NOT NULL,
  UNIQUE (night, cell)
) STRICT;
CREATE INDEX cells_by_start ON cells (cell, started_at);
CREATE TABLE tests (
  cell INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
  name INTEGER NOT NULL REFERENCES names (id),
  outcome TEXT NOT NULL,
  expected TEXT NOT NULL,
  judged TEXT NOT NULL,
  milliseconds REAL NOT NULL,
  why TEXT,
  runs_of INTEGER,
  runs_passed INTEGER,
  PRIMARY KEY (cell, name)
) STRICT, WITHOUT ROWID;
`;
