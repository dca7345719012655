import { relative } from 'node:path';
import type { CageDescription } from '../protocol/limits.ts';
import type { RunSummary } from '../protocol/messages.ts';
import { type TestRecord, verdictKinds } from '../protocol/verdict.ts';

/** Everything that is known of a run when it has ended: what each kind of report is made of. */
export interface RunReport {
  /** Of Bulkhead. */
  readonly version: string;
  /** The workspace folder, absolute. */
  readonly folder: string;
  readonly cage: CageDescription;
  readonly summary: RunSummary;
  readonly records: readonly TestRecord[];
}

/** In pieces, so that the report of 200,000 tests is never one string. */
export type Pieces = Iterable<string>;

/** The same path on every machine. */
export function pathIn(folder: string, file: string): string {
  return relative(folder, file).replaceAll('\\', '/') || '.';
}

/** In the order in which files were first met, each with its tests in the order of their ends. */
export function byFile(records: readonly TestRecord[]): ReadonlyMap<string, readonly TestRecord[]> {
  return Map.groupBy(records, record => record.test.file);
}

/** A number for each verdict, zero where there is none. */
export function allCounts(summary: RunSummary): Record<string, number> {
  return Object.fromEntries(verdictKinds.map(kind => [kind, summary.counts[kind] ?? 0]));
}
