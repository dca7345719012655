import { mechanismLabel } from '../reports/wording.ts';
import type { VerdictKind } from '../protocol/verdict.ts';
import type { PanelRecord } from './messages.ts';

/** From left to right. */
export const headings = {
  test: 'Test',
  verdict: 'Verdict',
  duration: 'Duration',
  memory: 'Peak memory',
  cpu: 'CPU',
  processes: 'Processes',
  storage: 'I/O',
  attempts: 'Attempts',
  cage: 'Cage',
} as const;
export type Column = keyof typeof headings;
export const columns = Object.keys(headings) as readonly Column[];
export type Direction = 'ascending' | 'descending';

export interface Sort {
  readonly column: Column;
  readonly direction: Direction;
}

/** What needs a look stands first. */
export const defaultSort: Sort = { column: 'verdict', direction: 'descending' };

/** Negative: `a` stands before `b`. */
export type Order = (a: PanelRecord, b: PanelRecord) => number;

/** From the least to the most alarming; the sort by verdict and the bar of categories follow it. */
export const bySeverity: readonly VerdictKind[] = [
  'passed',
  'skipped',
  'expected-failure',
  'unexpected-pass',
  'known-failure',
  'cancelled',
  'not-run',
  'failed',
  'error',
  'exited-early',
  'timed-out',
  'killed-outside',
  'crashed',
  'limit-reached',
  'out-of-memory',
  'lost',
];

const severityOf = Object.fromEntries(bySeverity.map((kind, index) => [kind, index])) as Record<VerdictKind, number>;

/** A test that passed and left processes behind, or only passed at last, needs a look before any that did no harm. */
function severity({ kind, leaked, attempts }: PanelRecord): number {
  const own = severityOf[kind];
  return leaked > 0 || attempts > 1 ? Math.max(own, severityOf['not-run'] + 0.5) : own;
}

/** Ties are broken by duration, slowest first, then by place, so that rows do not jump while a run goes on. */
export function orderBy({ column, direction }: Sort): Order {
  const value = values[column];
  const sign = direction === 'ascending' ? 1 : -1;
  return (a, b) => {
    const x = value(a);
    const y = value(b);
    if (x === y) return tie(a, b);
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * sign;
  };
}

const values: Readonly<Record<Column, (record: PanelRecord) => string | number | null>> = {
  test: record => record.title,
  verdict: severity,
  duration: record => record.durationMs,
  memory: record => record.peakMemoryBytes,
  cpu: record => record.cpuMs,
  processes: record => record.maxProcesses,
  storage: record => record.storageBytes,
  attempts: record => record.attempts,
  cage: record => mechanismLabel(record.cage),
};

const tie: Order = (a, b) =>
  (b.durationMs ?? -1) - (a.durationMs ?? -1) ||
  compare(a.file, b.file) ||
  compare(a.suite, b.suite) ||
  compare(a.title, b.title);

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The first click on a header: names from A, numbers and verdicts from the top. Another click turns it round. */
export function nextSort(now: Sort, column: Column): Sort {
  const first: Direction = column === 'test' || column === 'cage' ? 'ascending' : 'descending';
  if (now.column !== column) return { column, direction: first };
  return { column, direction: now.direction === 'ascending' ? 'descending' : 'ascending' };
}

/** Both lists are in order already: a batch is merged into 200,000 rows without sorting them again. */
export function merge(a: readonly PanelRecord[], b: readonly PanelRecord[], order: Order): PanelRecord[] {
  const merged: PanelRecord[] = [];
  let left = 0;
  let right = 0;
  while (left < a.length && right < b.length) merged.push(order(a[left]!, b[right]!) <= 0 ? a[left++]! : b[right++]!);
  while (left < a.length) merged.push(a[left++]!);
  while (right < b.length) merged.push(b[right++]!);
  return merged;
}
