import type { Brief } from '../engine/brief.ts';
import type { Database, Statement } from './sqlite.ts';

/** By one call: more hardly makes a row cheaper. */
const together = 16;
const columns = [
  'run',
  'test',
  'verdict',
  'started_at',
  'duration_ms',
  'peak_memory',
  'cpu_ms',
  'attempts',
  'leaked',
  'place',
  'length',
] as const;

/** Writes what became of planned tests, several rows at once: a call costs as much as the row. */
export class OutcomeRows {
  readonly #one: Statement;
  readonly #many: Statement;
  readonly #values: (string | number | null)[] = [];

  constructor(database: Database) {
    this.#one = database.prepare(sqlOf(1));
    this.#many = database.prepare(sqlOf(together));
  }

  add(run: number, test: number, brief: Brief, place: number, length: number): void {
    const [, verdict, startedAt, durationMs, peak, cpuMs, attempts, leaked] = brief;
    this.#values.push(run, test, verdict, startedAt, durationMs, peak, cpuMs, attempts, leaked, place, length);
    if (this.#values.length < together * columns.length) return;
    this.#many.run(...this.#values);
    this.#values.length = 0;
  }

  /** Whatever was added is in the database now. */
  flush(): void {
    for (let at = 0; at < this.#values.length; at += columns.length) {
      this.#one.run(...this.#values.slice(at, at + columns.length));
    }
    this.#values.length = 0;
  }

  /** The transaction that they were part of has failed. */
  drop(): void {
    this.#values.length = 0;
  }
}

/**
 * A test that went on after an interruption or a stop may have a second record: the last one stands. Each column is given, so
 * replacing the row of the plan says the same as updating it, for two thirds of the processor time.
 */
function sqlOf(rows: number): string {
  const row = `(${columns.map(() => '?').join()})`;
  return `REPLACE INTO outcomes (${columns.join()}) VALUES ${Array.from({ length: rows }, () => row).join()}`;
}
