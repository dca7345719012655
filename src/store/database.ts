import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Problem } from '../protocol/messages.ts';
import { migrate, schemaVersion, versionOf } from './schema.ts';
import { Damage, type Database, isDamage, isRefusal, loadSqlite, type SqliteModule } from './sqlite.ts';

export const databaseName = 'history.db';

/** Checking a larger file whole would take seconds; damage in it shows when the damaged part is read. */
const mostChecked = 32 * 1024 ** 2;
const mostAside = 2;
const busyMs = 5000;
/** Rows are only ever written by the importer, which has just made what they point to: checking that took a fifth of its time. */
const options = { enableForeignKeyConstraints: false };

export interface Opened {
  readonly database: Database;
  /** False: it is in memory, and what it holds was read from the journals. */
  readonly onDisk: boolean;
  readonly problem: Problem | null;
}

/** The database of a storage folder. Where there can be none, one in memory; null where there is no SQLite at all. */
export function openDatabase(storage: string): Opened | null {
  const sqlite = loadSqlite();
  if (!sqlite) return null;
  const path = join(storage, databaseName);
  let problem: Problem | null = null;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      return { ...openFile(path, sqlite), problem };
    } catch (error) {
      if (error instanceof TooNew) return inMemory(sqlite, tooNew(path, error.version));
      if (!isDamage(error)) return inMemory(sqlite, refused(path, error as Error));
      problem = setAside(path, error as Error);
    }
  }
  return inMemory(sqlite, problem);
}

/** Where the disk refuses what is asked of a database that could be opened. */
export function openInMemory(storage: string, because: Error): Opened | null {
  const sqlite = loadSqlite();
  return sqlite && inMemory(sqlite, refused(join(storage, databaseName), because));
}

class TooNew extends Error {
  readonly version: number;

  constructor(version: number) {
    super(`its version is ${version}`);
    this.version = version;
  }
}

function openFile(path: string, sqlite: SqliteModule): { database: Database; onDisk: boolean } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // To open a pipe that a test has put there would take for ever.
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO()) throw new Damage('it is a named pipe');
  // SQLite would make it readable for everybody; its companions get the mode of the file.
  closeSync(openSync(path, 'a', 0o600));
  const database = new sqlite.DatabaseSync(path, options);
  try {
    database.exec(`PRAGMA busy_timeout = ${busyMs}`);
    const version = versionOf(database);
    if (version > schemaVersion) throw new TooNew(version);
    // Another warden may just be opening it too; the mode is kept in the file.
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA wal_autocheckpoint = 4000');
    database.exec('PRAGMA journal_size_limit = 16777216');
    if (version > 0 && statSync(path).size <= mostChecked) check(database);
    migrate(database);
    return { database, onDisk: true };
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: Database): void {
  const { quick_check: said } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  // The first line only names the database.
  if (said !== 'ok') throw new Damage(said.trim().split('\n').at(-1));
}

function inMemory(sqlite: SqliteModule, problem: Problem | null): Opened {
  const database = new sqlite.DatabaseSync(':memory:', options);
  migrate(database);
  return { database, onDisk: false, problem };
}

/** Kept for whoever wants to look at it; the journals have everything that it held. */
export function setAside(path: string, because: Error): Problem {
  const aside = `${path}.corrupt-${new Date().toISOString().replaceAll(':', '-')}`;
  for (const end of ['', '-wal', '-shm']) {
    try {
      renameSync(`${path}${end}`, `${aside}${end}`);
    } catch (error) {
      // The companions may be missing, and another warden may have done the same.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  removeOldest(path);
  return {
    severity: 'warning',
    file: aside,
    message: `The database of past runs was damaged (${because.message}), so it was set aside as ${basename(aside)} and built again from the journals.`,
    fix: 'Nothing is lost; the file that was set aside may be deleted.',
  };
}

function removeOldest(path: string): void {
  const folder = dirname(path);
  const aside = readdirSync(folder).filter(name => name.startsWith(`${basename(path)}.corrupt-`));
  const databases = aside.filter(name => !/-(wal|shm)$/.test(name)).toSorted();
  for (const old of databases.slice(0, -mostAside)) {
    for (const name of aside) if (name.startsWith(old)) rmSync(join(folder, name), { force: true });
  }
}

function tooNew(path: string, version: number): Problem {
  return {
    severity: 'warning',
    file: path,
    message: `The database of past runs is of version ${version}, and this Bulkhead knows ${schemaVersion}: it is left untouched, and the journals are read instead.`,
    fix: 'Use the newer Bulkhead that made it, or move the file away.',
  };
}

function refused(path: string, error: Error): Problem {
  const kind = isRefusal(error) ? 'cannot be written' : 'cannot be opened';
  return {
    severity: 'warning',
    file: path,
    message: `The database of past runs ${kind} (${error.message}), so the journals are read instead.`,
    fix: 'Free some space or make the folder writable; it is built again by itself.',
  };
}
