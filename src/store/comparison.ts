import type { Change, Comparison } from '../protocol/history.ts';
import type { TestKey } from '../protocol/tests.ts';
import { isFailure, type VerdictKind } from '../protocol/verdict.ts';
import { goneTests, type SelectionOf } from './gone.ts';
import type { Database } from './sqlite.ts';

/** What is less than both is the machine's mood, not the test's. */
const slower = { times: 1.5, by: 200 };
const moreMemory = { times: 1.25, by: 16 * 1024 ** 2 };

export interface Outcome {
  readonly verdict: VerdictKind;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
}

/** How a test is different from what it was. Times and memory are compared where it passed both times. */
export function changesOf(before: Outcome, now: Outcome): Change[] {
  const failed = isFailure(now.verdict);
  if (failed !== isFailure(before.verdict)) return [failed ? 'newly-failed' : 'fixed'];
  if (now.verdict !== 'passed' || before.verdict !== 'passed') return [];
  const changed: Change[] = [];
  if (grew(before.durationMs, now.durationMs, slower)) changed.push('slower');
  if (grew(before.peakMemoryBytes, now.peakMemoryBytes, moreMemory)) changed.push('more-memory');
  return changed;
}

function grew(before: number | null, now: number | null, { times, by }: typeof slower): boolean {
  return before !== null && now !== null && now >= before * times && now >= before + by;
}

const own = `verdict NOT IN ('cancelled', 'not-run', 'lost', 'skipped')`;
const columns = 'verdict, outcomes.duration_ms AS durationMs, peak_memory AS peakMemoryBytes';

/** Each test of a run against the last run before in which it had a verdict of its own. */
export function comparison(database: Database, run: string, selectionOf: SelectionOf): Comparison {
  const rows = database
    .prepare(
      `SELECT test, key, ${columns} FROM outcomes JOIN tests ON tests.id = outcomes.test
       WHERE run = (SELECT id FROM runs WHERE run = ?) AND ${own}`,
    )
    .all(run) as unknown as (Outcome & { test: number; key: TestKey })[];
  const before = database.prepare(
    `SELECT ${columns} FROM runs CROSS JOIN outcomes ON outcomes.run = runs.id
     WHERE (runs.started_at, runs.id) < (SELECT started_at, id FROM runs WHERE run = ?) AND test = ? AND ${own}
     ORDER BY runs.started_at DESC, runs.id DESC LIMIT 1`,
  );
  const found: Record<Change, TestKey[]> = { 'newly-failed': [], fixed: [], new: [], slower: [], 'more-memory': [] };
  const gone = goneTests(database, run, selectionOf);
  for (const { test, key, ...now } of rows) {
    const last = before.get(run, test) as unknown as Outcome | undefined;
    for (const change of last ? changesOf(last, now) : (['new'] as const)) found[change].push(key);
  }
  // A history that knows few of these tests does not know which of them are new.
  return { ...found, gone, ...(found.new.length * 2 > rows.length ? { new: [] } : {}) };
}
