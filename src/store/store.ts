import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JournalFile } from '../engine/journal-file.ts';
import { journalName } from '../engine/journal.ts';
import { emptyReserve, reservePath } from '../engine/reserve.ts';
import { isOwned } from '../engine/run-owner.ts';
import type {
  Comparison,
  HistoryRequests,
  LastVerdict,
  PastRun,
  PastVerdict,
  RecordPage,
} from '../protocol/history.ts';
import type { Problem, Selection } from '../protocol/messages.ts';
import { isFailure, type TestRecord, type VerdictKind } from '../protocol/verdict.ts';
import { comparison } from './comparison.ts';
import { databaseName, openDatabase, openInMemory, type Opened, setAside } from './database.ts';
import { durationUntil, stateOf } from './digest.ts';
import { countsOfRun, Importer } from './importer.ts';
import { entryAt, journalLines } from './journal-lines.ts';
import { Damage, isDamage, isRefusal } from './sqlite.ts';

type Params<N extends keyof HistoryRequests> = HistoryRequests[N]['params'];

/** A page of records must fit into a frame. */
const mostPageBytes = 8 * 1024 ** 2;
const mostPageRecords = 1000;

/** The past runs of one storage folder: a database that can be thrown away at any time, for the journals have everything. */
export class Store {
  readonly #storage: string;
  readonly #onProblem: (problem: Problem) => void;
  #opened: Opened;
  #importer: Importer;

  /** Null where there is no SQLite. */
  static open(storage: string, onProblem: (problem: Problem) => void): Store | null {
    const opened = openDatabase(storage);
    return opened && new Store(storage, opened, onProblem);
  }

  private constructor(storage: string, opened: Opened, onProblem: (problem: Problem) => void) {
    this.#storage = storage;
    this.#onProblem = onProblem;
    this.#opened = opened;
    this.#importer = new Importer(storage, opened.database);
    if (opened.problem) onProblem(opened.problem);
  }

  get onDisk(): boolean {
    return this.#opened.onDisk;
  }

  close(): void {
    this.#opened.database.close();
  }

  /** Takes in what the run's journal has more than the database. */
  import(run: string): void {
    this.#guarded(() => this.#importer.import(run));
  }

  /** Takes in what all journals have more than the database, and forgets the runs that are gone. */
  catchUp(): void {
    this.#guarded(() => this.#catchUp());
  }

  history({ limit = 100 }: Params<'history'> = {}): PastRun[] {
    return this.#guarded(() => {
      this.#catchUp();
      const rows = this.#opened.database
        .prepare('SELECT * FROM runs ORDER BY started_at DESC, id DESC LIMIT ?')
        .all(limit) as unknown as RunRow[];
      return rows.map(row => this.#pastRun(row));
    });
  }

  records({ run, after = 0, limit = mostPageRecords, verdicts, key }: Params<'records'>): RecordPage {
    return this.#guarded(() => {
      if (!this.#importer.import(run)) throw new Error(`There is no run ${run}.`);
      const chosen = verdicts ? `AND verdict IN (SELECT value FROM json_each(?))` : '';
      const one = key === undefined ? '' : 'AND tests.key = ?';
      const rows = this.#opened.database
        .prepare(
          `SELECT test, key, place, length FROM outcomes JOIN tests ON tests.id = outcomes.test
           WHERE run = (SELECT id FROM runs WHERE run = ?) AND test > ? AND verdict IS NOT NULL ${chosen} ${one}
           ORDER BY test LIMIT ?`,
        )
        .all(
          run,
          after,
          ...(verdicts ? [JSON.stringify(verdicts)] : []),
          ...(key === undefined ? [] : [key]),
          Math.min(limit, mostPageRecords) + 1,
        ) as unknown as PlaceRow[];
      return this.#page(run, rows, Math.min(limit, mostPageRecords));
    });
  }

  testHistory({ key, limit = 50 }: Params<'testHistory'>): PastVerdict[] {
    return this.#guarded(() => {
      this.#catchUp();
      const rows = this.#opened.database
        .prepare(
          `SELECT runs.run AS run, runs.started_at AS runStartedAt, verdict, outcomes.started_at AS startedAt,
             outcomes.duration_ms AS durationMs, peak_memory AS peakMemoryBytes, cpu_ms AS cpuMs, attempts
           FROM runs CROSS JOIN outcomes ON outcomes.run = runs.id
           WHERE test = (SELECT id FROM tests WHERE key = ?) AND verdict IS NOT NULL
           ORDER BY runs.started_at DESC LIMIT ?`,
        )
        .all(key, limit);
      return rows.map(row => ({ ...row })) as unknown as PastVerdict[];
    });
  }

  comparison({ run }: Params<'comparison'>): Comparison {
    return this.#guarded(() => {
      this.#catchUp();
      return comparison(this.#opened.database, run, each => this.#selectionOf(each));
    });
  }

  lastVerdicts({ keys }: Params<'lastVerdicts'>): LastVerdict[] {
    return this.#guarded(() => {
      this.#catchUp();
      const last = this.#opened.database.prepare(
        `SELECT runs.run AS run, runs.started_at AS runStartedAt, verdict, outcomes.started_at AS startedAt,
           outcomes.duration_ms AS durationMs, peak_memory AS peakMemoryBytes, cpu_ms AS cpuMs, attempts, leaked
         FROM runs CROSS JOIN outcomes ON outcomes.run = runs.id
         WHERE test = (SELECT id FROM tests WHERE key = ?) AND verdict NOT IN ('cancelled', 'not-run', 'lost')
         ORDER BY runs.started_at DESC LIMIT 1`,
      );
      return keys.flatMap(key => {
        const row = last.get(key) as unknown as (Omit<LastVerdict, 'key' | 'leaked'> & { leaked: number }) | undefined;
        return row ? [{ ...row, key, leaked: row.leaked === 1 }] : [];
      });
    });
  }

  /** What was asked for is in the journal alone. */
  #selectionOf(run: string): Selection | null {
    for (const { entry } of journalLines(join(this.#storage, 'runs', run, journalName)))
      return entry?.entry === 'run' ? entry.selection : null;
    return null;
  }

  #catchUp(): void {
    const { database } = this.#opened;
    const known = database.prepare('SELECT run, imported FROM runs').all() as { run: string; imported: number }[];
    const left = new Map(known.map(({ run, imported }) => [run, imported]));
    for (const run of runsIn(this.#storage)) {
      this.#emptyReserve(join(this.#storage, 'runs', run));
      const size = statSync(join(this.#storage, 'runs', run, journalName), { throwIfNoEntry: false })?.size;
      if (size === undefined) continue;
      if (left.get(run) !== size) this.#importer.import(run);
      left.delete(run);
    }
    for (const run of left.keys()) this.#importer.forget(run);
  }

  /** A disk that is still full, or a folder of somebody else, leaves it for the next time. */
  #emptyReserve(folder: string): void {
    try {
      emptyReserve(folder, () => JournalFile.open(join(folder, journalName)));
    } catch (error) {
      const fix = 'Make its folder writable; it is tried again with the next look at the history.';
      const message = `What a run has kept aside for a full disk could not be put into its journal: ${(error as Error).message}.`;
      this.#onProblem({ severity: 'warning', file: reservePath(folder), message, fix });
    }
  }

  #page(run: string, rows: readonly PlaceRow[], limit: number): RecordPage {
    const path = join(this.#storage, 'runs', run, journalName);
    const records: TestRecord[] = [];
    let bytes = 0;
    let last = 0;
    for (const { test, key, place, length } of rows) {
      if (records.length === limit || (records.length > 0 && bytes + length > mostPageBytes)) {
        return { records, next: last };
      }
      const entry = entryAt(path, place, length);
      if (entry?.entry !== 'record' || entry.record.test.key !== key) {
        throw new Damage(`the record of ${key} is not where it should be`);
      }
      records.push(entry.record);
      bytes += length;
      last = test;
    }
    return { records, next: null };
  }

  #pastRun(row: RunRow): PastRun {
    const folder = join(this.#storage, 'runs', row.run);
    const journal = join(folder, journalName);
    const counted = this.#counts(row);
    const done = counted.flatMap(({ verdict, tests }) => (verdict === null ? [] : [[verdict, tests] as const]));
    const passable = counted.filter(({ verdict }) => verdict !== null && !isFailure(verdict));
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    const state = stateOf(row.cancelled === null ? null : { cancelled: row.cancelled === 1 }, isOwned(folder));
    const resumption = row.resumed_at === null ? null : { at: row.resumed_at, earlierMs: row.earlier_ms ?? 0 };
    const until = state === 'running' ? Date.now() : (statSync(journal, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return {
      run: row.run,
      state,
      startedAt: row.started_at,
      durationMs: row.duration_ms ?? durationUntil(until, row.started_at, resumption),
      planned: sum(counted.map(({ tests }) => tests)),
      recorded: sum(done.map(([, tests]) => tests)),
      counts: Object.fromEntries(done),
      leaked: sum(counted.map(({ leaked }) => leaked)),
      flaky: sum(passable.map(({ retried }) => retried)),
      memoryBudgetBytes: row.memory_budget,
      resumed: row.resumed,
      missing: row.missing,
      journal,
    };
  }

  /** Those that were kept when the run ended; an older Bulkhead did not count all of it. */
  #counts({ id, counts }: RunRow): CountRow[] {
    const kept = counts === null ? [] : (JSON.parse(counts) as CountRow[]);
    if (counts !== null && kept.every(({ retried }) => retried !== undefined)) return kept;
    return this.#opened.database.prepare(countsOfRun).all(id) as unknown as CountRow[];
  }

  /** Damage and a disk that refuses cost the database, never an answer: it is built again, on disk or in memory. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!this.#opened.onDisk || !(isDamage(error) || isRefusal(error))) throw error;
      this.#renew(error as Error);
      return work();
    }
  }

  #renew(because: Error): void {
    this.#opened.database.close();
    const damage = isDamage(because);
    if (damage) this.#onProblem(setAside(join(this.#storage, databaseName), because));
    // It could be opened before, so there is SQLite.
    this.#opened = damage ? openDatabase(this.#storage)! : openInMemory(this.#storage, because)!;
    if (this.#opened.problem) this.#onProblem(this.#opened.problem);
    this.#importer = new Importer(this.#storage, this.#opened.database, damage);
    this.#catchUp();
  }
}

interface RunRow {
  readonly id: number;
  readonly run: string;
  readonly started_at: number;
  readonly resumed: number;
  readonly resumed_at: number | null;
  readonly earlier_ms: number | null;
  readonly cancelled: number | null;
  readonly duration_ms: number | null;
  readonly counts: string | null;
  readonly memory_budget: number | null;
  readonly missing: number;
}

interface PlaceRow {
  readonly test: number;
  readonly key: string;
  readonly place: number;
  readonly length: number;
}

interface CountRow {
  readonly verdict: VerdictKind | null;
  readonly tests: number;
  readonly leaked: number;
  readonly retried: number;
}

export function runsIn(storage: string): string[] {
  try {
    return readdirSync(join(storage, 'runs'), { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    // Before the first run.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
