import type * as Sqlite from 'node:sqlite';

export type SqliteModule = typeof Sqlite;
export type Database = Sqlite.DatabaseSync;
export type Statement = Sqlite.StatementSync;

/** Null: this Node was built or started without SQLite. */
export function loadSqlite(): SqliteModule | null {
  const emitWarning = process.emitWarning.bind(process);
  // Node calls the module experimental on standard error, where it would stand in every message about a dead warden.
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite') ?? null;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** What SQLite says of a file that is no database, or no longer. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damage || [11, 26].includes(primaryCode(error));
}

/** The disk refuses: it is full, failing or read-only. */
export function isRefusal(error: unknown): boolean {
  return [8, 10, 13, 14].includes(primaryCode(error));
}

/** Another process is writing to it, and has been for longer than one waits. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5;
}

/** The database does not agree with the journals. */
export class Damage extends Error {}

function primaryCode(error: unknown): number {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? 0 : errcode & 0xff;
}
