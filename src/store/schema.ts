import type { Database } from './sqlite.ts';

/** From each version to the next, in order; what was released is never changed. */
const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    started_at INTEGER NOT NULL,
    resumed INTEGER NOT NULL DEFAULT 0,
    resumed_at INTEGER,
    earlier_ms INTEGER,
    -- The three of them are null until the run has ended.
    cancelled INTEGER,
    duration_ms INTEGER,
    counts TEXT,
    -- How many bytes of the journal are in here.
    imported INTEGER NOT NULL DEFAULT 0,
    missing INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX runs_by_time ON runs (started_at);
  CREATE TABLE tests (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    framework TEXT NOT NULL,
    file TEXT NOT NULL,
    title TEXT NOT NULL
  );
  CREATE INDEX tests_by_file ON tests (file);
  -- A row for each planned test of each run; the verdict is null until there is one.
  CREATE TABLE outcomes (
    run INTEGER NOT NULL REFERENCES runs,
    test INTEGER NOT NULL REFERENCES tests,
    verdict TEXT,
    started_at INTEGER,
    duration_ms REAL,
    peak_memory INTEGER,
    cpu_ms REAL,
    attempts INTEGER,
    leaked INTEGER,
    -- Where the whole record stands in the journal.
    place INTEGER,
    length INTEGER,
    PRIMARY KEY (run, test)
  ) WITHOUT ROWID;
  `,
  // Null until the run has ended, and in those of before.
  'ALTER TABLE runs ADD COLUMN memory_budget INTEGER',
];

export const schemaVersion = migrations.length;

export function versionOf(database: Database): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

/** Several wardens may come at once: whoever is first migrates, and the others find it done. */
export function migrate(database: Database): void {
  if (versionOf(database) === schemaVersion) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(versionOf(database))) database.exec(step);
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
