import { statSync } from 'node:fs';
import { join } from 'node:path';
import { briefOf } from '../engine/brief.ts';
import { type JournalEntry, journalName } from '../engine/journal.ts';
import type { RunSummary } from '../protocol/messages.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { titleText } from '../reports/wording.ts';
import { type BriefLine, briefLines, entryAt, type JournalLine, journalLines } from './journal-lines.ts';
import { OutcomeRows } from './outcome-rows.ts';
import type { Database, Statement } from './sqlite.ts';

/** A transaction is ended at whichever comes first: other wardens of the workspace wait for it. */
const mostLines = 5000;
const mostMs = 100;
const mostKnownTests = 500_000;

interface RunRow {
  readonly id: number;
  readonly imported: number;
}

/**
 * Copies journals into the database, each from where it stopped the last time: runs that are going on, that a killed warden left,
 * and all of them when the database is new go the same way. The place is kept in the same transaction as the rows, so
 * nothing comes in twice or is left out, whoever is killed when.
 */
export class Importer {
  readonly #runs: string;
  readonly #database: Database;
  readonly #knownTests = new Map<TestKey, number>();
  readonly #sql: Readonly<Record<keyof typeof statements, Statement>>;
  readonly #outcomes: OutcomeRows;

  readonly #read: (path: string, from: number) => Iterable<JournalLine | BriefLine>;

  /** `thorough`: after damage, every line is read whole. */
  constructor(storage: string, database: Database, thorough = false) {
    this.#read = thorough ? journalLines : briefLines;
    this.#runs = join(storage, 'runs');
    this.#database = database;
    const prepared = Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#sql = Object.fromEntries(prepared) as Record<keyof typeof statements, Statement>;
    this.#outcomes = new OutcomeRows(database);
  }

  /** False: there is no such journal. */
  import(run: string): boolean {
    const path = join(this.#runs, run, journalName);
    for (;;) {
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size === undefined) return false;
      const row = this.#sql.run.get(run) as RunRow | undefined;
      if (row?.imported === size || !this.#importSome(run, path, size)) return true;
    }
  }

  /** For a run whose folder is gone. */
  forget(run: string): void {
    this.#transaction(() => {
      const row = this.#sql.run.get(run) as RunRow | undefined;
      if (row) this.#remove(row);
    });
  }

  /** True: there may be more. */
  #importSome(run: string, path: string, size: number): boolean {
    return this.#transaction(() => {
      const before = this.#row(run, path);
      // A journal only grows: this is another one in its place.
      if (before.imported > size) this.#remove(before);
      const row = before.imported > size ? this.#row(run, path) : before;
      const deadline = performance.now() + mostMs;
      let imported = row.imported;
      let lines = 0;
      for (const line of this.#read(path, row.imported)) {
        this.#take(row.id, path, line);
        imported = line.at + line.length + 1;
        if (++lines >= mostLines || (lines % 100 === 0 && performance.now() > deadline)) break;
      }
      this.#outcomes.flush();
      this.#sql.imported.run(imported, row.id);
      return lines > 0;
    });
  }

  #take(run: number, path: string, line: JournalLine | BriefLine): void {
    const { at, length } = line;
    if ('brief' in line) {
      const test = this.#known(line.brief[0]);
      if (test !== null) return this.#outcomes.add(run, test, line.brief, at, length);
    }
    const entry = 'entry' in line ? line.entry : entryAt(path, at, length);
    if (entry === null) return void this.#sql.missing.run(1, run);
    switch (entry.entry) {
      case 'run':
        this.#sql.begun.run(entry.at, run);
        return;
      case 'resume':
        this.#sql.resumed.run(entry.at, entry.earlierMs, run);
        return;
      case 'plan':
        return this.#plan(run, entry);
      case 'record':
        return this.#record(run, entry.record, at, length);
      case 'gap':
        this.#sql.missing.run(entry.entries, run);
        return;
      case 'end':
        return this.#end(run, entry.summary);
      case 'stop':
        return;
    }
  }

  #plan(run: number, { project, tests }: Extract<JournalEntry, { entry: 'plan' }>): void {
    for (const test of tests) this.#sql.planned.run(run, this.#test(test, project));
  }

  #record(run: number, record: TestRecord, place: number, length: number): void {
    this.#outcomes.add(run, this.#test(record.test, record.project), briefOf(record), place, length);
  }

  #end(run: number, { cancelled, durationMs, memoryBudgetBytes: budget }: RunSummary): void {
    this.#outcomes.flush();
    const counts = JSON.stringify(this.#sql.counts.all(run));
    this.#sql.ended.run(cancelled ? 1 : 0, durationMs, counts, typeof budget === 'number' ? budget : null, run);
  }

  /** Null: a test that was never planned here. */
  #known(key: TestKey): number | null {
    const known = this.#knownTests.get(key);
    if (known !== undefined) return known;
    const row = this.#sql.testOf.get(key) as { id: number } | undefined;
    if (row) this.#remember(key, row.id);
    return row?.id ?? null;
  }

  #test(test: TestInfo, project: string): number {
    const known = this.#knownTests.get(test.key);
    if (known !== undefined) return known;
    const title = titleText(test, 300);
    const { id } = this.#sql.test.get(test.key, project, test.framework, test.file, title) as { id: number };
    this.#remember(test.key, id);
    return id;
  }

  #remember(key: TestKey, id: number): void {
    if (this.#knownTests.size >= mostKnownTests) this.#knownTests.clear();
    this.#knownTests.set(key, id);
  }

  /** Until its first entry is read, a run began when its journal was made. */
  #row(run: string, path: string): RunRow {
    const known = this.#sql.run.get(run) as RunRow | undefined;
    if (known) return known;
    this.#sql.newRun.run(run, Math.round(statSync(path).birthtimeMs));
    return this.#sql.run.get(run) as unknown as RunRow;
  }

  #remove({ id }: RunRow): void {
    this.#sql.removeOutcomes.run(id);
    this.#sql.removeRun.run(id);
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A test learned in there is unknown again.
      this.#knownTests.clear();
      this.#outcomes.drop();
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** What a run has come to, by verdict. */
export const countsOfRun =
  'SELECT verdict, count(*) AS tests, total(leaked) AS leaked, total(attempts > 1) AS retried FROM outcomes WHERE run = ? GROUP BY verdict';

const statements = {
  run: 'SELECT id, imported FROM runs WHERE run = ?',
  newRun: 'INSERT INTO runs (run, started_at) VALUES (?, ?)',
  begun: 'UPDATE runs SET started_at = ? WHERE id = ?',
  resumed:
    'UPDATE runs SET resumed = resumed + 1, resumed_at = ?, earlier_ms = ?, cancelled = NULL, duration_ms = NULL, counts = NULL WHERE id = ?',
  missing: 'UPDATE runs SET missing = missing + ? WHERE id = ?',
  imported: 'UPDATE runs SET imported = ? WHERE id = ?',
  ended: 'UPDATE runs SET cancelled = ?, duration_ms = ?, counts = ?, memory_budget = ? WHERE id = ?',
  counts: countsOfRun,
  // The update that changes nothing makes it return the row that is there.
  test: 'INSERT INTO tests (key, project, framework, file, title) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET project = excluded.project, file = excluded.file, title = excluded.title RETURNING id',
  testOf: 'SELECT id FROM tests WHERE key = ?',
  planned: 'INSERT INTO outcomes (run, test) VALUES (?, ?) ON CONFLICT DO NOTHING',
  removeOutcomes: 'DELETE FROM outcomes WHERE run = ?',
  removeRun: 'DELETE FROM runs WHERE id = ?',
} as const;
